from tests.cli.program import kuratorium
from tests.editions import TinyEdition


def test_an_interview_is_sent_and_released(tiny: TinyEdition) -> None:
    """`proof` prints the file to send, `release` the interview's; output/ holds neither before the next build."""
    tiny.interview("gespraech", release="open", uid="abcd234567")
    assert kuratorium(tiny.root, "proof", "abcd", "--until", "2026-10-20").stdout == "var/proofs/gespraech.html\n"
    assert "Zur Freigabe" in (tiny.root / "var/proofs/gespraech.html").read_text()
    assert not (tiny.root / "output").exists()
    assert not list((tiny.root / "var").glob("proof-*"))
    released = kuratorium(tiny.root, "release", "abcd", "--by", "Eva Falk", "--on", "2026-10-12")
    assert released.stdout == "content/interviews/gespraech.md\n"
    text = (tiny.root / "content/interviews/gespraech.md").read_text()
    assert "release: {state: given, by: Eva Falk, on: 2026-10-12}" in text
    refused = kuratorium(tiny.root, "proof", "abcd", "--output", "output/gespraech.html")
    assert (refused.returncode, "liegt im Ordner der Website" in refused.stderr) == (2, True)

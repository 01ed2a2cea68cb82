from tests.cli.program import kuratorium
from tests.desk.posts.conftest import commit
from tests.editions import POLICY, TinyEdition


def test_a_post_is_published_renamed_corrected_withdrawn(tiny: TinyEdition) -> None:
    """Each command prints the post's file; a dry run prints the diff and writes nothing."""
    tiny.essay("alt", status="draft", uid="abcd234567", body="Der Text – und sein „Zitat“.")
    before = tiny.files()
    shown = kuratorium(tiny.root, "publish", "abcd", "--dry-run")
    assert (shown.returncode, "-status: draft" in shown.stdout) == (0, True)
    assert tiny.files() == before
    assert kuratorium(tiny.root, "publish", "abcd").stdout == "content/essays/alt.md\n"
    assert kuratorium(tiny.root, "rename", "abcd", "neu").stdout == "content/essays/neu.md\n"
    assert kuratorium(tiny.root, "correct", "essays/neu.html", "Es waren 34.").stdout == "content/essays/neu.md\n"
    withdrawn = kuratorium(tiny.root, "withdraw", "neu", "--reason", "Die Zahlen waren erfunden.")
    assert withdrawn.stdout == "content/essays/neu.md\n"
    text = (tiny.root / "content/essays/neu.md").read_text()
    assert "aliases: [essays/alt.html]" in text
    assert "text: Es waren 34." in text
    assert "status: withdrawn" in text
    again = kuratorium(tiny.root, "withdraw", "neu", "--reason", "Falsch.")
    assert (again.returncode, again.stderr) == (2, "content/essays/neu.md ist schon zurückgezogen, seit 2026-10-14.\n")


def test_a_post_with_errors_is_put_back(tiny: TinyEdition) -> None:
    """Also those that only the rules of `check` find, with their words; the file has its former bytes then."""
    tiny.yaml("policy", POLICY | {"quote_budget": 4, "quote_limit": 5})
    source = "> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/viel)"
    body = f"Eigene Worte.\n\n> Eins zwei drei vier fünf sechs sieben.\n>\n{source}"
    path = tiny.note("viel", status="draft", body=body)
    before = path.read_bytes()
    refused = kuratorium(tiny.root, "publish", "viel")
    assert refused.returncode == 2
    assert "curation/notes/2026/viel.md" in refused.stderr
    assert "7 Worte" in refused.stderr
    assert path.read_bytes() == before


def test_check_names_rename_and_withdraw(tiny: TinyEdition) -> None:
    """A post that moved by hand, and one that became a draft, have remedies of one command."""
    tiny.essay("alt", uid="abcd234567")
    tiny.essay("weg", uid="efgh234567")
    commit(tiny.root)
    (tiny.root / "content/essays/alt.md").rename(tiny.root / "content/essays/neu.md")
    tiny.essay("weg", uid="efgh234567", status="draft")
    checked = kuratorium(tiny.root, "check").stderr
    assert "Die Zeile ergänzen (kuratorium rename hätte es getan): aliases: [essays/alt.html]" in checked
    assert "kuratorium withdraw content/essays/weg.md hinterlässt einen Hinweis" in checked
    kuratorium(tiny.root, "withdraw", "weg", "--reason", "Falsch.")
    assert "essays/weg.html" not in kuratorium(tiny.root, "check").stderr

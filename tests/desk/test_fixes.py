import pytest

from kuratorium.desk import check
from kuratorium.desk.heading_fix import FixedLine, fix_headings
from tests.editions import TinyEdition

BODY = (
    "# Erster Teil\n\n#Thema der Woche.\n\n```\n# Kommentar\n```\n\nZweiter Teil\n============\n\n## Dritter Teil\n\n"
    "    # Code\n\n<!--\n# Notiz\n-->"
)


def test_headings_of_level_1_become_level_2(tiny: TinyEdition):
    """Only the marks of such headings change; what was changed is returned, and then nothing is left to do."""
    file = tiny.essay("kopf", body=BODY)
    line = file.read_text().split("\n").index("# Erster Teil") + 1
    before = file.read_text()
    warnings = [problem.line for problem in check.run_checks(tiny.root).warnings]
    assert warnings == [line, line + 9]
    name = "content/essays/kopf.md"
    assert fix_headings(tiny.root) == [
        FixedLine(name, line, "# Erster Teil", "## Erster Teil"),
        FixedLine(name, line + 9, "============", "------------"),
    ]
    expected = before.replace("# Erster", "## Erster").replace("============", "------------")
    assert file.read_text() == expected
    assert fix_headings(tiny.root) == []
    assert check.run_checks(tiny.root).warnings == ()


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_a_file_keeps_its_other_bytes(tiny: TinyEdition, newline: str):
    """Ends of lines and a byte order mark stay."""
    file = tiny.essay("fenster", body="Davor.\n\n# Teil\n\nDanach.")
    written = ("\ufeff" + file.read_text()).replace("\n", newline).encode()
    file.write_bytes(written)
    assert len(fix_headings(tiny.root)) == 1
    assert file.read_bytes() == written.replace(b"# Teil", b"## Teil")


def test_files_that_cannot_be_read_are_left_alone(tiny: TinyEdition):
    """A file without front matter or in another encoding is not touched; check reports it."""
    bad = tiny.write("content/essays/kaputt.md", "# Kein Kopf\n")
    latin = tiny.write("content/essays/latin.md", "---\ntitle: ü\n---\n# Teil\n".encode("latin-1"))
    before = bad.read_bytes(), latin.read_bytes()
    assert fix_headings(tiny.root) == []
    assert (bad.read_bytes(), latin.read_bytes()) == before


@pytest.mark.parametrize(
    "block",
    [
        "<pre>\n# dnf update\n</pre>",
        "<pre><code class='sh'>\n# dnf update\n\n# reboot\n</code></pre>",
        "<DIV>\n<div>\n\n# innen\n\n</div>\n\n# dazwischen\n\n</DIV>",
        "<details>\n<summary>Mehr</summary>\nKapitel\n=======\n\n# Ende\n</details>",
        "  <section id='a'>\n# eins\n</section> Ein Satz.",
    ],
    ids=["listing", "code", "nested", "details", "indented"],
)
def test_html_is_left_alone(tiny: TinyEdition, block: str):
    """Within HTML a # is shown as it is, so it is no heading; behind it, headings are corrected as elsewhere."""
    file = tiny.essay("listing", body=f"Davor.\n\n{block}\n\n# Danach\n\nEin Satz.")
    assert [problem.message for problem in check.run_checks(tiny.root).warnings if "level 1" in problem.message] == [
        '"Danach" is a heading of level 1, which only the title is'
    ]
    assert [line.before for line in fix_headings(tiny.root)] == ["# Danach"]
    assert f"\n\n{block}\n\n## Danach\n" in file.read_text()


@pytest.mark.parametrize("text", ["<em>Kurz</em>", "<br>", "<div/>", "Ein <div> im Satz"])
def test_other_tags_hide_no_heading(tiny: TinyEdition, text: str):
    """An element within a line, and one without content, is no block."""
    tiny.essay("tags", body=f"{text}\n\n# Danach\n\nEin Satz.")
    assert [line.before for line in fix_headings(tiny.root)] == ["# Danach"]

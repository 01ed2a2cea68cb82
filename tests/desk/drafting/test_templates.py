from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from kuratorium.desk import digest, note
from kuratorium.desk.check import run_checks
from kuratorium.desk.drafting.templates import NAMES, list_template_files, read_template
from kuratorium.errors import EditionError
from kuratorium.translations import read_translations
from tests.editions import NOW, REPOSITORY, TinyEdition

GERMAN = read_translations(REPOSITORY / "theme", "de")


def begin_note(tiny: TinyEdition) -> str:
    """Begin a note on an item, and return its text."""
    tiny.candidate("das-werk", uid="kmeant77")
    begun = note.begin_note(tiny.root, "kmea", author_ids=(), as_of=None, clock=lambda: datetime.fromisoformat(NOW))
    return (tiny.root / begun.file).read_text()


def test_the_sample_edition_has_all_templates():
    """The files of curation/templates/ are our own templates, in the sample's language: an edition changes them."""
    files = list_template_files(GERMAN)
    assert {Path(file).stem for file in files} == set(NAMES)
    assert {file: (REPOSITORY / file).read_text() for file in files} == files


@pytest.mark.parametrize("format_id", NAMES)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_our_templates_are_right(format_id: str, lang: str, tmp_path: Path):
    """Without a file of the edition, each format has a template in its language, which is read like a file."""
    template = read_template(tmp_path, format_id, read_translations(REPOSITORY / "theme", lang))
    assert ("When it is done" in template.body) == (lang == "en")


def test_an_edition_changes_a_template(tiny: TinyEdition):
    """Fields of the template stand in each draft, where the item has none; its body is filled in."""
    tiny.write(
        "curation/templates/note.md",
        "---\ntags: [Akte]\nstrength: 1\n---\nKosten: 5 $$\n\n<!-- $title\n$unread\n$attribution -->\n",
    )
    text = begin_note(tiny)
    assert "tags: [Akte]\n" in text
    assert "strength: 1\n" in text
    _, _, body = text.partition("---\n\n")
    assert body == (
        "Kosten: 5 $\n\n<!-- Das Werk\n— Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/das-werk) -->\n"
    )
    assert run_checks(tiny.root).errors == ()


def test_a_template_may_leave_drafts_out(tiny: TinyEdition):
    """With `status: published` in the template, a note is published as soon as it has words."""
    tiny.write("curation/templates/note.md", "---\nstatus: published\n---\n<!-- $attribution -->\n")
    assert "status: published\n" in begin_note(tiny)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no front matter", r"note\.md:1: there is no front matter"),
        ("---\ntags: [\n---\n", r"note\.md:3: this is not YAML"),
        ("---\n- a\n---\n", r"note\.md:2: the front matter holds no fields"),
        ("---\ntagz: [a]\n---\n", r'note\.md:2: tagz: unknown key "tagz"'),
        ("---\ntags: [a]\nstrength: 9\n---\n", r"note\.md:3: strength: "),
        ("---\nuid: abc\n---\n", r"note\.md:2: uid: each draft has a value of its own"),
        ("---\n---\n\n<!--\n$attributoin -->\n", r'note\.md:5: unknown placeholder "\$attributoin"\n +Known in this'),
        ("---\n---\nIt costs 5 $ only\n", r'note\.md:3: a "\$" that begins no placeholder\n.*write \$\$'),
        ("---\n---\n$posts\n", r'note\.md:3: unknown placeholder "\$posts"'),
    ],
)
def test_a_wrong_template_is_an_error_with_its_line(tiny: TinyEdition, text: str, says: str):
    """File, line and remedy are told, and neither a note is written nor the item removed."""
    tiny.candidate("das-werk", uid="kmeant77")
    tiny.write("curation/templates/note.md", text)
    before = tiny.files()
    with pytest.raises(EditionError, match=says):
        note.begin_note(tiny.root, "kmea", author_ids=(), as_of=None, clock=lambda: datetime.fromisoformat(NOW))
    assert tiny.files() == before


def test_other_formats_have_templates(tiny: TinyEdition):
    """A digest is made from its own."""
    tiny.write("curation/templates/digest.md", "---\ntags: [Woche]\n---\nGuten Morgen!\n\n$posts\n")
    tiny.note("nova", date="2026-10-13T08:00:00+02:00")
    begun = digest.begin_digest(
        tiny.root,
        since=None,
        until=None,
        author_ids=(),
        as_of=None,
        clock=lambda: datetime.fromisoformat(NOW),
    )
    text = (tiny.root / begun.file).read_text()
    assert "tags: [Woche]" in text
    assert "---\n\nGuten Morgen!\n\n## " in text


def test_templates_are_no_unread_files(tiny: TinyEdition):
    """`check` knows what they are for."""
    tiny.write("curation/templates/note.md", "---\n---\n$attribution\n")
    assert not [problem for problem in run_checks(tiny.root).warnings if "templates" in problem.file]

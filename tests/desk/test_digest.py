from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kuratorium.desk import check, digest
from kuratorium.edition import frontmatter, loader, prose, yaml
from kuratorium.errors import UsageError
from tests.editions import TinyEdition, work


def clock() -> datetime:
    """A day that is not the edition's pinned one."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def begun(tiny: TinyEdition, since: str = "", until: str = "", by: tuple[str, ...] = ()) -> digest.DigestDraft:
    """Draft an issue as the command does."""
    days = [date.fromisoformat(day) if day else None for day in (since, until)]
    return digest.begin_digest(tiny.root, since=days[0], until=days[1], author_ids=by, as_of=None, clock=clock)


def october(day: int, hour: int = 8) -> str:
    """A moment of October 2026, in Berlin."""
    return f"2026-10-{day:02}T{hour:02}:00:00+02:00"


def test_an_issue_groups_by_topic_the_strongest_first(tiny: TinyEdition) -> None:
    """Topics in their order, then what has none; of equals the newest; each with its first own sentence and credit."""
    tiny.note(
        "schwach", title="Schwach", date=october(8), body="> Fremd.\n> — [X](https://x.example/)\n\nEigenes. Mehr."
    )
    tiny.note("stark", title="Stark [2]", strength=3, date=october(6), topics=["transformation", "open-source"])
    tiny.note("neuer", title="Neuer", date=october(9))
    tiny.note("quelloffen", title="Quelloffen", date=october(7), topics=["open-source"])
    tiny.interview("gespraech", title="Gespräch", date=october(7), topics=None, summary="Worum es ging.")
    found = begun(tiny, "2026-10-05", "2026-10-11", by=("carl-dorn",))
    text = (tiny.root / found.file).read_text()
    parts = frontmatter.split_front_matter(found.file, text)
    headings = [line for line in parts.body.splitlines() if line.startswith("#")]
    assert headings == [
        "## Transformation",
        "### [Stark \\[2\\]]({filename}/../curation/notes/2026/stark.md)",
        "### [Neuer]({filename}/../curation/notes/2026/neuer.md)",
        "### [Schwach]({filename}/../curation/notes/2026/schwach.md)",
        "## Open Source",
        "### [Quelloffen]({filename}/../curation/notes/2026/quelloffen.md)",
        "## Außerdem",
        "### [Gespräch]({filename}/interviews/gespraech.md)",
    ]
    assert "\n\nEigenes.\n\n" in parts.body
    assert (
        "Pflichtlektüre · Anna Berg über [Das Werk](https://amtsblog.example/stark) (Amtsblog, Gerd Hahn)" in parts.body
    )
    assert "Im Gespräch: Eva Falk, Anna Berg" in parts.body
    front = yaml.load_yaml(parts.front_matter)
    assert front["title"] == "Presseschau: 5.–11. Oktober 2026"
    assert (front["status"], front["authors"]) == ("draft", ["carl-dorn"])
    assert front["period"] == {"from": "2026-10-05", "to": "2026-10-11"}
    assert found.file == f"content/digests/2026/{front['slug']}.md"
    assert found.posts == 5


def test_an_issue_holds_what_its_days_brought(tiny: TinyEdition) -> None:
    """Both days are included, by the site's clock; drafts, hidden and later posts, and other issues are not."""
    tiny.note("erster", date="2026-10-04T22:30:00+00:00")
    tiny.note("letzter", date=october(11, 23))
    tiny.note("vorher", date=october(4))
    tiny.note("nachher", date=october(12))
    tiny.note("entwurf", date=october(7), status="draft")
    tiny.note("verborgen", date=october(7), status="hidden")
    tiny.interview("offen", date=october(7), release="open")
    tiny.post("content/digests/vorige.md", date=october(6), period={"from": "2026-09-28", "to": "2026-10-04"})
    text = (tiny.root / begun(tiny, "2026-10-05", "2026-10-11").file).read_text()
    assert [name for name in text.split("/") if name.startswith(("erster", "letzter"))] != []
    assert [line.rpartition("/")[2] for line in text.splitlines() if line.startswith("### ")] == [
        "letzter.md)",
        "erster.md)",
    ]


def test_a_paid_piece_is_labelled(tiny: TinyEdition) -> None:
    """«Anzeige» stands before its title; any other disclosure has its label, too."""
    tiny.note("bezahlt", title="Bezahlt", date=october(13), disclosure={"kind": "sponsor", "text": "Von X."})
    tiny.note("nah", title="Nah", date=october(12), disclosure={"kind": "relation", "text": "Bekannt."})
    text = (tiny.root / begun(tiny).file).read_text()
    assert "### Anzeige: [Bezahlt](" in text
    assert "### Offenlegung: [Nah](" in text


def test_a_draft_is_sound_and_its_own_words_are_the_editors(tiny: TinyEdition) -> None:
    """Published as it is drafted it has no problem, and needs no topic: it sums up all."""
    tiny.note("eins", date=october(13), bookmark_of=[work("https://amtsblog.example/a_(b)", title="A *b* <c>")])
    file = tiny.root / begun(tiny).file
    file.write_text(file.read_text().replace("status: draft\n", ""))
    assert loader.read_edition(tiny.root)[1] == []
    assert check.run_checks(tiny.root).warnings == ()
    assert prose.count_own_words(file.read_text()) > 0


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("", "", ("2026-10-08", "2026-10-14")),
        ("2026-10-01", "", ("2026-10-01", "2026-10-07")),
        ("", "2026-10-04", ("2026-09-28", "2026-10-04")),
        ("2026-10-01", "2026-10-01", ("2026-10-01", "2026-10-01")),
    ],
)
def test_an_issue_is_of_a_week_if_nothing_else_is_said(since: str, until: str, days: tuple[str, str]) -> None:
    """Up to today, from the first day, or up to the last."""
    given = [date.fromisoformat(day) if day else None for day in (since, until)]
    found = digest.complete_period(*given, date(2026, 10, 14))
    assert (str(found.since), str(found.until)) == days


def test_days_that_run_backwards_or_brought_nothing_are_told(tiny: TinyEdition) -> None:
    """And nothing is written."""
    before = tiny.files()
    with pytest.raises(UsageError, match="--from 2026-10-11 is after --to 2026-10-05"):
        begun(tiny, "2026-10-11", "2026-10-05")
    with pytest.raises(UsageError, match="nothing was published from 2020-01-01 to 2020-01-07"):
        begun(tiny, "2020-01-01")
    assert tiny.files() == before


def test_a_second_issue_overwrites_nothing(tiny: TinyEdition) -> None:
    """The same days twice are two files."""
    tiny.note("eins", date=october(13))
    assert begun(tiny).file != begun(tiny).file


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("### [Bezahlt]({filename}/../curation/notes/2026/bezahlt.md)", True),
        ("### Anzeige: [Bezahlt]({filename}/../curation/notes/2026/bezahlt.md)", False),
        ("### [Erste]({filename}/../curation/notes/2026/erste-notiz.md)", False),
    ],
    ids=["without a label", "with it", "nothing to label"],
)
def test_a_label_that_an_editor_struck_out_is_an_error(tiny: TinyEdition, line: str, told: bool) -> None:
    """What is paid for says so in an issue, too: with file, line and mend."""
    tiny.note("bezahlt", disclosure={"kind": "sponsor", "text": "Von X."})
    issue = tiny.post(
        "content/digests/ausgabe.md",
        lang="de",
        topics=None,
        period={"from": "2026-10-05", "to": "2026-10-11"},
        body=f"Ein Wort.\n\n{line}\n",
    )
    errors = check.run_checks(tiny.root).errors
    place = [(one.file, one.line, one.hint) for one in errors]
    mend = "Write «Anzeige: » before the link, as the post itself does."
    number = issue.read_text().splitlines().index(line) + 1
    assert place == ([("content/digests/ausgabe.md", number, mend)] if told else [])

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kuratorium.desk import check, digest
from kuratorium.edition import frontmatter, loader, prose, yaml
from kuratorium.errors import UsageError
from tests.editions import TinyEdition, work


def clock() -> datetime:
    """Return a time that differs from the edition's pinned date."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def begin_digest(
    tiny: TinyEdition, since: str = "", until: str = "", author_ids: tuple[str, ...] = ()
) -> digest.DigestDraft:
    """Draft a digest as the command does; days are written as 2026-10-05."""
    first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    return digest.begin_digest(tiny.root, since=first, until=last, author_ids=author_ids, as_of=None, clock=clock)


def october(day: int, hour: int = 8) -> str:
    """Return a time in October 2026, in Berlin."""
    return f"2026-10-{day:02}T{hour:02}:00:00+02:00"


def test_a_digest_is_grouped_by_topic_and_sorted_by_strength(tiny: TinyEdition) -> None:
    """Topics come in their order, then posts without one; of equals the newest; each with a sentence and its credit."""
    tiny.note(
        "schwach", title="Schwach", date=october(8), body="> Fremd.\n> — [X](https://x.example/)\n\nEigenes. Mehr."
    )
    tiny.note("stark", title="Stark [2]", strength=3, date=october(6), topics=["transformation", "open-source"])
    tiny.note("neuer", title="Neuer", date=october(9))
    tiny.note("quelloffen", title="Quelloffen", date=october(7), topics=["open-source"])
    tiny.interview("gespraech", title="Gespräch", date=october(7), topics=None, summary="Worum es ging.")
    draft = begin_digest(tiny, "2026-10-05", "2026-10-11", author_ids=("carl-dorn",))
    text = (tiny.root / draft.file).read_text()
    parts = frontmatter.split_front_matter(draft.file, text)
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
    assert draft.file == f"content/digests/2026/{front['slug']}.md"
    assert draft.post_count == 5


def test_a_digest_holds_the_posts_of_its_period(tiny: TinyEdition) -> None:
    """First and last day count, in the site's time zone; drafts, hidden posts and other digests do not."""
    tiny.note("erster", date="2026-10-04T22:30:00+00:00")
    tiny.note("letzter", date=october(11, 23))
    tiny.note("vorher", date=october(4))
    tiny.note("nachher", date=october(12))
    tiny.note("entwurf", date=october(7), status="draft")
    tiny.note("verborgen", date=october(7), status="hidden")
    tiny.interview("offen", date=october(7), release="open")
    tiny.post("content/digests/vorige.md", date=october(6), period={"from": "2026-09-28", "to": "2026-10-04"})
    text = (tiny.root / begin_digest(tiny, "2026-10-05", "2026-10-11").file).read_text()
    assert [name for name in text.split("/") if name.startswith(("erster", "letzter"))] != []
    assert [line.rpartition("/")[2] for line in text.splitlines() if line.startswith("### ")] == [
        "letzter.md)",
        "erster.md)",
    ]


def test_a_post_with_a_disclosure_is_labelled(tiny: TinyEdition) -> None:
    """The label "Anzeige" stands before the title of an advertisement; other disclosures have theirs."""
    tiny.note("bezahlt", title="Bezahlt", date=october(13), disclosure={"kind": "sponsor", "text": "Von X."})
    tiny.note("nah", title="Nah", date=october(12), disclosure={"kind": "relation", "text": "Bekannt."})
    text = (tiny.root / begin_digest(tiny).file).read_text()
    assert "### Anzeige: [Bezahlt](" in text
    assert "### Offenlegung: [Nah](" in text


def test_a_draft_can_be_published_as_it_is(tiny: TinyEdition) -> None:
    """A new digest has no problems, and needs no topic."""
    tiny.note("eins", date=october(13), bookmark_of=[work("https://amtsblog.example/a_(b)", title="A *b* <c>")])
    file = tiny.root / begin_digest(tiny).file
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
def test_a_period_is_a_week_by_default(since: str, until: str, days: tuple[str, str]) -> None:
    """A missing first or last day is six days away from the other; without both, the period ends today."""
    first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    period = digest.complete_period(first, last, date(2026, 10, 14))
    assert (str(period.since), str(period.until)) == days


def test_an_empty_or_reversed_period_is_refused(tiny: TinyEdition) -> None:
    """The message names the days, and nothing is written."""
    before = tiny.files()
    with pytest.raises(UsageError, match="--from 2026-10-11 is after --to 2026-10-05"):
        begin_digest(tiny, "2026-10-11", "2026-10-05")
    with pytest.raises(UsageError, match="nothing was published from 2020-01-01 to 2020-01-07"):
        begin_digest(tiny, "2020-01-01")
    assert tiny.files() == before


def test_a_second_digest_overwrites_nothing(tiny: TinyEdition) -> None:
    """Two digests of the same period are two files."""
    tiny.note("eins", date=october(13))
    assert begin_digest(tiny).file != begin_digest(tiny).file


@pytest.mark.parametrize(
    ("line", "is_error"),
    [
        ("### [Bezahlt]({filename}/../curation/notes/2026/bezahlt.md)", True),
        ("### Anzeige: [Bezahlt]({filename}/../curation/notes/2026/bezahlt.md)", False),
        ("### [Erste]({filename}/../curation/notes/2026/erste-notiz.md)", False),
    ],
    ids=["without label", "with label", "no disclosure"],
)
def test_a_missing_label_is_an_error(tiny: TinyEdition, line: str, is_error: bool) -> None:
    """`check` reports a line that links to an advertisement without its label, by file, line and hint."""
    tiny.note("bezahlt", disclosure={"kind": "sponsor", "text": "Von X."})
    path = tiny.post(
        "content/digests/ausgabe.md",
        lang="de",
        topics=None,
        period={"from": "2026-10-05", "to": "2026-10-11"},
        body=f"Ein Wort.\n\n{line}\n",
    )
    errors = check.run_checks(tiny.root).errors
    places = [(problem.file, problem.line, problem.hint) for problem in errors]
    hint = 'Write "Anzeige: " before the link, as the post itself does.'
    number = path.read_text().splitlines().index(line) + 1
    assert places == ([("content/digests/ausgabe.md", number, hint)] if is_error else [])

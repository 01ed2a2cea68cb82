from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuratorium.desk import check, lookback
from kuratorium.edition import frontmatter, loader, yaml
from kuratorium.errors import UsageError
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.editions import TinyEdition

OLD = "2016-10-13T08:00:00+02:00"


def clock() -> datetime:
    """Return a time that differs from the edition's pinned date."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def propose(tiny: TinyEdition, as_of: datetime | None = None) -> list[tuple[str, int, bool]]:
    """Return the slug of each candidate, its years, and whether there is a look-back on it."""
    candidates = lookback.propose_lookbacks(tiny.root, as_of=as_of, clock=clock)
    return [(item.post.slug, item.years_ago, bool(item.earlier_lookbacks)) for item in candidates]


def test_posts_of_this_week_in_earlier_years_are_proposed(tiny: TinyEdition) -> None:
    """The latest year comes first; posts with a look-back come last."""
    tiny.note("zehn", uid="zehn000001", date=OLD)
    tiny.essay("zwei", date="2024-10-18T22:30:00+02:00")
    tiny.note("fuenf", date="2021-10-12T08:00:00+02:00")
    tiny.note("vorige-woche", date="2016-10-09T08:00:00+02:00")
    tiny.note("dieses-jahr", date="2026-10-13T08:00:00+02:00")
    tiny.post("content/lookbacks/nochmal.md", lookback_of="zehn000001", changed_since=["Alles."])
    assert propose(tiny) == [("zwei", 2, False), ("fuenf", 5, False), ("zehn", 10, True)]
    assert propose(tiny, datetime(2026, 10, 6, tzinfo=UTC)) == [("vorige-woche", 10, False)]


def test_withheld_posts_and_posts_about_posts_are_not_proposed(tiny: TinyEdition) -> None:
    """Neither drafts, hidden posts and unreleased interviews, nor look-backs and digests are proposed."""
    tiny.note("entwurf", date=OLD, status="draft")
    tiny.note("verborgen", date=OLD, status="hidden")
    tiny.interview("offen", date=OLD, release="open")
    tiny.note("uralt", uid="uralt00001", date="2014-01-01T08:00:00+01:00")
    tiny.post("content/lookbacks/schau.md", date=OLD, lookback_of="uralt00001", changed_since=["Alles."])
    tiny.post("content/digests/ausgabe.md", date=OLD, period={"from": "2016-10-03", "to": "2016-10-09"})
    assert propose(tiny) == []


@pytest.mark.parametrize("reference", ["zehn", "zehn000001", "curation/notes/2026/zehn.md", "zehn.md"])
def test_a_lookback_is_drafted(tiny: TinyEdition, reference: str) -> None:
    """The draft holds the post's uid, topics and first sentence; once it says what changed, it can be published."""
    body = "Damals war alles neu. Und jetzt?\n"
    original = tiny.note(
        "zehn", uid="zehn000001", title="Die Akte", date=OLD, topics=["open-source"], tags=["Recht"], body=body
    )
    before = original.read_bytes()
    draft = lookback.begin_lookback(tiny.root, reference, author_ids=("carl-dorn",), as_of=None, clock=clock)
    assert draft.file == "content/lookbacks/2026/vor-10-jahren-die-akte.md"
    text = (tiny.root / draft.file).read_text()
    front = yaml.load_yaml(frontmatter.split_front_matter(draft.file, text).front_matter)
    assert front.pop("uid").startswith("n")
    assert front == {
        "title": "Vor 10 Jahren: Die Akte",
        "slug": "vor-10-jahren-die-akte",
        "date": "2026-10-14T09:00:00+02:00",
        "lang": "de",
        "status": "draft",
        "authors": ["carl-dorn"],
        "topics": ["open-source"],
        "tags": ["Recht"],
        "lookback_of": "zehn000001",
        "changed_since": [],
    }
    assert "Damals, am 13. Oktober 2016: Damals war alles neu.\n" in text
    assert loader.read_edition(tiny.root)[1] == []
    finished = text.replace("status: draft\n", "").replace("changed_since: []", "changed_since: [Das Recht.]")
    (tiny.root / draft.file).write_text(finished + "Es gilt noch.\n")
    assert loader.read_edition(tiny.root)[1] == []
    assert original.read_bytes() == before


def test_a_second_lookback_overwrites_nothing(tiny: TinyEdition) -> None:
    """A second look-back on a post is another file, and names the first."""
    tiny.note("zehn", date=OLD)
    first = lookback.begin_lookback(tiny.root, "zehn", author_ids=(), as_of=None, clock=clock)
    second = lookback.begin_lookback(tiny.root, "zehn", author_ids=(), as_of=None, clock=clock)
    assert second.file != first.file
    assert (first.earlier_lookbacks, second.earlier_lookbacks) == ((), (first.file,))


@pytest.mark.parametrize(
    ("reference", "message"), [("nirgends", "no published post matches"), ("gleich", "could be any of")]
)
def test_an_unknown_or_ambiguous_post_is_refused(tiny: TinyEdition, reference: str, message: str) -> None:
    """The message says how to name a post, or lists the posts that match."""
    tiny.note("a", uid="gleich0001", date=OLD)
    tiny.note("b", uid="gleich0002", date=OLD)
    with pytest.raises(UsageError, match=message):
        lookback.begin_lookback(tiny.root, reference, author_ids=(), as_of=None, clock=clock)


def test_an_english_site_gets_an_english_draft(tiny: TinyEdition) -> None:
    """Title, instructions and date are in the site's language."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('DEFAULT_LANG = "de"', 'DEFAULT_LANG = "en"'))
    tiny.note("ten", title="The file", date=OLD)
    draft = lookback.begin_lookback(tiny.root, "ten", author_ids=(), as_of=None, clock=clock)
    text = (tiny.root / draft.file).read_text()
    assert "title: '10 years ago: The file'" in text
    assert "Then, on October 13, 2016:" in text


def test_a_look_back_may_be_on_a_work_elsewhere(tiny: TinyEdition):
    """An address in place of a post: what the archive knows of the work stands in `lookback_of`, with its years."""
    entry = ArchivedEntry(
        key="amtsblog:1",
        digest=b"x",
        link="https://alt.invalid/akte",
        title="Die Akte",
        authors="Ina Jahn",
        published="2016-10-01",
    )
    with Archive(tiny.root) as archive:
        archive.store_pull_results({"amtsblog": (SourceState(address="https://x.invalid/"), [entry])}, "2016-10-02")
    address = "https://alt.invalid/akte?utm_source=x"
    draft = lookback.begin_lookback(tiny.root, address, author_ids=(), as_of=None, clock=clock)
    text = (tiny.root / draft.file).read_text()
    assert "title: 'Vor 10 Jahren: Die Akte'\n" in text
    assert "lookback_of:\n  url: https://alt.invalid/akte\n  title: Die Akte\n  authors: [Ina Jahn]\n" in text
    assert "\n  date: 2016-10-01\n" in text
    assert "\n— Amtsblog, Ina Jahn: [Die Akte](https://alt.invalid/akte)\n-->" in text
    assert check.run_checks(tiny.root).errors == ()
    again = lookback.begin_lookback(tiny.root, address, author_ids=(), as_of=None, clock=clock)
    assert again.earlier_lookbacks == (draft.file,)


def test_a_look_back_on_a_work_of_today_is_told_when_it_is_published(tiny: TinyEdition):
    """The draft stops no build; once its status says otherwise, the rule on its date does."""
    entry = ArchivedEntry(
        key="amtsblog:1", digest=b"x", link="https://neu.invalid/akte", title="Akte", published="2026-10-14"
    )
    with Archive(tiny.root) as archive:
        archive.store_pull_results({"amtsblog": (SourceState(address="https://x.invalid/"), [entry])}, "2026-10-14")
    draft = lookback.begin_lookback(tiny.root, entry.link, author_ids=(), as_of=None, clock=clock)
    assert check.run_checks(tiny.root).errors == ()
    path = tiny.root / draft.file
    finished = path.read_text().replace("status: draft\n", "").replace("changed_since: []", "changed_since: [Alles.]")
    path.write_text(finished + "Es gilt noch.\n")
    (problem,) = check.run_checks(tiny.root).errors
    assert (problem.field, problem.message) == ("lookback_of.date", '"Akte" is not older than this post')


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"date": "2026-10-14"}, "lookback_of.date", "is not older than this post"),
        ({"url": ""}, "lookback_of.url", "is missing"),
        ({"titel": "x"}, "lookback_of.titel", 'unknown key "titel"'),
    ],
)
def test_a_wrong_work_elsewhere_is_an_error(tiny: TinyEdition, fields: dict[str, str], field: str, says: str):
    """It has an address or a place in print, and is older than the look-back."""
    past = {"url": "https://alt.invalid/akte", "title": "Die Akte"} | fields
    tiny.post("content/lookbacks/2026/x.md", authors=["anna-berg"], lookback_of=past, changed_since=["Alles."])
    (problem,) = check.run_checks(tiny.root).errors
    assert (problem.field, says in problem.message) == (field, True), problem

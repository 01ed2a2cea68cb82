from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuratorium.desk import lookback
from kuratorium.edition import frontmatter, loader, yaml
from kuratorium.errors import UsageError
from tests.editions import TinyEdition

OLD = "2016-10-13T08:00:00+02:00"


def clock() -> datetime:
    """A day that is not the edition's pinned one."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def proposed(tiny: TinyEdition, as_of: datetime | None = None) -> list[tuple[str, int, bool]]:
    """Slug, years ago and whether somebody looked back already, of all that is proposed."""
    found = lookback.propose_lookbacks(tiny.root, as_of=as_of, clock=clock)
    return [(one.post.slug, one.years_ago, bool(one.earlier_lookbacks)) for one in found]


def test_this_week_of_earlier_years_is_proposed(tiny: TinyEdition) -> None:
    """What still stands, the latest year first; what somebody looked back on comes last."""
    tiny.note("zehn", uid="zehn000001", date=OLD)
    tiny.essay("zwei", date="2024-10-18T22:30:00+02:00")
    tiny.note("fuenf", date="2021-10-12T08:00:00+02:00")
    tiny.note("vorige-woche", date="2016-10-09T08:00:00+02:00")
    tiny.note("dieses-jahr", date="2026-10-13T08:00:00+02:00")
    tiny.post("content/lookbacks/nochmal.md", lookback_of="zehn000001", changed_since=["Alles."])
    assert proposed(tiny) == [("zwei", 2, False), ("fuenf", 5, False), ("zehn", 10, True)]
    assert proposed(tiny, datetime(2026, 10, 6, tzinfo=UTC)) == [("vorige-woche", 10, False)]


def test_what_readers_cannot_find_is_not_proposed(tiny: TinyEdition) -> None:
    """Neither drafts nor hidden posts, nor an interview that is not released, nor a look-back or an issue."""
    tiny.note("entwurf", date=OLD, status="draft")
    tiny.note("verborgen", date=OLD, status="hidden")
    tiny.interview("offen", date=OLD, release="open")
    tiny.note("uralt", uid="uralt00001", date="2014-01-01T08:00:00+01:00")
    tiny.post("content/lookbacks/schau.md", date=OLD, lookback_of="uralt00001", changed_since=["Alles."])
    tiny.post("content/digests/ausgabe.md", date=OLD, period={"from": "2016-10-03", "to": "2016-10-09"})
    assert proposed(tiny) == []


@pytest.mark.parametrize("item", ["zehn", "zehn000001", "curation/notes/2026/zehn.md", "zehn.md"])
def test_a_look_back_is_begun(tiny: TinyEdition, item: str) -> None:
    """Its draft knows the post, its topics and its first sentence; once it says what changed, it is sound."""
    body = "Damals war alles neu. Und jetzt?\n"
    old = tiny.note(
        "zehn", uid="zehn000001", title="Die Akte", date=OLD, topics=["open-source"], tags=["Recht"], body=body
    )
    before = old.read_bytes()
    begun = lookback.begin_lookback(tiny.root, item, author_ids=("carl-dorn",), as_of=None, clock=clock)
    assert begun.file == "content/lookbacks/2026/vor-10-jahren-die-akte.md"
    text = (tiny.root / begun.file).read_text()
    front = yaml.load_yaml(frontmatter.split_front_matter(begun.file, text).front_matter)
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
    done = text.replace("status: draft\n", "").replace("changed_since: []", "changed_since: [Das Recht.]")
    (tiny.root / begun.file).write_text(done + "Es gilt noch.\n")
    assert loader.read_edition(tiny.root)[1] == []
    assert old.read_bytes() == before


def test_a_second_look_back_overwrites_nothing(tiny: TinyEdition) -> None:
    """It has a file of its own, and says that there is another."""
    tiny.note("zehn", date=OLD)
    first = lookback.begin_lookback(tiny.root, "zehn", author_ids=(), as_of=None, clock=clock)
    second = lookback.begin_lookback(tiny.root, "zehn", author_ids=(), as_of=None, clock=clock)
    assert second.file != first.file
    assert (first.earlier_lookbacks, second.earlier_lookbacks) == ((), (first.file,))


@pytest.mark.parametrize(
    ("item", "words"), [("nirgends", "no published post is called"), ("gleich", "could be any of")]
)
def test_a_post_that_is_not_there_or_not_one_is_told(tiny: TinyEdition, item: str, words: str) -> None:
    """The message says how posts are named; several are listed."""
    tiny.note("a", uid="gleich0001", date=OLD)
    tiny.note("b", uid="gleich0002", date=OLD)
    with pytest.raises(UsageError, match=words):
        lookback.begin_lookback(tiny.root, item, author_ids=(), as_of=None, clock=clock)


def test_an_english_site_gets_an_english_draft(tiny: TinyEdition) -> None:
    """Title, guide and date speak the site's language."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('DEFAULT_LANG = "de"', 'DEFAULT_LANG = "en"'))
    tiny.note("ten", title="The file", date=OLD)
    begun = lookback.begin_lookback(tiny.root, "ten", author_ids=(), as_of=None, clock=clock)
    text = (tiny.root / begun.file).read_text()
    assert "title: '10 years ago: The file'" in text
    assert "Then, on October 13, 2016:" in text

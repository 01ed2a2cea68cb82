from datetime import date, datetime

import pytest

from kuratorium.desk.balance import Share, read_balance
from kuratorium.errors import EditionError
from tests.cli.program import kuratorium
from tests.editions import NOW, SOURCES, TinyEdition, work

AS_OF = datetime.fromisoformat(NOW)


@pytest.fixture
def empty(tiny: TinyEdition) -> TinyEdition:
    """An edition without posts."""
    for note in (tiny.root / "curation/notes").rglob("*.md"):
        note.unlink()
    return tiny


def recommend(tiny: TinyEdition, slug: str, **facts: object) -> None:
    """Add a note on a work with these facts, and perhaps a day, a topic and a disclosure."""
    front = {key: facts.pop(key) for key in ("date", "topics", "disclosure", "status") if key in facts}
    tiny.note(slug, bookmark_of=[{**work(f"https://amtsblog.example/{slug}"), **facts}], **front)


def test_picks_are_counted_by_what_they_are(empty: TinyEdition) -> None:
    """By outlet, author, topic, language, paywall and disclosure; drafts, later and older posts do not count."""
    recommend(empty, "a", publication="Amtsblog", authors=["Gerd Hahn"], source="amtsblog", lang="en")
    recommend(empty, "b", publication="Amtsblog", authors=["Gerd Hahn", "Ute Ohm"], paywall=True)
    recommend(empty, "c", publication="", authors=[], disclosure={"kind": "sponsor"})
    recommend(empty, "entwurf", status="draft")
    recommend(empty, "spaeter", date="2026-12-01T08:00:00+01:00")
    recommend(empty, "alt", date="2024-12-01T08:00:00+01:00", topics=["open-source"])
    empty.yaml("sources", [*SOURCES, {**SOURCES[0], "id": "still", "feed": "curation/samples/still.xml"}])
    balance = read_balance(empty.root, None, AS_OF)
    assert (balance.pick_count, balance.post_count) == (3, 3)
    assert (balance.since, balance.until) == (date(2025, 10, 14), date(2026, 10, 14))
    assert balance.shares == (
        Share("outlet", "Amtsblog", 2, 3),
        Share("outlet", "amtsblog.example", 1, 3),
        Share("author", "Gerd Hahn", 2, 3),
        Share("author", "Ute Ohm", 1, 3),
        Share("topic", "transformation", 3, 3),
        Share("language", "de", 2, 3),
        Share("language", "en", 1, 3),
        Share("paywall", "free", 2, 3),
        Share("paywall", "behind a paywall", 1, 3),
        Share("disclosure", "none", 2, 3),
        Share("disclosure", "sponsor", 1, 3),
    )
    assert balance.silent_topics == (("open-source", date(2024, 12, 1)),)
    assert balance.unpicked_sources == ("still",)


def test_the_table_ends_with_what_is_missing(empty: TinyEdition) -> None:
    """Of each group the ten largest are shown; then silent topics, sources never picked, and the period."""
    for number in range(12):
        recommend(empty, f"werk-{number}", publication=f"Blatt {number:02}", authors=[])
    ran = kuratorium(empty.root, "balance", "--since", "2026-01-01")
    assert ran.returncode == 0
    assert ran.stdout.count("outlet") == 10
    assert ran.stdout.endswith(
        "silent topic: open-source (no post yet)\n12 picks in 12 posts from 2026-01-01 to 2026-10-14.\n"
    )
    assert kuratorium(empty.root, "balance", "--all").stdout.count("outlet") == 12


def test_a_broken_edition_is_not_weighed(empty: TinyEdition) -> None:
    """A post that cannot be read would be missing from every sum."""
    empty.write("content/essays/kaputt.md", "---\nuid: [\n---\n")
    with pytest.raises(EditionError):
        read_balance(empty.root, None, AS_OF)


def test_an_edition_without_posts_has_an_empty_balance(empty: TinyEdition) -> None:
    """Nothing is divided by zero."""
    ran = kuratorium(empty.root, "balance")
    assert (ran.returncode, ran.stdout.splitlines()[-1][:18]) == (0, "0 picks in 0 posts")

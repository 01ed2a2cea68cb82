"""The colours of topics: chosen by editors, or by the program so that those of neighbours differ."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.curation import TOPIC_COLOURS, Topic
from kuratorium.edition.pictures.colours import choose_colours, find_contrast, read_tokens
from kuratorium.edition.registry import read_registry
from tests.editions import TOPICS, TinyEdition

TOKENS = Path(__file__).parents[2] / "theme/static/css/tokens.css"
IDS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), unique=True, max_size=30)


def list_colours(*ids: str, **chosen: str) -> list[str | None]:
    """Return the colours of topics with these ids, of which some have chosen theirs."""
    topics = {topic_id: Topic(id=topic_id, name=topic_id, colour=chosen.get(topic_id)) for topic_id in ids}  # type: ignore[arg-type]
    return [topic.colour for topic in choose_colours(topics).values()]


@given(IDS)
def test_topics_share_a_colour_only_when_all_are_taken(ids: list[str]) -> None:
    """Twelve topics have twelve colours, and then they come again."""
    colours = list_colours(*ids)
    for start in range(0, len(ids), len(TOPIC_COLOURS)):
        dozen = colours[start : start + len(TOPIC_COLOURS)]
        assert len(set(dozen)) == len(dozen)


@given(IDS, st.text("xyz", min_size=1, max_size=3))
def test_a_topic_that_is_added_below_changes_no_colour(ids: list[str], new: str) -> None:
    """Readers know a topic by its colour."""
    assert list_colours(*ids, f"{new}-neu")[: len(ids)] == list_colours(*ids)


def test_a_chosen_colour_is_left_to_its_topic() -> None:
    """Even if it stands below those that get theirs from the program."""
    (free,) = set(list_colours("energie"))
    assert free
    first, second = list_colours("energie", "wohnen", wohnen=free)
    assert (second, first != free) == (free, True)


def test_a_colour_that_is_none_is_told(tiny: TinyEdition) -> None:
    """With line, field and what would be right."""
    tiny.yaml("topics", [TOPICS[0] | {"colour": "teel"}, TOPICS[1]])
    (problem,) = read_registry(tiny.root)[1]
    assert (problem.file, problem.field) == ("curation/topics.yaml", "[0].colour")
    assert '"teel"' in problem.message
    assert "teal" in problem.hint


def test_every_colour_can_be_read_by_day_and_by_night() -> None:
    """As text on every background that it may have (WCAG AA, 4.5); so signs in it are seen, too (3)."""
    shades = read_tokens(TOKENS.read_text())
    assert {f"topic-{name}" for name in TOPIC_COLOURS} == {name for name in shades if name.startswith("topic-")}
    for name in TOPIC_COLOURS:
        for scheme in (0, 1):
            for background in ("paper", "panel"):
                contrast = find_contrast(shades[f"topic-{name}"][scheme], shades[background][scheme])
                assert contrast >= 4.5, (name, scheme, background)

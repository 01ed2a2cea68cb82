"""The signs of topics, drawn from their ids."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.drawing.topic_signs import SIGN_SIZE, draw_topic_sign
from tests.editions import TinyEdition

NUMBER = re.compile(r"\d+(?:\.\d+)?")


@given(st.text())
def test_tracks_lead_from_the_left_edge_to_the_right_one(topic_id: str) -> None:
    """Whatever the id is, tracks and station stay in the square."""
    sign = draw_topic_sign(topic_id)
    tracks = [list(map(float, NUMBER.findall(track))) for track in sign.tracks.split("M")[1:]]
    assert len(tracks) == 2
    for x, y, *rest in tracks:
        assert x == 0
        assert 0 < y < SIGN_SIZE
        # A straight track names its length; one with a switch begins, changes level, and goes on.
        length = rest[0] if len(rest) == 1 else rest[1] + rest[3]
        assert length == SIGN_SIZE
    assert len(sign.stations) in (1, 2)
    assert all(0 < place < SIGN_SIZE for station in sign.stations for place in station)


def test_few_topics_share_a_sign() -> None:
    """Of 40 topics at most a few look alike, and these have other colours."""
    assert len({draw_topic_sign(f"thema-{number}") for number in range(40)}) >= 36


def test_a_sign_does_not_change() -> None:
    """It is part of how readers know a topic: another version of the program must not redraw it."""
    sign = draw_topic_sign("open-source-verwaltung")
    assert sign.tracks == "M0 19h5L19 5h5M0 19h11.5L18.5 12h5.5"
    assert sign.stations == ((20, 5),)


def test_a_topic_shows_its_sign_wherever_it_is_named(tiny: TinyEdition) -> None:
    """On its page, in lists of topics and on cards; rows have its colour. Screen readers read the name."""
    build_site(tiny.root)
    output = tiny.root / "output"
    for path, place in {
        "themen/transformation.html": ".topic-emblem > svg.topic-sign",
        "themen.html": "li.topic > svg.topic-sign",
        "notizen/erste-notiz.html": ".kicker-topic > svg.topic-sign",
        "archiv.html": ".row-title > .topic-dot",
    }.items():
        page = BeautifulSoup((output / path).read_bytes(), "lxml")
        signs = page.select(place)
        assert signs, path
        assert {sign["aria-hidden"] for sign in signs} == {"true"}
        colours = {name for sign in signs for name in sign["class"] if name not in ("topic-sign", "topic-dot")}
        assert all(name.startswith("topic-") for name in colours)

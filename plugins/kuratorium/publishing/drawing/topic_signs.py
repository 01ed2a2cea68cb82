"""The signs of topics: each a small plan of tracks, drawn from the id of its topic.

Tracks run on three levels, and change between them where a switch would be; stations stand at one or two of their ends.
So all signs look like parts of one network, and few topics share one.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import combinations, product

from markupsafe import Markup
from msgspec import Struct

from ...edition.curation import Topic

SIGN_SIZE = 24
"""Width and height of a sign, in its own units."""

_LEVELS = (5, 12, 19)
_MIDDLE = SIGN_SIZE // 2
_STATION_INSET = 4  # from the edge
_STATION_RADIUS = 3.2


class _Track(Struct, frozen=True):
    """A track: the levels on which it begins and ends, and where it changes between them, from the left edge."""

    begin: int
    end: int
    switch: int = _MIDDLE

    def draw(self) -> str:
        """Return its path."""
        y, target = _LEVELS[self.begin], _LEVELS[self.end]
        if y == target:
            return f"M0 {y}h{SIGN_SIZE}"
        half = abs(target - y) / 2
        return f"M0 {y}h{self.switch - half:g}L{self.switch + half:g} {target}h{SIGN_SIZE - self.switch - half:g}"


def _list_plans() -> tuple[tuple[_Track, _Track], ...]:
    """Return all pairs of tracks of which at least one has a switch; the two do not end and begin alike."""
    tracks = []
    for begin, end in product(range(len(_LEVELS)), repeat=2):
        switches = (9, 15) if abs(begin - end) == 1 else (_MIDDLE,)
        tracks += [_Track(begin, end, switch) for switch in switches]
    return tuple(
        (one, other)
        for one, other in combinations(tracks, 2)
        if (one.begin, one.end) != (other.begin, other.end) and (one.begin != one.end or other.begin != other.end)
    )


_PLANS = _list_plans()


class TopicSign(Struct, frozen=True):
    """A sign, in a square of 24 units: the path of its tracks, and the middles of its stations."""

    tracks: str
    stations: tuple[tuple[int, int], ...]

    @property
    def shapes(self) -> str:
        """Its elements of SVG, without colours: a path, and a circle for each station."""
        circles = "".join(f'<circle cx="{x}" cy="{y}" r="{_STATION_RADIUS}"/>' for x, y in self.stations)
        return f'<path d="{self.tracks}"/>{circles}'


@lru_cache(1000)
def draw_topic_sign(topic_id: str) -> TopicSign:
    """Return the sign of a topic; it depends on nothing but its id."""
    number = int.from_bytes(hashlib.blake2b(topic_id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    number, plan = divmod(number, len(_PLANS))
    tracks = _PLANS[plan]
    ends = {(_STATION_INSET, _LEVELS[track.begin]): None for track in tracks}
    ends |= {(SIGN_SIZE - _STATION_INSET, _LEVELS[track.end]): None for track in tracks}
    choices = [*combinations(ends, 1), *combinations(ends, 2)]
    return TopicSign("".join(track.draw() for track in tracks), choices[number % len(choices)])


def render_topic_sign(topic: Topic) -> Markup:
    """Return the sign of a topic as SVG, in the colour that css/topics.css gives to its class."""
    return Markup(  # noqa: S704 - numbers, and the name of a colour
        f'<svg class="topic-sign topic-{topic.colour}" viewBox="0 0 {SIGN_SIZE} {SIGN_SIZE}" aria-hidden="true">'
        f"{draw_topic_sign(topic.id).shapes}</svg>"
    )

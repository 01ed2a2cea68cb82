"""A page's inputs as text: what its fingerprint is taken from, what tells why it changed, what it is made again from.

Posts, people, topics and the site stand in it by name and digest; all else stands in it whole.

Why a page was rendered: what differs between the recipe it was made of and the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ...edition.curation import NamedSeries, Person, Source, Topic
from ...edition.model import Post
from ...files import digest
from ..page import PARTS, Page, Part, Site
from .cache import Store

_KIND = "$"  # no id of the edition, and so no key of a context, can be this
_PLAIN = {str, int, float, bool, type(None)}
_NAMES: dict[type, Callable[[Any], str]] = {
    Post: lambda post: post.uid,
    Person: lambda person: person.id,
    Topic: lambda topic: topic.id,
    Source: lambda source: source.id,
    NamedSeries: lambda series: series.id,
    Site: lambda _: "",
}

_BARE = {  # parts that are written as they are, for nothing in them stands by name, nor is a date
    part
    for part in PARTS
    if not any(name.__name__ in str(field.type) for field in msgspec.structs.fields(part) for name in (*_NAMES, date))
}

_encode = msgspec.json.Encoder().encode


class Recipe(Struct, frozen=True, kw_only=True):
    """What a page is made of. `theme`: digest of its templates and of what all pages depend on; bodies by digest."""

    writer: str
    template: str
    theme: str
    bodies: dict[str, str]
    inputs: dict[str, Any]


def fingerprint(recipe: bytes) -> bytes:
    """Digest a recipe."""
    return blake2b(recipe, digest_size=16).digest()


class Writer:
    """Writes recipes; digests every post, person and topic once, so they must live as long as it does."""

    def __init__(self, themes: Callable[[str], str], bodies: Mapping[str, str]) -> None:
        self._themes = themes
        self._bodies = bodies
        self._known: dict[int, Raw] = {}

    def write(self, page: Page) -> bytes:
        """Write the recipe of a page; raises TypeError for an input that no recipe can hold."""
        bodies = self._bodies
        return _encode(
            {
                "writer": page.writer,
                "template": page.template,
                "theme": self._themes(page.template),
                "bodies": {key: bodies[key] for key in page.bodies},
                "inputs": {name: self._flat(value) for name, value in page.context.items()},
            }
        )

    def _flat(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN or kind in _BARE:
            return value
        if kind in _NAMES:
            return self._known.get(id(value)) or self._reference(kind, value)
        if kind is tuple:
            return [self._flat(one) for one in value]
        if kind is dict:
            return {key: self._flat(one) for key, one in value.items()}
        if isinstance(value, Part):
            fields = {name: self._flat(getattr(value, name)) for name in value.__struct_fields__}
            return {_KIND: kind.__name__, **fields}
        if isinstance(value, date):
            return {_KIND: kind.__name__, "iso": value.isoformat()}
        raise TypeError(f"a page cannot declare {value!r} as an input: {kind.__name__} is none of page.PARTS")

    def _reference(self, kind: type, value: Any) -> Raw:
        made = Raw(_encode({_KIND: kind.__name__, "id": _NAMES[kind](value), "digest": digest(value)}))
        self._known[id(value)] = made
        return made


_RECORDS = {part.__name__: part for part in PARTS}
_REFERENCES = {kind.__name__ for kind in _NAMES}
_DATES: dict[str, Callable[[str], date]] = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}

Find = Callable[[str, str], Any]
"""Kind and id of a reference -> the post, person, topic or site."""


def read_inputs(recipe: bytes) -> Recipe:
    """Read a recipe as it was written."""
    return msgspec.json.decode(recipe, type=Recipe)


def rewritten(recipe: Recipe, bodies: dict[str, str]) -> bytes:
    """Write a recipe again with other digests of its bodies: as `Writer.write` writes it."""
    return _encode(msgspec.structs.replace(recipe, bodies=bodies))


def page(path: str, recipe: Recipe, find: Find) -> Page:
    """Make the page again that a recipe was written of."""
    context = {name: _whole(value, find) for name, value in recipe.inputs.items()}
    return Page(path=path, writer=recipe.writer, template=recipe.template, context=context, bodies=tuple(recipe.bodies))


def _whole(value: Any, find: Find) -> Any:
    if isinstance(value, list):
        return tuple([_whole(one, find) for one in value])
    if not isinstance(value, dict):
        return value
    kind = value.get(_KIND, "")
    if kind in _REFERENCES:
        return find(kind, value["id"])
    if kind in _DATES:
        return _DATES[kind](value["iso"])
    rest = {key: _whole(one, find) for key, one in value.items() if key != _KIND}
    return _RECORDS[kind](**rest) if kind else rest


def differences(was: Recipe, now: Recipe) -> list[str]:
    """Say in words which inputs of a page changed."""
    said = [f"its template is {now.template} now"] if was.template != now.template else []
    if was.theme != now.theme:
        said.append("its templates or the words of the theme changed")
    said += [f"the text of {key} changed" for key, one in now.bodies.items() if was.bodies.get(key, one) != one]
    for name in dict.fromkeys((*was.inputs, *now.inputs)):
        said += _different(name, was.inputs.get(name), now.inputs.get(name))
    return said or (["which texts it shows changed"] if was.bodies != now.bodies else [])


def _different(name: str, was: Any, now: Any) -> list[str]:
    if was == now:
        return []
    before, after = dict(_digests(was)), dict(_digests(now))
    edited = [one for one, digest in after.items() if before.get(one, digest) != digest]
    said = [f"{name}: {kind} {one} changed" for kind, one in edited]
    said += [f"{name}: {kind} {one} is new here" for kind, one in after if (kind, one) not in before]
    said += [f"{name}: {kind} {one} is gone from here" for kind, one in before if (kind, one) not in after]
    return said or [f"{name} changed"]


def _digests(value: Any) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(value, list):
        for one in value:
            yield from _digests(one)
    elif isinstance(value, dict):
        if value.get(_KIND) in _REFERENCES:
            yield (value[_KIND].lower(), value["id"]), value["digest"]
        else:
            for one in value.values():
                yield from _digests(one)


def explain(store: Store, path: str, rendered: frozenset[str]) -> list[str]:
    """Say in lines why the file at `path` of the site (from its root) was rendered in this build, or last.

    `rendered` are the paths that this build wrote or deleted.
    """
    history = store.history(path)
    if path in rendered:
        said = [f"{path} was written by this build."]
    elif history or path in store.outputs():
        said = [f"{path} is as the last build left it."]
    else:
        return [f"{path} is no file of the site."]
    if history is None:
        return [*said, "It is copied as it is, whenever its file changes."]
    now, was, why = history
    read = read_inputs(now)
    reasons = differences(read_inputs(was), read) if was else ["it was new"]
    said += [f"It was rendered last because {reason}." for reason in ([why] if why else reasons)]
    bodies = f" and {len(read.bodies)} texts" if read.bodies else ""
    return [*said, f"It hangs on {read.template or read.writer}: {', '.join(read.inputs)}{bodies}."]

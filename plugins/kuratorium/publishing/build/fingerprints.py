"""A page's inputs as text: what its fingerprint is taken from, what tells why it changed, what it is made again from.

Posts, people, topics and the site stand in it by name and digest; all else stands in it whole.

Why a page was rendered: what differs between the recipe it was made of and the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Raw, Struct

from ...edition.curation import Person, Series, Source, Topic
from ...edition.model import Post
from ...files import digest_value
from ..page import TEMPLATE_INPUT_TYPES, Page, SiteMeta, TemplateInput
from .cache import Cache

_KIND_KEY = "$"  # no id of the edition, and so no key of a context, can be this
_PLAIN_TYPES = {str, int, float, bool, type(None)}
_ID_BY_TYPE: dict[type, Callable[[Any], str]] = {
    Post: lambda post: post.uid,
    Person: lambda person: person.id,
    Topic: lambda topic: topic.id,
    Source: lambda source: source.id,
    Series: lambda series: series.id,
    SiteMeta: lambda _: "",
}


def _contains_reference(hint: Any) -> bool:
    """Return whether values of this type hold a date, or a record that stands in the inputs by id and digest."""
    if hint in _ID_BY_TYPE or (isinstance(hint, type) and issubclass(hint, date)):
        return True
    if isinstance(hint, type) and issubclass(hint, TemplateInput):
        return any(map(_contains_reference, get_type_hints(hint).values()))
    return any(map(_contains_reference, get_args(hint)))


_VERBATIM_TYPES = {kind for kind in TEMPLATE_INPUT_TYPES if not _contains_reference(kind)}

_encode = msgspec.json.Encoder().encode


class PageInputs(Struct, frozen=True, kw_only=True):
    """What a page is made of. `theme`: digest of its templates and of what all pages depend on; bodies by digest."""

    writer: str
    template: str
    theme_digest: str
    bodies: dict[str, str]
    context: dict[str, Any]


def compute_fingerprint(encoded_inputs: bytes) -> bytes:
    """Digest a recipe."""
    return blake2b(encoded_inputs, digest_size=16).digest()


class PageInputsEncoder:
    """Writes recipes; digests every post, person and topic once, so they must live as long as it does."""

    def __init__(self, digest_template: Callable[[str], str], body_digests: Mapping[str, str]) -> None:
        self._digest_template = digest_template
        self._body_digests = body_digests
        self._encoded_references: dict[int, Raw] = {}

    def encode(self, page: Page) -> bytes:
        """Write the recipe of a page; raises TypeError for an input that no recipe can hold."""
        bodies = self._body_digests
        return _encode(
            {
                "writer": page.writer,
                "template": page.template,
                "theme_digest": self._digest_template(page.template),
                "bodies": {key: bodies[key] for key in page.body_keys},
                "context": {name: self._flatten(value) for name, value in page.context.items()},
            }
        )

    def _flatten(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN_TYPES or kind in _VERBATIM_TYPES:
            return value
        if kind in _ID_BY_TYPE:
            return self._encoded_references.get(id(value)) or self._encode_reference(kind, value)
        if kind is tuple:
            return [self._flatten(one) for one in value]
        if kind is dict:
            return {key: self._flatten(one) for key, one in value.items()}
        if isinstance(value, TemplateInput):
            fields = {name: self._flatten(getattr(value, name)) for name in value.__struct_fields__}
            return {_KIND_KEY: kind.__name__, **fields}
        if isinstance(value, date):
            return {_KIND_KEY: kind.__name__, "iso": value.isoformat()}
        raise TypeError(f"a page cannot declare {value!r} as an input: {kind.__name__} is none of page.PARTS")

    def _encode_reference(self, kind: type, value: Any) -> Raw:
        made = Raw(_encode({_KIND_KEY: kind.__name__, "id": _ID_BY_TYPE[kind](value), "digest": digest_value(value)}))
        self._encoded_references[id(value)] = made
        return made


_PART_BY_NAME = {part.__name__: part for part in TEMPLATE_INPUT_TYPES}
_REFERENCE_KINDS = {kind.__name__ for kind in _ID_BY_TYPE}
_DATE_PARSERS: dict[str, Callable[[str], date]] = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}

ResolveReference = Callable[[str, str], Any]
"""Kind and id of a reference -> the post, person, topic or site."""


def decode_page_inputs(encoded_inputs: bytes) -> PageInputs:
    """Read a recipe as it was written."""
    return msgspec.json.decode(encoded_inputs, type=PageInputs)


def replace_body_digests(inputs: PageInputs, body_digests: dict[str, str]) -> bytes:
    """Write a recipe again with other digests of its bodies: as `Writer.write` writes it."""
    return _encode(msgspec.structs.replace(inputs, bodies=body_digests))


def restore_page(path: str, inputs: PageInputs, resolve_reference: ResolveReference) -> Page:
    """Make the page again that a recipe was written of."""
    context = {name: _restore_value(value, resolve_reference) for name, value in inputs.context.items()}
    return Page(
        path=path, writer=inputs.writer, template=inputs.template, context=context, body_keys=tuple(inputs.bodies)
    )


def _restore_value(value: Any, find: ResolveReference) -> Any:
    if isinstance(value, list):
        return tuple([_restore_value(one, find) for one in value])
    if not isinstance(value, dict):
        return value
    kind = value.get(_KIND_KEY, "")
    if kind in _REFERENCE_KINDS:
        return find(kind, value["id"])
    if kind in _DATE_PARSERS:
        return _DATE_PARSERS[kind](value["iso"])
    rest = {key: _restore_value(one, find) for key, one in value.items() if key != _KIND_KEY}
    return _PART_BY_NAME[kind](**rest) if kind else rest


def describe_changes(before: PageInputs, after: PageInputs) -> list[str]:
    """Say in words which inputs of a page changed."""
    said = [f"its template is {after.template} now"] if before.template != after.template else []
    if before.theme_digest != after.theme_digest:
        said.append("its templates or the words of the theme changed")
    said += [f"the text of {key} changed" for key, one in after.bodies.items() if before.bodies.get(key, one) != one]
    for name in dict.fromkeys((*before.context, *after.context)):
        said += _describe_input_change(name, before.context.get(name), after.context.get(name))
    return said or (["which texts it shows changed"] if before.bodies != after.bodies else [])


def _describe_input_change(name: str, was: Any, now: Any) -> list[str]:
    if was == now:
        return []
    before, after = dict(_find_reference_digests(was)), dict(_find_reference_digests(now))
    edited = [one for one, digest in after.items() if before.get(one, digest) != digest]
    said = [f"{name}: {kind} {one} changed" for kind, one in edited]
    said += [f"{name}: {kind} {one} is new here" for kind, one in after if (kind, one) not in before]
    said += [f"{name}: {kind} {one} is gone from here" for kind, one in before if (kind, one) not in after]
    return said or [f"{name} changed"]


def _find_reference_digests(value: Any) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(value, list):
        for one in value:
            yield from _find_reference_digests(one)
    elif isinstance(value, dict):
        if value.get(_KIND_KEY) in _REFERENCE_KINDS:
            yield (value[_KIND_KEY].lower(), value["id"]), value["digest"]
        else:
            for one in value.values():
                yield from _find_reference_digests(one)


def explain_rendering(cache: Cache, path: str, changed_paths: frozenset[str]) -> list[str]:
    """Say in lines why the file at `path` of the site (from its root) was rendered in this build, or last.

    `rendered` are the paths that this build wrote or deleted.
    """
    history = cache.read_page_history(path)
    if path in changed_paths:
        said = [f"{path} was written by this build."]
    elif history or path in cache.read_output_records():
        said = [f"{path} is as the last build left it."]
    else:
        return [f"{path} is no file of the site."]
    if history is None:
        return [*said, "It is copied as it is, whenever its file changes."]
    now, was, why = history
    read = decode_page_inputs(now)
    reasons = describe_changes(decode_page_inputs(was), read) if was else ["it was new"]
    said += [f"It was rendered last because {reason}." for reason in ([why] if why else reasons)]
    bodies = f" and {len(read.bodies)} texts" if read.bodies else ""
    return [*said, f"It hangs on {read.template or read.writer}: {', '.join(read.context)}{bodies}."]

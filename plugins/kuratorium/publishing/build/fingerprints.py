"""A page's inputs as JSON: to compute its fingerprint, to explain why it was rendered, and to render it again.

The fingerprint is a digest of the JSON. From stored inputs a page can be rendered without planning the whole site.
Posts, people, topics, sources, series and the site stand in the JSON as references, by id and digest; all else stands
in it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Raw, Struct

from ...edition.curation import Person, Series, Source, Topic
from ...edition.fields import suggest_nearest
from ...edition.model import Post
from ...errors import UsageError
from ...files import digest_value
from ..page import PAGE_TYPES, POST_PAGE_KINDS, Page, SiteMeta, TemplatePage
from ..template_inputs import TEMPLATE_INPUT_TYPES, TemplateInput
from .cache import Cache

_KIND_KEY = "$"  # not a slug, so no id of the edition, and no name of an input, equals it
_PLAIN_TYPES = {str, int, float, bool, type(None)}
_ID_BY_TYPE: dict[type, Callable[[Any], str]] = {
    Post: lambda post: post.uid,
    Person: lambda person: person.id,
    Topic: lambda topic: topic.id,
    Source: lambda source: source.id,
    Series: lambda series: series.id,
    SiteMeta: lambda _: "",
}
# No text of an editor holds these bytes: JSON writes its quotation marks with a backslash.
_POST_REFERENCE = re.compile(rb'"\$":"Post","id":"([^"]*)"')
_REFERENCE_KINDS = {kind.__name__ for kind in _ID_BY_TYPE}
_TEMPLATE_INPUT_BY_NAME = {kind.__name__: kind for kind in TEMPLATE_INPUT_TYPES}
# msgspec would write a date as a bare string, which cannot be distinguished from a text when it is read.
_DATE_PARSERS: dict[str, Callable[[str], date]] = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}

_encode = msgspec.json.Encoder().encode


def _contains_reference(hint: Any) -> bool:
    """Return whether values of this type hold a date, or a record that stands in the inputs as a reference."""
    if hint in _ID_BY_TYPE or (isinstance(hint, type) and issubclass(hint, date)):
        return True
    if isinstance(hint, type) and issubclass(hint, TemplateInput):
        return any(map(_contains_reference, get_type_hints(hint).values()))
    return any(map(_contains_reference, get_args(hint)))


# Most inputs of most pages are of these types: msgspec writes them at once, without a walk through their fields.
_VERBATIM_TYPES = {kind for kind in TEMPLATE_INPUT_TYPES if not _contains_reference(kind)}

ResolveReference = Callable[[str, str], Any]
"""Kind and id of a reference -> the post, person, topic, source, series or site."""


class PageInputs(Struct, frozen=True, kw_only=True):
    """All that a page is rendered from.

    `theme_digest` is that of its template with all it includes, and of what all pages depend on; `bodies` maps the keys
    of its bodies to their digests; `context` holds its declared inputs by name.
    """

    writer: str
    template: str
    theme_digest: str
    bodies: dict[str, str]
    context: dict[str, Any]


def compute_fingerprint(encoded_inputs: bytes) -> bytes:
    """Return the fingerprint of encoded inputs."""
    return blake2b(encoded_inputs, digest_size=16).digest()


class PageInputsEncoder:
    """Encodes the inputs of pages.

    Digests every record once and recognises it by its id(), so the records must live as long as the encoder.
    """

    def __init__(self, digest_template: Callable[[str], str], body_digests: Mapping[str, str]) -> None:
        self._digest_template = digest_template
        self._body_digests = body_digests
        self._encoded_references: dict[int, Raw] = {}

    def encode(self, page: Page) -> bytes:
        """Return the inputs of a page as JSON; raise TypeError for an input of another type than pages may declare."""
        bodies = self._body_digests
        template = page.template if isinstance(page, TemplatePage) else ""
        return _encode(
            {
                "writer": page.writer,
                "template": template,
                "theme_digest": self._digest_template(template),
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
            return [self._flatten(item) for item in value]
        if kind is dict:
            return {key: self._flatten(item) for key, item in value.items()}
        if isinstance(value, TemplateInput):
            fields = {name: self._flatten(getattr(value, name)) for name in value.__struct_fields__}
            return {_KIND_KEY: kind.__name__, **fields}
        if isinstance(value, date):
            return {_KIND_KEY: kind.__name__, "iso": value.isoformat()}
        # A set, for example: its order differs from run to run, and so would the fingerprint.
        raise TypeError(f"a page cannot declare {value!r} as an input: {kind.__name__} is not in TEMPLATE_INPUT_TYPES")

    def _encode_reference(self, kind: type, value: Any) -> Raw:
        reference = {_KIND_KEY: kind.__name__, "id": _ID_BY_TYPE[kind](value), "digest": digest_value(value)}
        encoded = Raw(_encode(reference))
        self._encoded_references[id(value)] = encoded
        return encoded


def decode_page_inputs(encoded_inputs: bytes) -> PageInputs:
    """Return inputs from their JSON; references stay unresolved."""
    return msgspec.json.decode(encoded_inputs, type=PageInputs)


def find_post_uids(encoded_inputs: bytes) -> set[str]:
    """Return the uids of the posts that encoded inputs refer to."""
    return {uid.decode() for uid in _POST_REFERENCE.findall(encoded_inputs)}


def update_inputs(inputs: PageInputs, body_digests: Mapping[str, str], posts: Mapping[str, Post]) -> bytes:
    """Return the JSON of inputs with new digests of bodies, by key, and of posts, by uid.

    These are the bytes that the encoder would write, if nothing but bodies changed and what pages show of these posts.
    """
    bodies = {key: body_digests.get(key, digest) for key, digest in inputs.bodies.items()}
    context = inputs.context
    if posts:
        digests = {uid: digest_value(post) for uid, post in posts.items()}
        context = {name: _update_references(value, digests) for name, value in context.items()}
        meta, own_uid = context.get("meta"), next(iter(inputs.bodies), "")
        if meta and meta["kind"] in POST_PAGE_KINDS and own_uid in posts:
            context["meta"] = {**meta, "title": posts[own_uid].title, "description": posts[own_uid].summary}
    return _encode(msgspec.structs.replace(inputs, bodies=bodies, context=context))


def _update_references(value: Any, digests: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_update_references(item, digests) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(_KIND_KEY) == Post.__name__:
        return {**value, "digest": digests.get(value["id"], value["digest"])}
    return {key: _update_references(item, digests) for key, item in value.items()}


def restore_page(path: str, inputs: PageInputs, resolve_reference: ResolveReference) -> Page:
    """Return the page at `path` with these inputs, its references resolved."""
    context = {name: _restore_value(value, resolve_reference) for name, value in inputs.context.items()}
    kind = PAGE_TYPES[inputs.writer]
    body_keys = tuple(inputs.bodies)
    if not issubclass(kind, TemplatePage):
        return kind(path=path, body_keys=body_keys, **context)
    # TemplatePage.context holds site and meta besides the inputs of the template.
    site, meta = context.pop("site"), context.pop("meta")
    return kind(path=path, template=inputs.template, site=site, meta=meta, inputs=context, body_keys=body_keys)


def _restore_value(value: Any, resolve_reference: ResolveReference) -> Any:
    if isinstance(value, list):
        # JSON has no tuples; pages declare no lists, so every array was one.
        return tuple([_restore_value(item, resolve_reference) for item in value])
    if not isinstance(value, dict):
        return value
    kind = value.get(_KIND_KEY, "")
    if kind in _REFERENCE_KINDS:
        return resolve_reference(kind, value["id"])
    if kind in _DATE_PARSERS:
        return _DATE_PARSERS[kind](value["iso"])
    fields = {key: _restore_value(item, resolve_reference) for key, item in value.items() if key != _KIND_KEY}
    return _TEMPLATE_INPUT_BY_NAME[kind](**fields) if kind else fields


def describe_changes(before: PageInputs, after: PageInputs) -> list[str]:
    """Return in words which inputs of a page changed; empty if none did."""
    reasons = [f"its template is {after.template} now"] if before.template != after.template else []
    if before.theme_digest != after.theme_digest:
        reasons.append("its templates or the words of the theme changed")
    reasons += [
        f"the text of {key} changed" for key, digest in after.bodies.items() if before.bodies.get(key, digest) != digest
    ]
    for name in dict.fromkeys((*before.context, *after.context)):
        reasons += _describe_input_change(name, before.context.get(name), after.context.get(name))
    return reasons or (["which texts it shows changed"] if before.bodies != after.bodies else [])


def _describe_input_change(name: str, old: Any, new: Any) -> list[str]:
    if old == new:
        return []
    before, after = dict(_find_reference_digests(old)), dict(_find_reference_digests(new))
    edited = [key for key, digest in after.items() if before.get(key, digest) != digest]
    reasons = [f"{name}: {' '.join(key)} changed" for key in edited]
    reasons += [f"{name}: {' '.join(key)} is new here" for key in after if key not in before]
    reasons += [f"{name}: {' '.join(key)} is gone from here" for key in before if key not in after]
    return reasons or [f"{name} changed"]


def _find_reference_digests(value: Any) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield kind and id of every reference in a value, each with its digest."""
    if isinstance(value, list):
        for item in value:
            yield from _find_reference_digests(item)
    elif isinstance(value, dict):
        if value.get(_KIND_KEY) in _REFERENCE_KINDS:
            yield (value[_KIND_KEY].lower(), value["id"]), value["digest"]
        else:
            for item in value.values():
                yield from _find_reference_digests(item)


def explain_rendering(cache: Cache, path: str, changed_paths: frozenset[str]) -> list[str]:
    """Return lines that say why the file at `path` (from the site's root) was rendered in this build, or last.

    `changed_paths` are those that this build wrote or deleted. Raises UsageError if there is no such file.
    """
    history = cache.read_page_history(path)
    if path in changed_paths:
        lines = [f"{path} was written by this build."]
    elif history or path in cache.read_output_records():
        lines = [f"{path} is as the last build left it."]
    else:
        hint = suggest_nearest(path, cache.read_output_records())
        raise UsageError(f"{path} is not a file of the site. {hint}")
    if history is None:
        return [*lines, "It is copied as it is, whenever its file changes."]
    encoded, previous, reason = history
    inputs = decode_page_inputs(encoded)
    changes = describe_changes(decode_page_inputs(previous), inputs) if previous else ["it was new"]
    lines += [f"It was rendered last because {change}." for change in ([reason] if reason else changes)]
    bodies = f" and {len(inputs.bodies)} texts" if inputs.bodies else ""
    return [*lines, f"It depends on {inputs.template or inputs.writer}: {', '.join(inputs.context)}{bodies}."]

"""Which templates a template draws on: what it extends, includes, imports and shows as pieces, and what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from jinja2 import Environment, TemplateError, nodes

_NAMING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
WHOLE = ""
"""The beginning of all templates' names: a template whose partners cannot be told draws on the whole theme."""


def draws_on(environment: Environment, names: list[str]) -> dict[str, list[str]]:
    """Map each of these templates to those it names itself, in its own words: names, or `beginning*`."""
    return {name: sorted(_named(environment, name)) for name in names}


def digests(named: Mapping[str, list[str]], files: Mapping[str, bytes]) -> dict[str, str]:
    """Digest for each template all that its output hangs on: `files` are the hashes of the theme's templates.

    A template that is named and not there counts, too: it may come.
    """
    return {name: _digest(_reached(name, named, files), files) for name in named}


def _reached(start: str, named: Mapping[str, list[str]], files: Mapping[str, bytes]) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        for one in named.get(ahead.pop(), ()):
            names = [name for name in files if name.startswith(one[:-1])] if one.endswith("*") else [one]
            ahead += [name for name in names if name not in found]
            found.update(names)
    return found


def _digest(names: set[str], files: Mapping[str, bytes]) -> str:
    made = blake2b(digest_size=16)
    for name in sorted(names):
        made.update(name.encode() + b"\0" + files.get(name, b"") + b"\0")
    return made.hexdigest()


def _named(environment: Environment, name: str) -> set[str]:
    assert environment.loader is not None  # noqa: S101 - `environment.make` gives it one
    try:
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
    except (TemplateError, UnicodeDecodeError):
        return {f"{WHOLE}*"}  # whoever renders it will be told
    naming: Iterator[Any] = tree.find_all(_NAMING)
    found = {one for node in naming for one in _names(node.template)}
    return found | {one for call in tree.find_all(nodes.Call) for one in _piece(call)}


def _piece(call: nodes.Call) -> Iterator[str]:
    """Read `piece("card", …)`: partials/card.html."""
    if isinstance(call.node, nodes.Name) and call.node.name == "piece":
        first = call.args[0] if call.args else None
        known = isinstance(first, nodes.Const) and isinstance(first.value, str)
        yield f"partials/{first.value}.html" if known and isinstance(first, nodes.Const) else f"{WHOLE}*"


def _names(named: nodes.Expr) -> Iterator[str]:
    """Read the name of a template, or a list of them; of `"cards/" ~ x` the beginning is known."""
    if isinstance(named, nodes.Const) and isinstance(named.value, str):
        yield named.value
    elif isinstance(named, nodes.Const) and isinstance(named.value, tuple | list):
        yield from (str(one) for one in named.value)
    elif isinstance(named, nodes.List | nodes.Tuple):
        for one in named.items:
            yield from _names(one)
    elif isinstance(named, nodes.Concat) and isinstance(named.nodes[0], nodes.Const):
        yield f"{named.nodes[0].value}*"
    else:
        yield f"{WHOLE}*"

"""The theme: what each of its templates hangs on, and the words of the site's language.

Which templates a template draws on: what it extends, includes, imports and shows as pieces, and what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, TemplateError, nodes
from msgspec import Struct

from ...files import digest_value
from ...translations import compile_translations
from ..settings import Settings
from .cache import Cache

_REFERENCING_NODES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
WHOLE_THEME = ""
"""The beginning of all templates' names: a template whose partners cannot be told draws on the whole theme."""


def find_dependencies(environment: Environment, names: list[str]) -> dict[str, list[str]]:
    """Map each of these templates to those it names itself, in its own words: names, or `beginning*`."""
    return {name: sorted(_read_dependencies(environment, name)) for name in names}


def digest_dependencies(dependencies: Mapping[str, list[str]], template_hashes: Mapping[str, bytes]) -> dict[str, str]:
    """Digest for each template all that its output hangs on: `files` are the hashes of the theme's templates.

    A template that is named and not there counts, too: it may come.
    """
    return {
        name: _digest_files(_find_transitive_dependencies(name, dependencies, template_hashes), template_hashes)
        for name in dependencies
    }


def _find_transitive_dependencies(start: str, named: Mapping[str, list[str]], files: Mapping[str, bytes]) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        for one in named.get(ahead.pop(), ()):
            names = [name for name in files if name.startswith(one[:-1])] if one.endswith("*") else [one]
            ahead += [name for name in names if name not in found]
            found.update(names)
    return found


def _digest_files(names: set[str], files: Mapping[str, bytes]) -> str:
    made = blake2b(digest_size=16)
    for name in sorted(names):
        made.update(name.encode() + b"\0" + files.get(name, b"") + b"\0")
    return made.hexdigest()


def _read_dependencies(environment: Environment, name: str) -> set[str]:
    assert environment.loader is not None  # noqa: S101 - `environment.make` gives it one
    try:
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
    except (TemplateError, UnicodeDecodeError):
        return {f"{WHOLE_THEME}*"}  # whoever renders it will be told
    naming: Iterator[Any] = tree.find_all(_REFERENCING_NODES)
    found = {one for node in naming for one in _parse_template_names(node.template)}
    return found | {one for call in tree.find_all(nodes.Call) for one in _parse_fragment_call(call)}


def _parse_fragment_call(call: nodes.Call) -> Iterator[str]:
    """Read `fragment("card", …)`: partials/card.html."""
    if isinstance(call.node, nodes.Name) and call.node.name == "fragment":
        first = call.args[0] if call.args else None
        known = isinstance(first, nodes.Const) and isinstance(first.value, str)
        yield f"partials/{first.value}.html" if known and isinstance(first, nodes.Const) else f"{WHOLE_THEME}*"


def _parse_template_names(named: nodes.Expr) -> Iterator[str]:
    """Read the name of a template, or a list of them; of `"cards/" ~ x` the beginning is known."""
    if isinstance(named, nodes.Const) and isinstance(named.value, str):
        yield named.value
    elif isinstance(named, nodes.Const) and isinstance(named.value, tuple | list):
        yield from (str(one) for one in named.value)
    elif isinstance(named, nodes.List | nodes.Tuple):
        for one in named.items:
            yield from _parse_template_names(one)
    elif isinstance(named, nodes.Concat) and isinstance(named.nodes[0], nodes.Const):
        yield f"{named.nodes[0].value}*"
    else:
        yield f"{WHOLE_THEME}*"


class ThemeDigests(Struct, frozen=True, kw_only=True):
    """Digest by template, and of what all pages see beside their inputs."""

    common_digest: str
    template_digests: dict[str, str]

    def digest_template(self, template: str) -> str:
        """Digest all that a page of this template hangs on; a page without one sees what all see."""
        return (
            digest_value([self.common_digest, self.template_digests.get(f"{template}.html", "")])
            if template
            else self.common_digest
        )


def read_cached_digests(cache: Cache) -> ThemeDigests | None:
    """Read what was kept of the theme."""
    kept = cache.read_value("theme")
    return msgspec.json.decode(kept, type=ThemeDigests) if kept else None


def digest_theme(
    root: Path, settings: Settings, environment: Environment, file_hashes: Mapping[str, bytes], cache: Cache
) -> ThemeDigests:
    """Read the theme of the edition at `root` and keep it; `hashes` of the edition's files. Raises EditionError."""
    words = compile_translations(root / settings.theme, settings.site.lang)
    beginning = f"{settings.theme}/templates/"
    files = {file.removeprefix(beginning): hashed for file, hashed in file_hashes.items() if file.startswith(beginning)}
    named = find_dependencies(environment, sorted(files))
    # Filters speak the site's language in its time zone; Jinja's options say how all templates are read.
    common = digest_value([words, settings.site.lang, settings.site.timezone, settings.jinja_options])
    made = ThemeDigests(common_digest=common, template_digests=digest_dependencies(named, files))
    cache.save_value("words", words)
    cache.save_value("theme", msgspec.json.encode(made))
    return made

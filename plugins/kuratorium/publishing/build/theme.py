"""The theme: its templates' digests with all that they depend on, its bundles, the words of the site's language.

A template depends on what it extends, includes, imports or shows as a fragment, on what these depend on, and on the
bundles that it names by `asset(…)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, TemplateError, nodes
from msgspec import Struct

from ...edition.theme.loader import PROGRAM_MARK
from ...files import digest_value
from ...program.theme import list_theme_folders
from ...translations import compile_translations
from ..delivery.bundles import FEED_SHEET, Bundler
from ..settings import Settings
from .cache import Cache

_REFERENCING_NODES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_WHOLE_THEME = "*"  # a name that ends in * stands for all that begin with the rest of it
_ASSET_PREFIX = "asset:"  # no template's name begins like this


def find_dependencies(environment: Environment, names: list[str]) -> dict[str, list[str]]:
    """Map each of these templates to those that it names itself: whole names, or a beginning and `*`."""
    return {name: sorted(_read_dependencies(environment, name)) for name in names}


def digest_dependencies(dependencies: Mapping[str, list[str]], template_hashes: Mapping[str, bytes]) -> dict[str, str]:
    """Return for each template a digest of itself and all that it depends on, directly or not.

    `template_hashes` are those of the theme's templates, by name. A template that is named but missing counts, too,
    because it may be added later.
    """
    return {
        name: _digest_files(_find_transitive_dependencies(name, dependencies, template_hashes), template_hashes)
        for name in dependencies
    }


def _find_transitive_dependencies(
    start: str, dependencies: Mapping[str, list[str]], template_hashes: Mapping[str, bytes]
) -> set[str]:
    reached, pending = {start}, [start]
    while pending:
        for pattern in dependencies.get(pending.pop(), ()):
            if pattern.endswith("*"):
                names = [name for name in template_hashes if name.startswith(pattern[:-1])]
            else:
                names = [pattern]
            pending += [name for name in names if name not in reached]
            reached.update(names)
    return reached


def _digest_files(names: set[str], template_hashes: Mapping[str, bytes]) -> str:
    digest = blake2b(digest_size=16)
    for name in sorted(names):  # a set's order differs from run to run
        digest.update(name.encode() + b"\0" + template_hashes.get(name, b"") + b"\0")
    return digest.hexdigest()


def _read_dependencies(environment: Environment, name: str) -> set[str]:
    assert environment.loader is not None  # noqa: S101 - `html.build_environment` sets one, and so does Pelican
    try:
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
    except (TemplateError, UnicodeDecodeError):
        return {_WHOLE_THEME}  # rendering a page with this template reports the error
    named: set[str] = set()
    found: Iterator[Any] = tree.find_all((*_REFERENCING_NODES, nodes.Call))
    for node in found:
        named.update(_parse_call(node) if isinstance(node, nodes.Call) else _parse_template_names(node.template))
    return named


def _parse_call(call: nodes.Call) -> Iterator[str]:
    """Yield what a call names: `fragment("card", …)` partials/card.html, `asset("css/site.css")` that bundle."""
    pattern = _CALLS.get(call.node.name) if isinstance(call.node, nodes.Name) else None
    if pattern:
        first = call.args[0] if call.args else None
        if isinstance(first, nodes.Const) and isinstance(first.value, str):
            yield pattern.format(first.value)
        else:
            yield _WHOLE_THEME


_CALLS = {"fragment": "partials/{}.html", "asset": _ASSET_PREFIX + "{}"}


def _parse_template_names(expression: nodes.Expr) -> Iterator[str]:
    """Yield the name in an expression, or the names in a list; for `"cards/" ~ x`, the beginning is known."""
    # The cases of jinja2.meta.find_referenced_templates, which yields None for an expression instead of its beginning.
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, nodes.Const) and isinstance(expression.value, tuple | list):
        yield from map(str, expression.value)
    elif isinstance(expression, nodes.List | nodes.Tuple):
        for item in expression.items:
            yield from _parse_template_names(item)
    elif isinstance(expression, nodes.Concat) and isinstance(expression.nodes[0], nodes.Const):
        yield f"{expression.nodes[0].value}*"
    else:
        yield _WHOLE_THEME


class ThemeDigests(Struct, frozen=True, kw_only=True):
    """The digests of templates by name, and the digest of what all pages depend on besides their inputs.

    `bundles` are paths in the site and digests of bundles, by the names of their files in the theme; `colour_rules` are
    those of the edition in them.
    """

    common_digest: str
    template_digests: dict[str, str]
    bundles: dict[str, tuple[str, bytes]] = {}
    colour_rules: str = ""

    @property
    def bundle_paths(self) -> dict[str, str]:
        """The paths of bundles in the site, by the names of their files in the theme."""
        return {name: path for name, (path, _) in self.bundles.items()}

    def digest_template(self, template: str) -> str:
        """Return the digest of all that a page depends on besides its inputs; `template` is empty if it has none."""
        if not template:
            return self.common_digest
        return digest_value([self.common_digest, self.template_digests.get(f"{template}.html", "")])


def read_cached_digests(cache: Cache) -> ThemeDigests | None:
    """Return the digests that the last build saved; None if there are none."""
    stored = cache.read_value("theme")
    return msgspec.json.decode(stored, type=ThemeDigests) if stored else None


def digest_theme(
    root: Path,
    settings: Settings,
    environment: Environment,
    file_hashes: Mapping[str, bytes],
    *,
    bundler: Bundler,
    cache: Cache,
) -> ThemeDigests:
    """Digest the theme of the edition at `root`, and save digests and words; raises EditionError.

    `file_hashes` are those of the edition's files, by path from its root.
    """
    words = compile_translations(root / settings.theme, settings.site.lang)
    template_hashes = _name_templates(root, settings.theme, file_hashes)
    dependencies = find_dependencies(environment, sorted(name for name in template_hashes if name[0] != PROGRAM_MARK))
    # The program's own templates that overrides name; others are read by no page.
    extended = {name for names in dependencies.values() for name in names if name.startswith(PROGRAM_MARK)}
    dependencies |= find_dependencies(environment, sorted(extended & template_hashes.keys()))
    bundles = _build_bundles(dependencies, bundler)
    bundle_hashes = {f"{_ASSET_PREFIX}{name}": path.encode() for name, (path, _) in bundles.items()}
    # Filters use the site's language and time zone; Jinja's options say how all templates are read.
    common = digest_value(
        [words, settings.site.lang, settings.site.timezone, settings.jinja_options, bundles.get(FEED_SHEET)]
    )
    digests = ThemeDigests(
        common_digest=common,
        template_digests=digest_dependencies(dependencies, {**template_hashes, **bundle_hashes}),
        bundles=bundles,
        colour_rules=bundler.colour_rules,
    )
    cache.save_value("words", words)
    cache.save_value("theme", msgspec.json.encode(digests))
    return digests


def _name_templates(root: Path, theme: str, file_hashes: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the hashes of templates by the names by which others load them.

    Where an edition has a theme of its own, the program's templates have a second name, behind PROGRAM_MARK.
    """
    hashes: dict[str, bytes] = {}
    for layer in reversed(list_theme_folders(root, theme)):
        prefix = f"{layer}/templates/"
        names = {file.removeprefix(prefix): digest for file, digest in file_hashes.items() if file.startswith(prefix)}
        hashes |= names
        if layer != theme:
            hashes |= {f"{PROGRAM_MARK}{name}": digest for name, digest in names.items()}
    return hashes


def _build_bundles(dependencies: Mapping[str, list[str]], bundler: Bundler) -> dict[str, tuple[str, bytes]]:
    """Build what templates and feeds name, and the scripts that these import; return paths and digests by name.

    A name without a file is left out: rendering a page with it reports the error.
    """
    names = {name.removeprefix(_ASSET_PREFIX) for named in dependencies.values() for name in named if ":" in name}
    for name in sorted({*names, FEED_SHEET}):
        bundler.build(name)
    return {name: (bundle.path, bundle.digest) for name, bundle in sorted(bundler.built.items())}

"""Bundles: style sheets and scripts of the theme as they are published, with a digest of their bytes in their names.

A browser may keep such a file for ever, because other bytes have another name. A style sheet holds what it imports, so
that a page loads a single one. A script names those that it imports by their new names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import rcssmin
from msgspec import Struct

from ...edition.paths import TOKENS_PATH
from ...errors import EditionError, Problem
from ...files import hash_bytes, read_regular_file
from ..assets import Assets, build_copy_error

FEED_SHEET = "css/feed.css"
"""The file of the theme that feeds name, for browsers that open them."""
SITE_SHEET = "css/site.css"
"""The file of the theme that all pages load."""
BUNDLED_SUFFIXES = (".css", ".js")
BUNDLE_NAME = re.compile(r"\.[0-9a-f]{10}\.(?:css|js)")
"""What the name of a bundle ends in."""

_DIGEST_LENGTH = 10
_COMMENT_OR_STRING = r"""/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_QUOTED = r"""(?P<quote>["'])(?P<{0}>[^"'\n]+)(?P=quote)"""
_SHEET_PARTS = re.compile(
    r"""(?P<import>@import\s+(?:url\(\s*)?["']?(?P<sheet>[^"')\s;]+)["']?\s*\)?\s*(?P<media>[^;]*);)"""
    r"""|(?P<charset>@charset\s+[^;]*;)|(?P<namespace>@namespace\s+[^;]*;)"""
    r"""|url\(\s*(?P<quote>["']?)(?P<address>[^"')\s]+)(?P=quote)\s*\)"""
    rf"|{_COMMENT_OR_STRING}",
    re.S | re.I,
)
_SCRIPT_PARTS = re.compile(
    r"""(?P<begin>\b(?:import|export)\b(?:[\w\s{},*$]*\bfrom)?\s*\(?\s*)"""
    rf"{_QUOTED.format('module')}"
    rf"|//[^\n]*|{_COMMENT_OR_STRING}",
    re.S,
)
_RELATIVE_ADDRESS = re.compile(r"(?![/#]|[a-z][a-z0-9+.-]*:)", re.I)


class Bundle(Struct, frozen=True):
    """A style sheet or script as it is published: its path in the site, and its bytes."""

    path: str
    data: bytes

    @property
    def digest(self) -> bytes:
        """The digest of its bytes, as of any other file of the site."""
        return hash_bytes(self.data)


class Bundler:
    """Builds the bundles of the edition at `root`, each once.

    `assets` are all files of the theme under their own names; `static_dir` is where those of the theme are in the site.
    `colour_rules` are the edition's own colours, which come after those of the theme. `edition_sheets` are its own
    style sheets: in SITE_SHEET they follow as one more layer.
    """

    def __init__(
        self,
        root: Path,
        static_dir: str,
        assets: Assets,
        colour_rules: str = "",
        edition_sheets: Sequence[str] = (),
    ) -> None:
        self.assets = assets
        self.edition_sheets = edition_sheets
        self.colour_rules = colour_rules
        self._root = root
        self._static_dir = static_dir
        self._bundles: dict[str, Bundle] = {}

    def build(self, name: str) -> Bundle | None:
        """Return the bundle of a file of the theme, such as `css/site.css`; None if there is no such file.

        Raises EditionError if it imports what cannot be found.
        """
        address = f"{self._static_dir}/{name}"
        if address not in self.assets or not name.endswith(BUNDLED_SUFFIXES):
            return None
        return self._build(address, ())

    def rename(self, names: Mapping[str, str]) -> Assets:
        """Return the assets with bundles in the place of their files; `names` map these to the paths of bundles."""
        paths = {f"{self._static_dir}/{name}": path for name, path in names.items()}
        return dict(sorted((paths.get(address, address), file) for address, file in self.assets.items()))

    @property
    def built(self) -> dict[str, Bundle]:
        """All bundles that were built, by the names of their files in the theme: scripts that others import, too."""
        return {address.removeprefix(f"{self._static_dir}/"): bundle for address, bundle in self._bundles.items()}

    def _build(self, address: str, importers: tuple[str, ...]) -> Bundle:
        if address not in self._bundles:
            is_sheet = address.endswith(".css")
            text = self._join_layers(address) if is_sheet else self._link_modules(address, importers)
            data = (rcssmin.cssmin(text) if is_sheet else text).encode()
            stem, ending = posixpath.splitext(address)
            digest = hash_bytes(data).hex()[:_DIGEST_LENGTH]
            self._bundles[address] = Bundle(f"{stem}.{digest}{ending}", data)
        return self._bundles[address]

    def _join_layers(self, address: str) -> str:
        """Return a style sheet with what it imports; that of all pages has the edition's own in a layer above ours.

        In a layer of ours, no rule is stronger than a plain one of the edition, however specific its selector is.
        """
        text = self._join_sheet(address, ())
        if address != f"{self._static_dir}/{SITE_SHEET}" or not self.edition_sheets:
            return text
        own = "".join(self._join_sheet(sheet, ()) for sheet in self.edition_sheets)
        return f"@layer program {{{text}}}@layer edition {{{own}}}"

    def _join_sheet(self, address: str, importers: tuple[str, ...]) -> str:
        """Return a style sheet with those that it imports in place; namespaces must stand before all rules."""
        namespaces: list[str] = []
        first = (*importers, address)[0]

        def replace(match: re.Match[str]) -> str:
            if match["import"]:
                return self._import_sheet(match, address, importers)
            if match["charset"]:
                return ""  # a sheet is written in UTF-8, whatever it says
            if match["namespace"]:
                namespaces.append(match["namespace"])
                return ""
            if match["address"] and _RELATIVE_ADDRESS.match(match["address"]):
                path = posixpath.join(posixpath.dirname(address), match["address"])
                return f'url("{posixpath.relpath(path, posixpath.dirname(first))}")'
            return match[0]

        text = _SHEET_PARTS.sub(replace, self._read(address))
        return "".join(namespaces) + text

    def _import_sheet(self, match: re.Match[str], address: str, importers: tuple[str, ...]) -> str:
        part = self._find_import(address, match, "sheet", (*importers, address))
        media = match["media"].strip()
        if media.lower().startswith(("layer", "supports")):
            message = f'"{match[0]}": a layer or a condition cannot be kept when the sheet is put in place'
            raise self._describe(address, match, message, "Write @layer or @supports within the imported sheet.")
        text = self._join_sheet(part, (*importers, address))
        return f"@media {media} {{{text}}}" if media else text

    def _link_modules(self, address: str, importers: tuple[str, ...]) -> str:
        def replace(match: re.Match[str]) -> str:
            if not match["module"] or not match["module"].startswith("."):
                return match[0]
            module = self._find_import(address, match, "module", (*importers, address))
            path = self._build(module, (*importers, address)).path
            relative = posixpath.relpath(path, posixpath.dirname(address))
            relative = relative if relative.startswith(".") else f"./{relative}"
            return f"{match['begin']}{match['quote']}{relative}{match['quote']}"

        return _SCRIPT_PARTS.sub(replace, self._read(address))

    def _find_import(self, address: str, match: re.Match[str], group: str, importers: tuple[str, ...]) -> str:
        """Return the address in the site of what a file imports; raise EditionError if there is none."""
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(address), match[group]))
        if imported in importers:
            message = f'"{match[group]}" imports this file in turn, which would never end'
            raise self._describe(address, match, message, "Move what both need into a third file.")
        if imported not in self.assets:
            message = f'imports "{match[group]}", which is no file of the theme'
            raise self._describe(address, match, message, "Correct the path, which begins at this file's own folder.")
        return imported

    def _read(self, address: str) -> str:
        file = self.assets[address]
        try:
            text = read_regular_file(self._root / file).decode("utf-8-sig")
        except OSError as error:
            raise build_copy_error(file, error) from error
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 at byte {error.start}"
            raise EditionError([Problem(file, 0, "", message, "Save it as UTF-8.")]) from error
        return f"{text}\n{self.colour_rules}" if address == f"{self._static_dir}/{TOKENS_PATH}" else text

    def _describe(self, address: str, match: re.Match[str], message: str, hint: str) -> EditionError:
        line = match.string.count("\n", 0, match.start()) + 1
        return EditionError([Problem(self.assets[address], line, "", message, hint)])

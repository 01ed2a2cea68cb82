"""Builds that are refused: one mistake of an editor together with any other step, so that both are read."""

from __future__ import annotations

from .steps import STEPS, Step, pick
from .surroundings import SURROUNDINGS
from .workspace import Workspace

_COMPANIONS = {**STEPS, **SURROUNDINGS}
# What goes into texts, lists and pages without being a text, more often than the rest.
_FREQUENT = ("captions", "person", "topics", "source", "series", "inbox", "policy", "style", "template", "catalogue")


def _break_topic(workspace: Workspace, file: str) -> None:
    """Refused while texts are read."""
    workspace.update_post(file, topics=["gibt-es-nicht"])


def _break_front_matter(workspace: Workspace, file: str) -> None:
    """Refused while texts are read; of this one, nothing can be read."""
    workspace.put(file, workspace.files[file].replace(b"title:", b"title: [", 1))


def _take_address(workspace: Workspace, file: str) -> None:
    """Refused while pages are planned: all texts are valid."""
    workspace.update_post(file, aliases=["feed.xml"], status=None, date="2026-09-20T08:00:00+02:00")


def _break_template(workspace: Workspace, _: str) -> None:
    """Refused while pages are rendered."""
    file = "theme/templates/base.html"
    workspace.put(file, workspace.files.get(file, b"") + b"{{ gibt_es_nicht }}")


_MISTAKES = (_break_topic, _break_front_matter, _take_address, _break_template)


def _make_refusal(name: str, companion: Step) -> Step:
    def refuse(workspace: Workspace, item: int, variant: int) -> str:
        done = companion(workspace, item, variant // 2)
        files = [file for file in workspace.posts if file in workspace.files]
        mistake = pick(_MISTAKES, variant + item)
        mistake(workspace, pick(files, item))
        return f"{done}; and {mistake.__name__} ({name})"

    return refuse


def _refuse_any(workspace: Workspace, item: int, variant: int) -> str:
    name = pick(sorted(_COMPANIONS), item * 3 + variant)
    return _make_refusal(name, _COMPANIONS[name])(workspace, item, variant)


REFUSALS: dict[str, Step] = {
    **{f"refused {name}": _make_refusal(name, _COMPANIONS[name]) for name in _FREQUENT},
    "refused": _refuse_any,
}

"""The dialogs of the full-screen desk: a line to type, a list to choose from, and the list of all keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ...text.control_characters import escape_controls

_BOX = """
{name} {{ align: center middle; }}
{name} Vertical {{ width: 80; max-width: 90%; height: auto; max-height: 80%; padding: 1 2; background: $panel; }}
"""


class Ask(ModalScreen[str | None]):
    """A question with one line to type; Escape gives no answer."""

    CSS = _BOX.format(name="Ask")
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, question: str, value: str) -> None:
        super().__init__()
        self._question, self._value = question, value

    def compose(self) -> ComposeResult:
        """Lay out the question and the line."""
        with Vertical():
            yield Static(escape_controls(self._question), markup=False)
            yield Input(self._value, select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return what was typed."""
        self.dismiss(event.value)


class Choose(ModalScreen[str | None]):
    """A list of ids with names to choose one from; Escape chooses none."""

    CSS = _BOX.format(name="Choose")
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"),
        ("j", "move(1)", "Next"),
        ("k", "move(-1)", "Previous"),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._choices = question, choices

    def compose(self) -> ComposeResult:
        """Lay out the question and the list."""
        with Vertical():
            yield Static(escape_controls(self._question), markup=False)
            yield OptionList(*(Option(Text(escape_controls(name, one_line=True))) for _, name in self._choices))

    def action_move(self, step: int) -> None:
        """Move the cursor down or up."""
        choices = self.query_one(OptionList)
        if step > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the id of the chosen one."""
        self.dismiss(self._choices[event.option_index][0])


class Help(ModalScreen[None]):
    """All keys; any of Escape, ? and q closes it."""

    CSS = _BOX.format(name="Help")
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q", "dismiss(None)", "Close")]

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Lay out the keys, one a line."""
        lines = [f"{key.replace('question_mark', '?').replace(',', ', '):18}{words}" for key, words in self._keys]
        with Vertical():
            yield Static("\n".join([*lines, "", "Several: mark with m, then n, a, d, l, v or t."]), markup=False)

"""The dialogs of the full-screen desk: a line to type, a list to choose from, all keys; and what filters mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from gettext import NullTranslations
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ...desk.triage.desk import Filters
from ...edition.registry import Registry
from ...text.control_characters import escape_controls
from ...translations import N_

_BOX = """
{name} {{ align: center middle; }}
{name} .box {{ width: 80; max-width: 90%; height: auto; max-height: 90%; padding: 0 2; border: round $foreground; }}
{name} .input--selection {{ color: ansi_bright_white; background: ansi_blue; }}
"""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_FILTER_NAMES = ("topic", "source", "lang", "days")


class Key(Struct, frozen=True):
    """A key of the desk, what it does, and the words for it; `shown` at the bottom, too, not only in the help."""

    keys: str
    action: str
    words: str
    shown: bool = True


KEYS = (
    Key("j,down", "move(1)", N_("Next story"), shown=False),
    Key("k,up", "move(-1)", N_("Previous story"), shown=False),
    Key("space,pagedown", "scroll(1)", N_("Scroll the text"), shown=False),
    Key("b,pageup", "scroll(-1)", N_("Scroll the text back"), shown=False),
    Key("question_mark", "help", N_("Keys")),
    Key("n", "keep", N_("Note")),
    Key("a", "add", N_("Add")),
    Key("d", "dismiss", N_("Dismiss")),
    Key("D", "dismiss_rest", N_("Dismiss all that waits of the source"), shown=False),
    Key("l", "postpone", N_("Later")),
    Key("v", "nominate", N_("Nominate")),
    Key("t", "tag", N_("Tag")),
    Key("m", "mark", N_("Mark")),
    Key("M", "mark_all", N_("Mark all that is shown, or none"), shown=False),
    Key("o,enter", "open", N_("Open")),
    Key("u", "undo", N_("Undo")),
    Key("f,slash", "filter", N_("Filter")),
    Key("r", "refresh_desk", N_("Read the files again"), shown=False),
    Key("q,ctrl+c", "quit", N_("Quit")),
)
_KEY_NAMES = {"question_mark": "?", "slash": "/", "down": "↓", "up": "↑"}


class Ask(ModalScreen[str | None]):
    """A question with one line to type; Escape gives no answer.

    `find_mistake` says what is wrong with a line, which then can be corrected; an empty sentence accepts it.
    """

    CSS = _BOX.format(name="Ask")
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "")]

    def __init__(self, question: str, value: str, find_mistake: Callable[[str], str] = lambda _: "") -> None:
        super().__init__()
        self._question, self._value, self._find_mistake = question, value, find_mistake

    def compose(self) -> ComposeResult:
        """Lay out the question and the line."""
        with Vertical(classes="box"):
            yield Static(escape_controls(self._question), markup=False)
            # A suggested number is replaced by what is typed; a name or filter is continued.
            yield Input(self._value, select_on_focus=self._value.isdecimal())
            yield Static(id="mistake", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return what was typed, unless it is a mistake."""
        if mistake := self._find_mistake(event.value):
            self.query_one("#mistake", Static).update(escape_controls(mistake, one_line=True))
        else:
            self.dismiss(event.value)


class Choose(ModalScreen[str | None]):
    """A list of ids with names to choose one from; Escape chooses none."""

    CSS = _BOX.format(name="Choose")
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "dismiss(None)", ""),
        ("j", "move(1)", ""),
        ("k", "move(-1)", ""),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._choices = question, choices

    def compose(self) -> ComposeResult:
        """Lay out the question and the list."""
        with Vertical(classes="box"):
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
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q", "dismiss(None)", "")]

    def __init__(self, translations: NullTranslations) -> None:
        super().__init__()
        self._translations = translations

    def compose(self) -> ComposeResult:
        """Lay out the keys, one a line."""
        gettext = self._translations.gettext
        lines = [f"{_format_keys(key.keys):18}{gettext(key.words)}" for key in KEYS]
        hint = gettext("Several at once: mark them with m, then press n, a, d, l, v or t.")
        with VerticalScroll(classes="box"):
            yield Static("\n".join([*lines, "", hint]), markup=False)


def _format_keys(keys: str) -> str:
    return ", ".join(_KEY_NAMES.get(key, key) for key in keys.split(","))


def format_keys(translations: NullTranslations) -> Text:
    """Return the keys for the bottom of the screen; a click on one does what it does."""
    parts = [
        # With a colon, as in mutt: between blanks a line would break between a key and its word.
        Text(
            f"{_format_keys(key.keys).partition(',')[0]}:{translations.gettext(key.words)}",
            Style(meta={"@click": f"app.{key.action}"}),
        )
        for key in KEYS
        if key.shown
    ]
    return Text("  ").join(parts)


def parse_filters(text: str) -> Filters:
    """Return the filters of a line such as "cloud topic:open-source days:3"; all other words must be in the text."""
    filters, words = Filters(), list[str]()
    for word in text.split():
        key, _, value = word.partition(":")
        if key in {"topic", "source", "lang"} and value:
            filters = replace(filters, **{key: value})
        elif key == "days" and value.isdecimal():
            filters = replace(filters, max_age=int(value))
        else:
            words.append(word)
    return replace(filters, words=" ".join(words))


def format_filters(filters: Filters) -> str:
    """Return the line that parse_filters reads back."""
    named = (("topic", filters.topic), ("source", filters.source), ("lang", filters.lang))
    parts = [*(f"{key}:{value}" for key, value in named if value), filters.words]
    if filters.max_age is not None:
        parts.insert(-1, f"days:{filters.max_age}")
    return " ".join(filter(None, parts))


def find_filter_mistake(text: str, registry: Registry, languages: Sequence[str], translations: NullTranslations) -> str:
    """Return a sentence on the first word of a filter line that means no filter; empty if there is none.

    A filter that fits nothing because of a typing mistake looks like an inbox without stories.
    """
    known = {"topic": [*registry.topics], "source": [*registry.sources], "lang": list(languages)}
    for word in text.split():
        key, colon, value = word.partition(":")
        if not colon:
            continue
        is_known = bool(_LANGUAGE.fullmatch(value)) if key == "lang" else value in known.get(key, ())
        if key in known and not is_known:
            near = difflib.get_close_matches(value, known[key], n=3, cutoff=0.5) or known[key][:5]
            message = translations.gettext("{word} is unknown. Known are, among others: {known}")
            return message.format(word=word, known=", ".join(f"{key}:{entry}" for entry in near))
        if key == "days" and not value.isdecimal():
            return translations.gettext("{word} is no number of days: write days:3").format(word=word)
        if key not in _FILTER_NAMES and (names := difflib.get_close_matches(key, _FILTER_NAMES, n=1, cutoff=0.7)):
            message = translations.gettext("{word} is no filter: did you mean {name}:{value}?")
            return message.format(word=word, name=names[0], value=value)
    return ""

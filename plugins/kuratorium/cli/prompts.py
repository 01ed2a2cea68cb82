"""Asks at the terminal for what a command was not told."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..desk import start
from ..desk.start import LANGUAGES, Answers
from ..edition.curation import Topic
from ..edition.validation import nearest
from ..errors import UsageError

if TYPE_CHECKING:
    from ..intake.sources.add import Offer

Given = dict[str, str | tuple[str, ...]]

_QUESTIONS = {
    "name": "Name of the site",
    "address": "Its address (https://…)",
    "language": f"Its language ({' or '.join(LANGUAGES)})",
    "responsible": "Who answers for it (first and last name)",
    "email": "Mail address for readers",
    "topic": "First topic (name)",
}
_ANOTHER = {
    "topic": "Another topic (Enter: no more)",
    "feed": "Address of a feed to follow (Enter: no more)",
}


def ask(root: Path, given: Given) -> Answers:
    """Complete what is `given` (by option name) with questions; raises UsageError where nobody can answer."""
    missing = [option for option in _QUESTIONS if not given.get(option)]
    if missing and not at_terminal():
        options = ", ".join(f"--{option}" for option in missing)
        raise UsageError(f"Nobody is here to ask: say {options}. «kuratorium start --help» explains them.")
    answers = dict(given)
    for option in missing:
        answers[option] = _ask(root, option, _QUESTIONS[option])
    for option in _ANOTHER:
        if missing and not given.get(option):
            answers[option] = _ask_more(root, option, answers.get(option) or ())
    return _answers(answers)


def confirm(losses: Sequence[str], *, yes: bool) -> None:
    """Have the user say yes to what `start` takes away; raises UsageError where nobody can, click.Abort on a no."""
    if yes:
        return
    loss = "\n  ".join(["This takes away, and keeps below var/:", *losses])
    if not at_terminal():
        raise UsageError(f"{loss}\nSay --yes if that is what you want.")
    click.echo(loss)
    click.confirm("Go on?", abort=True)


def choice(offers: Sequence[Offer], number: int | None) -> Offer:
    """Have the user choose a feed, if they did not by its `number` (from 1); raises UsageError where nobody can.

    A single one that is followed already needs no choice.
    """
    count = len(offers)
    if number is None and count == 1 and offers[0].followed:
        number = 1
    if number is None:
        if not at_terminal():
            raise UsageError("Nobody is here to ask: say --first, or --feed with a number from this list.")
        question = f"Follow which one? (1 to {count}, 0: none)" if count > 1 else "Follow it? (1: yes, 0: no)"
        number = click.prompt(question, default=1, type=click.IntRange(0, count))
    if number == 0:
        raise click.Abort
    if number > count:
        raise UsageError(f"--feed {number}: there {'is only one' if count == 1 else f'are only {count}'}.")
    return offers[number - 1]


def topics(known: Mapping[str, Topic]) -> tuple[str, ...]:
    """Ask for the topics (ids) of a new source; where nobody can answer, it has none."""
    if not at_terminal() or not known:
        return ()

    def check(value: str) -> tuple[str, ...]:
        ids = tuple(dict.fromkeys(re.findall(r"[^\s,]+", value)))
        for one in ids:
            if one not in known:
                raise click.UsageError(f"«{one}» is no topic. {nearest(one, known)}")
        return ids

    click.echo(click.wrap_text(f"Topics: {', '.join(known)}", shutil.get_terminal_size().columns, "", "  "))
    return click.prompt("Suggest its entries for which? (ids; Enter: none)", "", show_default=False, value_proc=check)


def agreed(question: str, *, yes: bool) -> bool:
    """Ask for a yes; where nobody can be asked, `yes` decides."""
    return yes or (at_terminal() and click.confirm(question))


def at_terminal() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answers(given: Given) -> Answers:
    one = {key: str(given[key]).strip() for key in ("name", "address", "language", "responsible", "email")}
    many = {f"{key}s": tuple(each.strip() for each in _several(given.get(key) or ())) for key in ("topic", "feed")}
    return Answers(**one, **many)  # type: ignore[arg-type]


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _ask(root: Path, option: str, question: str, default: str | None = None) -> str:
    return str(click.prompt(question, default=default, show_default=False, value_proc=_checked(root, option)))


def _ask_more(root: Path, option: str, first: str | tuple[str, ...]) -> tuple[str, ...]:
    found = list(_several(first))
    while one := _ask(root, option, _ANOTHER[option], default=""):
        found.append(one)
    return tuple(found)


def _checked(root: Path, option: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        complaint = start.complaint(root, option, value.strip()) if value else ""
        if complaint:
            raise click.UsageError(complaint)
        return value.strip()

    return check

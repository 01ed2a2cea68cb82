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
from ..edition.validation import suggest_nearest
from ..errors import UsageError

if TYPE_CHECKING:
    from ..intake.sources.add import FeedCandidate

OptionValues = dict[str, str | tuple[str, ...]]

_QUESTIONS = {
    "name": "Name of the site",
    "address": "Its address (https://…)",
    "language": f"Its language ({' or '.join(LANGUAGES)})",
    "responsible": "Who answers for it (first and last name)",
    "email": "Mail address for readers",
    "topic": "First topic (name)",
}
_REPEATED_QUESTIONS = {
    "topic": "Another topic (Enter: no more)",
    "feed": "Address of a feed to follow (Enter: no more)",
}


def ask_start_answers(root: Path, option_values: OptionValues) -> Answers:
    """Complete what is `given` (by option name) with questions; raises UsageError where nobody can answer."""
    missing = [option for option in _QUESTIONS if not option_values.get(option)]
    if missing and not is_interactive():
        options = ", ".join(f"--{option}" for option in missing)
        raise UsageError(f"Nobody is here to ask: say {options}. «kuratorium start --help» explains them.")
    answers = dict(option_values)
    for option in missing:
        answers[option] = _ask_option(root, option, _QUESTIONS[option])
    for option in _REPEATED_QUESTIONS:
        if missing and not option_values.get(option):
            answers[option] = _ask_repeatedly(root, option, answers.get(option) or ())
    return _build_answers(answers)


def confirm_removal(losses: Sequence[str], *, yes: bool) -> None:
    """Have the user say yes to what `start` takes away; raises UsageError where nobody can, click.Abort on a no."""
    if yes:
        return
    loss = "\n  ".join(["This takes away, and keeps below var/:", *losses])
    if not is_interactive():
        raise UsageError(f"{loss}\nSay --yes if that is what you want.")
    click.echo(loss)
    click.confirm("Go on?", abort=True)


def choose_feed(candidates: Sequence[FeedCandidate], number: int | None) -> FeedCandidate:
    """Have the user choose a feed, if they did not by its `number` (from 1); raises UsageError where nobody can.

    A single one that is followed already needs no choice.
    """
    count = len(candidates)
    if number is None and count == 1 and candidates[0].source_id:
        number = 1
    if number is None:
        if not is_interactive():
            raise UsageError("Nobody is here to ask: say --first, or --feed with a number from this list.")
        question = f"Follow which one? (1 to {count}, 0: none)" if count > 1 else "Follow it? (1: yes, 0: no)"
        number = click.prompt(question, default=1, type=click.IntRange(0, count))
    if number == 0:
        raise click.Abort
    if number > count:
        raise UsageError(f"--feed {number}: there {'is only one' if count == 1 else f'are only {count}'}.")
    return candidates[number - 1]


def ask_topics(topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """Ask for the topics (ids) of a new source; where nobody can answer, it has none."""
    if not is_interactive() or not topics:
        return ()

    def check(value: str) -> tuple[str, ...]:
        ids = tuple(dict.fromkeys(re.findall(r"[^\s,]+", value)))
        for one in ids:
            if one not in topics:
                raise click.UsageError(f"«{one}» is no topic. {suggest_nearest(one, topics)}")
        return ids

    click.echo(click.wrap_text(f"Topics: {', '.join(topics)}", shutil.get_terminal_size().columns, "", "  "))
    return click.prompt("Suggest its entries for which? (ids; Enter: none)", "", show_default=False, value_proc=check)


def ask_confirmation(question: str, *, yes: bool) -> bool:
    """Ask for a yes; where nobody can be asked, `yes` decides."""
    return yes or (is_interactive() and click.confirm(question))


def is_interactive() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _build_answers(given: OptionValues) -> Answers:
    one = {key: str(given[key]).strip() for key in ("name", "address", "language", "responsible", "email")}
    many = {f"{key}s": tuple(each.strip() for each in _as_tuple(given.get(key) or ())) for key in ("topic", "feed")}
    return Answers(**one, **many)  # type: ignore[arg-type]


def _as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _ask_option(root: Path, option: str, question: str, default: str | None = None) -> str:
    return str(click.prompt(question, default=default, show_default=False, value_proc=_build_validator(root, option)))


def _ask_repeatedly(root: Path, option: str, first: str | tuple[str, ...]) -> tuple[str, ...]:
    found = list(_as_tuple(first))
    while one := _ask_option(root, option, _REPEATED_QUESTIONS[option], default=""):
        found.append(one)
    return tuple(found)


def _build_validator(root: Path, option: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        complaint = start.validate_answer(root, option, value.strip()) if value else ""
        if complaint:
            raise click.UsageError(complaint)
        return value.strip()

    return check

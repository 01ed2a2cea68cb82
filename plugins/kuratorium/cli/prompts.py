"""Questions at the terminal, for what a command's options leave out."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..desk.start.answers import LANGUAGES, NO_FORGE, Answers, find_problems, validate_answer
from ..edition.curation import Topic
from ..edition.registry import suggest_record
from ..errors import UsageError
from ..text.control_characters import escape_controls
from .options import translate
from .terminal import format_count, print_result

if TYPE_CHECKING:
    from ..intake.sources.add import FeedCandidate

OptionValues = Mapping[str, str | tuple[str, ...] | None]
"""The options of `kuratorium start` as click passes them: a missing one is None, or () if it may be repeated."""

# Options that are required. Feeds are not, because `kuratorium sources add` adds them later.
_QUESTIONS = {
    "name": "Name of the site",
    "address": "Address of the site (https://…)",
    "language": f"Language of the site ({' or '.join(LANGUAGES)})",
    "responsible": "Person responsible for the site (first and last name)",
    "email": "Mail address shown to readers",
    "topic": "First topic (name)",
}
_FORGE_QUESTION = "Forge that shall pull and publish by itself (github, gitlab, forgejo or none)"
_INBOX_QUESTION = "May readers see headlines of what waits in your inbox?"
_REVIEWED = {
    "name": "Name",
    "address": "Address",
    "language": "Language",
    "responsible": "Responsible",
    "email": "Mail address",
    "topic": "Topics",
    "feed": "Feeds",
    "forge": "Forge",
    "inbox": "Readers see the inbox",
}
_REPEATED_QUESTIONS = {
    "topic": "Another topic (Enter for no more)",
    "feed": "Address of a feed to follow (Enter for no more)",
}


_ANSWERS = {"y": True, "yes": True, "j": True, "ja": True, "": False, "n": False, "no": False, "nein": False}


def is_interactive() -> bool:
    """Return whether a person can answer questions: stdin and stdout are both a terminal."""
    # Both: questions are printed to stdout, where `kuratorium start | tee log` would hide them.
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_start_answers(
    root: Path, option_values: OptionValues, *, show_inbox: bool | None = None, yes: bool = False
) -> Answers:
    """Return the answers that `kuratorium start` needs, asking for those that no option gives.

    `show_inbox` is None if no option says whether readers see the inbox; without a terminal, they do not. Whoever was
    asked may correct each answer, unless `yes`.

    Without a terminal, raises UsageError with the names of the missing options. Answers from options are returned
    unchecked; `plan_start` and `plan_edition` report what is wrong with them.
    """
    missing = [option for option in _QUESTIONS if not option_values.get(option)]
    if missing and not is_interactive():
        names = ", ".join(f"--{option}" for option in missing)
        raise UsageError(f'No terminal to ask at: give {names}. "kuratorium start --help" explains them.')
    answers = {option: _as_tuple(value) for option, value in option_values.items()}
    for option in missing:
        answers[option] = (_ask_option(root, option, _QUESTIONS[option]),)
    for option in _REPEATED_QUESTIONS:
        # No question for more topics or feeds if the command line is complete, or names some.
        if missing and not option_values.get(option):
            answers[option] = (*answers.get(option, ()), *_ask_repeatedly(root, option))
    if missing and not option_values.get("forge"):
        answers["forge"] = (_ask_option(root, "forge", _FORGE_QUESTION, default=NO_FORGE),)
    if missing and show_inbox is None:
        show_inbox = confirm(_INBOX_QUESTION)
    answers["inbox"] = ("yes" if show_inbox else "no",)
    return _review_answers(root, answers) if missing and not yes else _build_answers(answers)


def _build_answers(answers: Mapping[str, tuple[str, ...]]) -> Answers:
    return Answers(
        show_inbox=answers["inbox"] == ("yes",),
        name=_get_single(answers["name"]),
        address=_get_single(answers["address"]),
        language=_get_single(answers["language"]),
        responsible=_get_single(answers["responsible"]),
        email=_get_single(answers["email"]),
        topics=tuple(topic.strip() for topic in answers.get("topic", ())),
        feeds=tuple(feed.strip() for feed in answers.get("feed", ())),
        forge=_get_single(answers.get("forge") or (NO_FORGE,)),
    )


def _review_answers(root: Path, values: dict[str, tuple[str, ...]]) -> Answers:
    """Show all answers with numbers until the user has none to change, and none is wrong."""
    while True:
        print_result("\nYour answers:")
        for number, (option, label) in enumerate(_REVIEWED.items(), 1):
            print_result(f"  {number}  {label}: {', '.join(values.get(option, ())) or 'none'}")
        answers = _build_answers(values)
        problems = list(find_problems(root, answers))
        for problem in problems:
            print_result(f"  ! {problem}")
        number = click.prompt(
            translate("Change which? (number; Enter if all is right)"),
            default=0,
            show_default=False,
            type=click.IntRange(0, len(_REVIEWED)),
        )
        if number:
            option = list(_REVIEWED)[number - 1]
            values[option] = _ask_again(root, option)
        elif not problems:
            return answers


def _ask_again(root: Path, option: str) -> tuple[str, ...]:
    if option == "inbox":
        return ("yes" if confirm(_INBOX_QUESTION) else "no",)
    if option == "forge":
        return (_ask_option(root, "forge", _FORGE_QUESTION, default=NO_FORGE),)
    first = (_ask_option(root, option, _QUESTIONS[option]),) if option in _QUESTIONS else ()
    return (*first, *(_ask_repeatedly(root, option) if option in _REPEATED_QUESTIONS else ()))


def confirm_removal(folders: Sequence[str], *, yes: bool) -> None:
    """Ask whether `kuratorium start` may remove the sample's files; `folders` says how many from which folder.

    Does nothing if `yes`. Raises click.Abort on a no, UsageError without a terminal.
    """
    if yes:
        return
    notice = "\n  ".join([translate("These files will be moved to a folder below var/:"), *folders])
    if not is_interactive():
        raise UsageError(f"{notice}\nGive --yes to agree.")
    print_result(notice)
    if not confirm("Continue?"):
        raise click.Abort


def choose_feed(candidates: Sequence[FeedCandidate], number: int | None) -> FeedCandidate:
    """Return the feed with a number (from 1), or the one that the user chooses.

    A single feed that is followed already needs no choice. Raises click.Abort if the user chooses none, UsageError for
    a number beyond the list or without a terminal.
    """
    count = len(candidates)
    if number is None and count == 1 and candidates[0].source_id:
        number = 1
    if number is None:
        if not is_interactive():
            raise UsageError("No terminal to ask at: give --first, or --feed with a number from this list.")
        question = f"Follow which feed? (1 to {count}; 0 for none)" if count > 1 else "Follow it? (1 for yes, 0 for no)"
        number = click.prompt(translate(question), default=1, type=click.IntRange(0, count))
    if number == 0:  # only as an answer: --feed accepts numbers from 1
        raise click.Abort
    if number > count:
        raise UsageError(f"--feed {number}: the list has only {format_count(count, 'feed')}.")
    return candidates[number - 1]


def ask_topics(topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """Ask for the topics of a new source and return their ids; without a terminal or without topics, none."""
    if not is_interactive() or not topics:
        return ()

    def parse_ids(value: str) -> tuple[str, ...]:
        ids = tuple(dict.fromkeys(re.findall(r"[^\s,]+", value)))
        for topic_id in ids:
            if topic_id not in topics:
                message = f'"{topic_id}" is not a topic. {suggest_record(topic_id, topics)}'
                raise click.UsageError(escape_controls(translate(message)))
        return ids

    print_result(
        click.wrap_text(translate(f"Topics: {', '.join(topics)}"), shutil.get_terminal_size().columns, "", "  ")
    )
    question = translate("Suggest its entries for which topics? (ids; Enter for none)")
    return click.prompt(question, "", show_default=False, value_proc=parse_ids)


def ask_confirmation(question: str, *, yes: bool) -> bool:
    """Return whether the user agrees; without a terminal, only if `yes`."""
    return yes or (is_interactive() and confirm(escape_controls(question)))


def confirm(question: str) -> bool:
    """Return whether the user says yes, in the language of the edition or in English; Enter is a no."""
    while True:
        asked = f"{translate(question)} [{translate('y/N')}]"
        answer = click.prompt(asked, default="", show_default=False).strip().lower()
        if answer in _ANSWERS:
            return _ANSWERS[answer]
        click.echo(translate("Error: invalid input"))


def _as_tuple(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else value


def _get_single(values: tuple[str, ...]) -> str:
    """Return the value of an option that is not repeated."""
    return values[0].strip()


def _ask_option(root: Path, option: str, question: str, default: str | None = None) -> str:
    """Ask until the answer is valid; an empty answer is only possible with a default."""
    return str(
        click.prompt(
            translate(question), default=default, show_default=False, value_proc=_build_validator(root, option)
        )
    )


def _ask_repeatedly(root: Path, option: str) -> list[str]:
    answers = []
    while answer := _ask_option(root, option, _REPEATED_QUESTIONS[option], default=""):
        answers.append(answer)
    return answers


def _build_validator(root: Path, option: str) -> Callable[[str], str]:
    """Return a function that strips an answer; click asks again when it raises click.UsageError."""

    def strip_valid_answer(value: str) -> str:
        problem = validate_answer(root, option, value.strip()) if value else ""
        if problem:
            raise click.UsageError(escape_controls(translate(problem)))
        return value.strip()

    return strip_valid_answer

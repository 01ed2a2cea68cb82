"""The answers to `kuratorium start`, and what may be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from ... import urls
from ...edition.paths import SAMPLES_FOLDER
from ...errors import UsageError
from ...slugs import slugify
from ...translations import N_
from ..workflows.templates import FORGES

STARTER_FOLDER = Path(__file__).parents[1] / "starter"
DEFAULT_SUBTITLE = N_("Read, chosen, put in context")
LANGUAGES = tuple(sorted(folder.parent.name for folder in STARTER_FOLDER.glob("*/pages")))
NO_FORGE = "none"
# It is there to catch typing mistakes; RFC 5322 allows many more forms.
_MAIL_ADDRESS = re.compile(r"\A[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+\Z")


class Answers(Struct, frozen=True, kw_only=True):
    """The answers to `kuratorium start`: topics are names, feeds are addresses or paths from the edition's root.

    `show_inbox`: whether readers see headlines of what waits in the inbox.
    `forge`: where the repository will be, "none" if no forge shall pull and publish by itself.
    """

    name: str
    address: str
    language: str
    responsible: str
    email: str
    topics: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    show_inbox: bool = False
    forge: str = NO_FORGE


def require_valid_answers(root: Path, answers: Answers) -> None:
    """Raise UsageError with all that is wrong in the answers."""
    problems = list(find_problems(root, answers))
    if problems:
        raise UsageError("\n".join(problems))


def validate_answer(root: Path, option: str, value: str) -> str:
    """Return what is wrong with the answer for an option (its name without dashes), or "" if it is valid."""
    if not value.strip() or re.search(r"[\x00-\x1f\x7f]", value):
        return f'expected one line of text, found "{value}".'
    return _VALIDATORS[option](root, value) if option in _VALIDATORS else ""


def find_problems(root: Path, answers: Answers) -> Iterator[str]:
    """Yield what is wrong in the answers, each with the option that would give it."""
    for option, value in _list_answers(answers):
        if problem := validate_answer(root, option, value):
            yield f"--{option}: {problem}"
    if not answers.topics:
        yield "--topic: an edition needs at least one topic."
    slugs = [slugify(topic) for topic in answers.topics]
    # Slugs, not names: "Open Data" and "Open data!" would be the same topic.
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        yield f'--topic: several topics would have the id "{slug}".'
    for feed in dict.fromkeys(feed for feed in answers.feeds if answers.feeds.count(feed) > 1):
        yield f"--feed: {feed} is given twice."


def _list_answers(answers: Answers) -> Iterator[tuple[str, str]]:
    for option in ("name", "address", "language", "responsible", "email", "forge"):
        yield option, getattr(answers, option)
    yield from (("topic", topic) for topic in answers.topics)
    yield from (("feed", feed) for feed in answers.feeds)


def _validate_address(_: Path, address: str) -> str:
    # Neither user name nor query: the address begins every link of the site.
    if re.match(r"\Ahttps?://[^\s/?#@:]+(?::\d+)?(?:/[^\s?#]*)?\Z", address):
        return ""
    return f'expected the site\'s http or https address such as https://example.org, found "{address}".'


def _validate_language(_: Path, language: str) -> str:
    return "" if language in LANGUAGES else f'expected {" or ".join(LANGUAGES)}, found "{language}".'


def _validate_forge(_: Path, forge: str) -> str:
    return "" if forge in {*FORGES, NO_FORGE} else f'expected {", ".join(FORGES)} or {NO_FORGE}, found "{forge}".'


def _validate_email(_: Path, email: str) -> str:
    return "" if _MAIL_ADDRESS.match(email) else f'expected a mail address such as desk@example.org, found "{email}".'


def _validate_topic(_: Path, topic: str) -> str:
    return "" if slugify(topic) else f'"{topic}" has no Latin letter or digit, which its address needs.'


def _validate_feed(root: Path, feed: str) -> str:
    if urls.is_http_url(feed):
        return ""
    path = (root / feed).resolve()
    if not path.is_relative_to(root.resolve()):
        return f'"{feed}" is neither an address nor a file inside the edition: copy it to curation/ first.'
    if path.is_relative_to((root / SAMPLES_FOLDER).resolve()):
        return f'"{feed}" is one of the samples, which will be removed.'
    return "" if path.is_file() else f'"{feed}" is neither an http or https address nor a file of the edition.'


_VALIDATORS: dict[str, Callable[[Path, str], str]] = {
    "address": _validate_address,
    "language": _validate_language,
    "email": _validate_email,
    "forge": _validate_forge,
    "topic": _validate_topic,
    "feed": _validate_feed,
}

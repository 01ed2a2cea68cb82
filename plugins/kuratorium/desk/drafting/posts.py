"""The command `kuratorium new` for interviews, talks and essays: what is known of guests, hosts and works filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...edition.curation import Person
from ...edition.formats import get_format
from ...edition.registry import suggest_record
from ...errors import UsageError
from ...slugs import slugify
from .. import draft
from ..note import build_quotations, build_work_names
from .earlier import Confirm, find_earlier_posts, refuse_recommended_addresses, refuse_unconfirmed
from .templates import read_template
from .works import DraftContext, FoundWork, find_works, read_context

CONVERSATIONS = ("interview", "talk")
"""The formats that have guests and hosts."""


class PostDraft(Struct, frozen=True, kw_only=True):
    """A new interview, talk or essay: its file from the root, its title, and the works that it is about."""

    file: str
    title: str
    found: tuple[FoundWork, ...] = ()


def begin_post(
    root: Path,
    format_id: str,
    references: Sequence[str],
    *,
    title: str,
    author_ids: Sequence[str],
    guests: Sequence[str],
    hosts: Sequence[str],
    quotes: Sequence[str],
    confirm: Confirm | None,
    as_of: datetime | None,
    clock: Callable[[], datetime],
) -> PostDraft:
    """Write the draft of an interview, a talk or an essay.

    `references` mean works as in `find_works`, whose inbox items stay: these formats recommend no works. `guests` and
    `hosts` are ids, or names of people without one; without them, authors of the works whom people.yaml has are guests,
    and the authors of the draft hosts. `quotes`, `confirm`, `as_of` and `clock` as in `begin_note`.
    Raises UsageError for an unknown id, a passage that is not found, and if no title is given or known.
    """
    context, now = read_context(root, as_of, clock)
    people = context.edition.registry.people
    template = read_template(root, format_id, context.translations)
    confirmed = refuse_recommended_addresses(context, references, confirm)
    found = find_works(context, references)
    authors = draft.choose_authors(people, author_ids, (), draft.read_git_name(root))
    values: dict[str, Any] = {
        "authors": [*authors],
        "topics": [*dict.fromkeys(topic for known in found for topic in known.topics)],
    }
    if format_id in CONVERSATIONS:
        values["hosts"] = find_speakers("host", hosts, people) or [*authors]
        values["guests"] = find_speakers("guest", guests, people) or _find_known_authors(found, people)
    title = title or _build_title(context, values.get("guests", ()), found)
    if not title:
        raise UsageError(f'what is the {format_id} called? Give --title "…"')
    quotations = build_quotations(context, found, quotes)
    earlier = find_earlier_posts(context.edition, found)
    refuse_unconfirmed([post for post in earlier if post not in confirmed], confirm)
    names = build_work_names(found, context.translations) | {
        "title": draft.escape_markdown(title),
        "turns": _build_turns([*values.get("hosts", ()), *values.get("guests", ())]),
        "quotations": quotations,
    }
    file = draft.write_draft(
        context.edition,
        context.site,
        now,
        format_id=get_format(format_id).id,
        title=title,
        values=values,
        template=template,
        names=names,
    )
    return PostDraft(file=file, title=title, found=tuple(found))


def find_speakers(option: str, given: Iterable[str], people: Mapping[str, Person]) -> list[str | dict[str, str]]:
    """Return guests or hosts as front matter has them: ids, and for names of people without an id, `{name}`.

    Raises UsageError for what looks like an id and is none.
    """
    speakers: list[str | dict[str, str]] = []
    by_name = {person.name.casefold(): person.id for person in people.values()}
    for text in dict.fromkeys(given):
        name = " ".join(text.split())
        if name in people:
            speakers.append(name)
        elif person_id := by_name.get(name.casefold()):
            speakers.append(person_id)
        elif " " in name:
            speakers.append({"name": name})
        else:
            hint = suggest_record(name, people)
            raise UsageError(f'--{option}: "{text}" is not an id in curation/people.yaml, and no whole name. {hint}')
    return speakers


def _find_known_authors(found: Sequence[FoundWork], people: Mapping[str, Person]) -> list[str | dict[str, str]]:
    names = {name for known in found for name in known.work.authors}
    return [person.id for person in people.values() if person.name in names]


def _build_title(context: DraftContext, guests: Iterable[Any], found: Sequence[FoundWork]) -> str:
    people = context.edition.registry.people
    names = [people[guest].name if isinstance(guest, str) else guest["name"] for guest in guests]
    if names:
        return context.translations.gettext("In conversation: {names}").format(names=", ".join(names))
    return found[0].work.title if found else ""


def _build_turns(speakers: Iterable[Any]) -> str:
    """Return a turn for each speaker to begin with; one without an id goes by the slug of the name."""
    markers = (speaker if isinstance(speaker, str) else slugify(speaker["name"]) for speaker in speakers)
    return "\n\n".join(f"@{marker}: …" for marker in dict.fromkeys(markers))

"""The command `kuratorium note`: begin a note on an inbox item or on a web page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec.structs import replace

from .. import urls
from ..edition.loader import Edition
from ..edition.model import Work
from ..errors import EditionError, Problem, SourceError, UsageError
from ..intake import page_metadata
from ..intake.archive import Archive
from ..intake.http import client
from ..intake.parsers import plain_text
from . import draft, inbox
from .draft import NoteDraft
from .inbox import InboxItem

# After these errors the address is wrong, or nothing is there to write about; after all others the page may exist.
_WRONG_ADDRESS_REASONS = {"not-found", "gone", "bad-address", "no-host", "private-address", "credentials"}


def begin_note(
    root: Path, reference: str, *, author_ids: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]
) -> NoteDraft:
    """Write the draft of a note on the inbox item or the web page that a reference means.

    `reference` is an item's short id, uid or file, or the address of a page. A page that is in the inbox, or that a
    pull has archived, is taken from there; any other is fetched, and if it cannot be read, or there is no network, the
    draft holds its address and host only. `clock` returns the current time; `as_of` and the date that policy.yaml pins
    take precedence over it.
    Raises UsageError if the reference matches no item or several, EditionError if the edition or the item cannot be
    read, SourceError if there is no page at the address.
    """
    edition, site, now = draft.load_edition_and_site(root, as_of, clock)
    items, problems = inbox.read_inbox(root)
    _refuse_invalid_item(reference, problems)
    _refuse_existing_note(reference, edition, items)
    if urls.is_http_url(reference) and not _is_in_inbox(reference, items):
        work = _find_archived_work(reference, edition)
        unread_reason = elsewhere = ""
        if work is None:
            work, unread_reason, elsewhere = _fetch_work(reference, edition, site.url, clock)
        # The page may name a canonical address, under which a feed has brought it.
        if not _is_in_inbox(work.url, items):
            source = edition.registry.sources.get(work.source)
            written = draft.write_work_note(
                edition,
                work,
                site,
                author_ids=author_ids,
                now=now,
                address=reference,
                topics=source.topics if source else (),
                unread_reason=unread_reason,
            )
            return replace(written, elsewhere=elsewhere)
        reference = work.url
    return draft.write_item_note(edition, inbox.find_item(items, reference), site, author_ids=author_ids, now=now)


def _is_in_inbox(reference: str, items: Sequence[InboxItem]) -> bool:
    return any(inbox.matches_reference(item, reference) for item in items)


def _find_archived_work(address: str, edition: Edition) -> Work | None:
    """Return the work at an address as a pull has archived it, with the credit of its inbox file; None if none has."""
    with Archive(edition.root, write=False) as archive:
        found = archive.find_by_address(address)
    if found is None:
        return None
    source_id, entry = found
    source = edition.registry.sources.get(source_id)
    people = edition.registry.people
    named = [people[person].name for person in source.people if person in people] if source else []
    return Work(
        url=urls.remove_tracking(entry.link),
        title=entry.title or entry.link,
        authors=tuple(_split_names(entry.authors) or named),
        publication=source.name if source else urls.get_host(entry.link),
        source=source_id if source else "",
        published=date.fromisoformat(entry.published) if entry.published else None,
        lang=plain_text.get_primary_language(source.lang) if source else "",
        item=entry.key,
    )


def _split_names(authors: str) -> list[str]:
    """Return the names in the archive's list of authors; one that may be "Surname, First name" stays as it is."""
    names = [name for name in authors.split(", ") if name]
    return names if all(" " in name for name in names) else [authors]


def _fetch_work(address: str, edition: Edition, site_url: str, clock: Callable[[], datetime]) -> tuple[Work, str, str]:
    """Fetch a page and return it as a work, described by its own metadata.

    Returns also why it could not be read, if so, and the address at another site that it names as the original's.

    Raises SourceError if there is no page at the address.
    """
    policy = edition.registry.policy
    agent = client.build_user_agent(site_url, policy.imprint.email if policy else "")
    try:
        metadata = page_metadata.fetch_work_metadata(
            address, root=edition.root, agent=agent, clock=clock, intranet=policy.intranet if policy else ()
        )
    except SourceError as error:
        if error.reason in _WRONG_ADDRESS_REASONS:
            # The message alone, such as "there is nothing at this address", does not name the address.
            raise SourceError(error.reason, f"{address} cannot be read: {error}") from error
        url = urls.remove_tracking(urls.make_absolute_url(address))
        return Work(url=url, title=url, publication=urls.get_host(url)), str(error), ""
    work = Work(
        url=urls.remove_tracking(metadata.canonical or address),
        title=metadata.title or address,
        authors=metadata.authors,
        publication=metadata.publication,
        published=metadata.published,
        lang=metadata.lang,
        paywall=metadata.paywall,
    )
    return work, "", metadata.elsewhere


def _refuse_invalid_item(reference: str, problems: Sequence[Problem]) -> None:
    """Raise EditionError with the problems of the file that a reference names; otherwise it would count as missing."""
    file_problems = [problem for problem in problems if Path(problem.file).name == Path(reference).name]
    if file_problems:
        raise EditionError(file_problems)


def _refuse_existing_note(reference: str, edition: Edition, items: Sequence[InboxItem]) -> None:
    """Raise UsageError that names the note which an item has become, if a reference means a uid that a post has."""
    if len(reference) < inbox.MIN_ID_LENGTH or _is_in_inbox(reference, items):
        return
    files = [post.file for post in edition.post_files if post.meta.uid.startswith(reference)]
    if files:
        raise UsageError(f'"{reference}" is no longer in the inbox, because it became the note {files[0]}')

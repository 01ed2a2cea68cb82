"""The command `kuratorium note`: begin a note on an inbox item or on a web page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from .. import urls
from ..edition.loader import Edition
from ..edition.model import Work
from ..errors import EditionError, Problem, SourceError, UsageError
from ..intake import page_metadata
from ..intake.http import client
from . import draft, inbox
from .draft import NoteDraft
from .inbox import InboxItem


def begin_note(
    root: Path, reference: str, *, author_ids: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]
) -> NoteDraft:
    """Write the draft of a note on the inbox item or the web page that a reference means.

    `reference` is an item's short id, uid or file, or the address of a page. A page that is in the inbox is taken from
    there; any other is fetched. `clock` returns the current time; `as_of` and the date that policy.yaml pins take
    precedence over it. Raises UsageError if the reference matches no item or several, EditionError if the edition or
    the item cannot be read, SourceError if the page cannot be fetched.
    """
    edition, site, now = draft.load_edition_and_site(root, as_of, clock)
    items, problems = inbox.read_inbox(root)
    _refuse_invalid_item(reference, problems)
    _refuse_existing_note(reference, edition, items)
    if urls.is_http_url(reference) and not _is_in_inbox(reference, items):
        work = _fetch_work(reference, edition, site.url, clock)
        # The page may name a canonical address, under which a feed has brought it.
        if not _is_in_inbox(work.url, items):
            return draft.write_work_note(edition, work, site, author_ids=author_ids, now=now, address=reference)
        reference = work.url
    return draft.write_item_note(edition, inbox.find_item(items, reference), site, author_ids=author_ids, now=now)


def _is_in_inbox(reference: str, items: Sequence[InboxItem]) -> bool:
    return any(inbox.matches_reference(item, reference) for item in items)


def _fetch_work(address: str, edition: Edition, site_url: str, clock: Callable[[], datetime]) -> Work:
    """Fetch a page and return it as a work, described by its own metadata; raise SourceError if it cannot be read."""
    policy = edition.registry.policy
    agent = client.build_user_agent(site_url, policy.imprint.email if policy else "")
    try:
        metadata = page_metadata.fetch_work_metadata(
            address, root=edition.root, agent=agent, clock=clock, intranet=policy.intranet if policy else ()
        )
    except SourceError as error:
        # The message alone, such as "there is nothing at this address", does not name the address.
        raise SourceError(error.reason, f"{address} cannot be read: {error}") from error
    return Work(
        url=urls.remove_tracking(metadata.canonical or address),
        title=metadata.title or address,
        authors=metadata.authors,
        publication=metadata.publication,
        published=metadata.published,
        lang=metadata.lang,
    )


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

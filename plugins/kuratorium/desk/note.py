"""`kuratorium note`: finds out what is meant, an item of the inbox or a web page, and begins the note."""

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
    """Begin a note on `item`: short id, uid, file or address. Raises UsageError, EditionError, SourceError.

    A page that waits in the inbox is taken from there; any other address is fetched, and may turn out to be one that
    waits under the address that the page calls its own.
    """
    known, site, now = draft.load_edition_and_site(root, as_of, clock)
    candidates, broken = inbox.read_inbox(root)
    _refuse_invalid_item(reference, broken)
    _refuse_existing_note(reference, known, candidates)
    if urls.is_http_url(reference) and not any(inbox.matches_reference(one, reference) for one in candidates):
        work = _fetch_work(reference, known, site.url, clock)
        if not any(inbox.matches_reference(one, work.url) for one in candidates):
            return draft.write_work_note(known, work, site, author_ids=author_ids, now=now, address=reference)
        reference = work.url
    return draft.write_item_note(known, inbox.find_item(candidates, reference), site, author_ids=author_ids, now=now)


def _fetch_work(address: str, known: Edition, site_url: str, clock: Callable[[], datetime]) -> Work:
    """Get the page at `address` and make a work of what it says of itself."""
    policy = known.registry.policy
    agent = client.build_user_agent(site_url, policy.imprint.email if policy else "")
    try:
        facts = page_metadata.fetch_work_metadata(
            address, root=known.root, agent=agent, clock=clock, intranet=policy.intranet if policy else ()
        )
    except SourceError as error:
        raise SourceError(error.reason, f"{address} cannot be read: {error}") from error
    return Work(
        url=urls.remove_tracking(facts.canonical or address),
        title=facts.title or address,
        authors=facts.authors,
        publication=facts.publication,
        published=facts.published,
        lang=facts.lang,
    )


def _refuse_invalid_item(item: str, broken: Sequence[Problem]) -> None:
    """Say what is wrong with the file that `item` names, rather than that there is none."""
    meant = [problem for problem in broken if Path(problem.file).name == Path(item).name]
    if meant:
        raise EditionError(meant)


def _refuse_existing_note(item: str, known: Edition, candidates: Sequence[InboxItem]) -> None:
    """Say which note an item has become, rather than that it has left the inbox."""
    begun = [one.file for one in known.post_files if len(item) >= inbox.MIN_ID_LENGTH and one.meta.uid.startswith(item)]
    if begun and not any(inbox.matches_reference(one, item) for one in candidates):
        raise UsageError(f"«{item}» has left the inbox, it is a note already: {begun[0]}")

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
from .draft import Draft
from .inbox import Candidate


def note(root: Path, item: str, *, by: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]) -> Draft:
    """Begin a note on `item`: short id, uid, file or address. Raises UsageError, EditionError, SourceError.

    A page that waits in the inbox is taken from there; any other address is fetched, and may turn out to be one that
    waits under the address that the page calls its own.
    """
    known, site, now = draft.setting(root, as_of, clock)
    candidates, broken = inbox.read(root)
    _refuse_broken(item, broken)
    _refuse_begun(item, known, candidates)
    if urls.is_web(item) and not any(inbox.is_named(one, item) for one in candidates):
        work = _work_at(item, known, site.url, clock)
        if not any(inbox.is_named(one, work.url) for one in candidates):
            return draft.from_work(known, work, site, by=by, now=now, address=item)
        item = work.url
    return draft.from_candidate(known, inbox.find(candidates, item), site, by=by, now=now)


def _work_at(address: str, known: Edition, site_url: str, clock: Callable[[], datetime]) -> Work:
    """Get the page at `address` and make a work of what it says of itself."""
    policy = known.registry.policy
    agent = client.user_agent(site_url, policy.imprint.email if policy else "")
    try:
        facts = page_metadata.fetch_page(
            address, root=known.root, agent=agent, clock=clock, intranet=policy.intranet if policy else ()
        )
    except SourceError as error:
        raise SourceError(error.reason, f"{address} cannot be read: {error}") from error
    return Work(
        url=urls.untracked(facts.canonical or address),
        title=facts.title or address,
        authors=facts.authors,
        publication=facts.publication,
        published=facts.published,
        lang=facts.lang,
    )


def _refuse_broken(item: str, broken: Sequence[Problem]) -> None:
    """Say what is wrong with the file that `item` names, rather than that there is none."""
    meant = [problem for problem in broken if Path(problem.file).name == Path(item).name]
    if meant:
        raise EditionError(meant)


def _refuse_begun(item: str, known: Edition, candidates: Sequence[Candidate]) -> None:
    """Say which note an item has become, rather than that it has left the inbox."""
    begun = [one.file for one in known.documents if len(item) >= inbox.SHORTEST and one.meta.uid.startswith(item)]
    if begun and not any(inbox.is_named(one, item) for one in candidates):
        raise UsageError(f"«{item}» has left the inbox, it is a note already: {begun[0]}")

"""The work that an editor names by an inbox item or an address: from the inbox, the archive, or its own page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ... import urls
from ...edition.loader import Edition
from ...edition.settings import SiteSettings
from ...edition.works import Work
from ...errors import EditionError, Problem, SourceError, UsageError
from ...intake import page_metadata
from ...intake.archive import Archive
from ...intake.filtering import find_keywords
from ...intake.http import client
from ...intake.parsers import plain_text
from ...translations import read_translations
from .. import draft, inbox
from ..inbox import InboxItem
from ..triage.desk import estimate_minutes

# After these errors the address is wrong, or nothing is there to write about; after all others the page may exist.
# That there is no host is not among them: some resolvers say so when there is no network.
_WRONG_ADDRESS_REASONS = {"not-found", "gone", "bad-address", "private-address", "credentials"}


class FoundWork(Struct, frozen=True, kw_only=True):
    """A work that a draft is about, and what is known of it.

    `item`: its inbox item. `address`: where it was asked for. `text`: its plain text, as far as it is known.
    `topics`: ids of those that it is suggested for; `reasons`: why, in the edition's language.
    `unread_reason`: why its page could not be read, so that an editor must complete the credit.
    `elsewhere`: an address at another site that its page names as the original's; it is told, not obeyed.
    `is_completed`: it is a suggestion of a person, and has its page's credit in place of what its item says.
    """

    work: Work
    item: InboxItem | None = None
    address: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    unread_reason: str = ""
    elsewhere: str = ""
    is_completed: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses under which it is known."""
        others = (entry.url for entry in self.item.meta.also_in) if self.item else ()
        return (self.work.url, self.address, *others)


class DraftContext(Struct, frozen=True, kw_only=True):
    """What new drafts are made from: the edition, its site and inbox, and the words of its language."""

    edition: Edition
    site: SiteSettings
    items: Sequence[InboxItem]
    problems: Sequence[Problem]
    translations: NullTranslations
    clock: Callable[[], datetime]


def read_context(root: Path, as_of: datetime | None, clock: Callable[[], datetime]) -> tuple[DraftContext, datetime]:
    """Return the context of a new draft at `root`, and the edition's date.

    Raises EditionError if the edition cannot be read.
    """
    edition, site, now = draft.load_edition_and_site(root, as_of, clock)
    items, problems = inbox.read_inbox(root)
    context = DraftContext(
        edition=edition,
        site=site,
        items=items,
        problems=problems,
        translations=read_translations(root / site.theme, site.lang),
        clock=clock,
    )
    return context, now


def find_works(context: DraftContext, references: Sequence[str]) -> list[FoundWork]:
    """Return the works that references mean, each once; nothing is written.

    A reference is an item's short id, uid or file, or the address of a page. A page that is in the inbox, or that a
    pull has archived, is taken from there; any other is fetched, and if it cannot be read, or there is no network, its
    address and host are all that is known. So is the page of an item that a person suggested, without more than that.
    Raises UsageError if a reference matches no item or several, EditionError if the item cannot be read, SourceError
    if there is no page at the address.
    """
    found: dict[str, FoundWork] = {}
    for reference in references:
        known = _find_work(context, reference)
        found.setdefault(known.item.file if known.item else urls.normalize_url(known.work.url), known)
    return [*found.values()]


def _find_work(context: DraftContext, reference: str) -> FoundWork:
    _refuse_invalid_item(reference, context.problems)
    _refuse_existing_note(reference, context.edition, context.items)
    elsewhere = ""
    if urls.is_http_url(reference) and not _is_in_inbox(reference, context.items):
        found = _find_archived_work(reference, context.edition) or _fetch_work(reference, context)
        # The page may name a canonical address, under which a feed has brought it.
        if not _is_in_inbox(found.work.url, context.items):
            return found
        reference, elsewhere = found.work.url, found.elsewhere
    item = inbox.find_item(context.items, reference)
    found = FoundWork(
        work=item.work,
        item=item,
        address=item.work.url,
        text=_read_archived_text(context.edition.root, item.work.item),
        topics=item.meta.topics,
        reasons=item.meta.reasons,
        elsewhere=elsewhere,
    )
    return _complete_suggestion(context, found) if _needs_credit(item, context.edition) else found


def _needs_credit(item: InboxItem, edition: Edition) -> bool:
    """Return whether nothing but a person's words is known of an item's work, and no editor has written its credit."""
    source = edition.registry.sources.get(item.work.source)
    is_suggestion = bool(item.meta.suggestions) and (not source or source.type == "suggestions")
    return is_suggestion and item.work.publication == urls.get_host(item.work.url)


def _complete_suggestion(context: DraftContext, found: FoundWork) -> FoundWork:
    """Return a suggested work with the credit of its page: title, authors, publication, day, language and minutes."""
    suggested = found.work
    try:
        read = _find_archived_work(suggested.url, context.edition) or _fetch_work(suggested.url, context)
    except SourceError as error:  # the person may have mistyped it; the item is there, so the draft is begun
        return replace(found, unread_reason=str(error))
    if read.unread_reason:
        return replace(found, unread_reason=read.unread_reason)
    return replace(
        read,
        # A later pull recognises the suggestion by its key.
        work=replace(read.work, source=suggested.source, item=suggested.item),
        item=found.item,
        address=suggested.url,
        topics=found.topics or read.topics,
        reasons=found.reasons or read.reasons,
        elsewhere=read.elsewhere or found.elsewhere,
        is_completed=True,
    )


def fetch_text(found: FoundWork, context: DraftContext) -> str:
    """Return the plain text of a work, from its page if the archive has none; empty if that cannot be read."""
    if found.text or found.unread_reason or not found.work.url:
        return found.text
    try:
        return _fetch_work(found.work.url, context).text
    except SourceError:
        return ""


def _is_in_inbox(reference: str, items: Sequence[InboxItem]) -> bool:
    return any(inbox.matches_reference(item, reference) for item in items)


def _read_archived_text(root: Path, key: str) -> str:
    with Archive(root, write=False) as archive:
        return "".join(entry.text for entry in archive.read_entries([key] if key else []).values())


def _find_archived_work(address: str, edition: Edition) -> FoundWork | None:
    """Return the work at an address as a pull has archived it, with the credit of its inbox file; None if none has."""
    with Archive(edition.root, write=False) as archive:
        found = archive.find_by_address(address)
    if found is None:
        return None
    source_id, entry = found
    source = edition.registry.sources.get(source_id)
    people = edition.registry.people
    named = [people[person].name for person in source.people if person in people] if source else []
    text = _read_archived_text(edition.root, entry.key)
    work = Work(
        url=urls.remove_tracking(entry.link),
        title=entry.title or entry.link,
        authors=tuple(_split_names(entry.authors) or named),
        publication=source.name if source else urls.get_host(entry.link),
        source=source_id if source else "",
        published=date.fromisoformat(entry.published) if entry.published else None,
        lang=plain_text.get_primary_language(source.lang) if source else "",
        minutes=estimate_minutes(text),
        item=entry.key,
    )
    return FoundWork(work=work, address=address, text=text, topics=tuple(source.topics) if source else ())


def _split_names(authors: str) -> list[str]:
    """Return the names in the archive's list of authors; one that may be "Surname, First name" stays as it is."""
    names = [name for name in authors.split(", ") if name]
    return names if all(" " in name for name in names) else [authors]


def _fetch_work(address: str, context: DraftContext) -> FoundWork:
    """Fetch a page and return it as a work, described by its own metadata.

    Raises SourceError if there is no page at the address.
    """
    policy = context.edition.registry.policy
    agent = client.build_user_agent(context.site.url, policy.imprint.email if policy else "")
    try:
        metadata = page_metadata.fetch_work_metadata(
            address,
            root=context.edition.root,
            agent=agent,
            clock=context.clock,
            intranet=policy.intranet if policy else (),
        )
    except SourceError as error:
        if error.reason in _WRONG_ADDRESS_REASONS:
            # The message alone, such as "there is nothing at this address", does not name the address.
            raise SourceError(error.reason, f"{address} cannot be read: {error}") from error
        url = urls.remove_tracking(urls.make_absolute_url(address))
        work = Work(url=url, title=url, publication=urls.get_host(url))
        return FoundWork(work=work, address=address, unread_reason=str(error))
    work = Work(
        url=urls.remove_tracking(metadata.canonical or address),
        title=metadata.title or address,
        authors=metadata.authors,
        publication=metadata.publication,
        published=metadata.published,
        lang=metadata.lang,
        paywall=metadata.paywall,
        minutes=estimate_minutes(metadata.text),
    )
    found = FoundWork(work=work, address=address, text=metadata.text, elsewhere=metadata.elsewhere)
    return _suggest_topics(found, metadata.summary, context)


def _suggest_topics(found: FoundWork, summary: str, context: DraftContext) -> FoundWork:
    """Return a work with the topics whose keywords its title or summary holds, and the keywords as reasons."""
    # Not its text, which mentions too many other things.
    words = f"{found.work.title}\n{summary}"
    keywords = {topic.id: find_keywords(topic.keywords, words) for topic in context.edition.registry.topics.values()}
    reason = context.translations.gettext("keyword: {keyword}")
    unique = dict.fromkeys(keyword for matches in keywords.values() for keyword in matches)
    return replace(
        found,
        topics=tuple(topic for topic, matches in keywords.items() if matches),
        reasons=tuple(reason.format(keyword=keyword) for keyword in unique),
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

"""The command `kuratorium note`: begin a note on inbox items or web pages, one or several.

A note goes to curation/notes/{year}/{slug}.md. Its body is a comment with instructions for the editor, and with a
quotation that the editor may take out of it; passages that the editor has asked for stand below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Day
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ..compare_and_swap import remove_unchanged, write_new
from ..edition import frontmatter, loader, prose, yaml
from ..edition.formats import get_format
from ..edition.paths import INBOX_FOLDER
from ..edition.works import Work
from ..errors import UsageError
from ..intake.suggestions.credit import build_comment
from ..translations import N_
from . import draft
from .draft import build_attribution, collect_slugs, create_uid, find_free_slug, to_plain_values
from .drafting.earlier import Confirm, find_earlier_posts, refuse_recommended_addresses, refuse_unconfirmed
from .drafting.quoting import find_passage
from .drafting.templates import DraftTemplate, fill_template, merge_values, read_template
from .drafting.works import DraftContext, FoundWork, fetch_text, find_works, read_context
from .inbox import InboxItem
from .triage.undo import FormerFile, record_decision

_UNREAD_INSTRUCTION = N_(
    "The page could not be read: the title is its address, the publication its host. "
    "Complete title, authors, publication and published under bookmark_of."
)

# What editors read first stands at the top; what only helped to decide on an item is not copied into the note.
_LEADING_KEYS = ("uid", "title", "slug", "date", "lang", "status", "summary", "authors", "topics", "tags")
_INBOX_KEYS = ("also_in", "teaser", "reasons", "later", "nominations", "suggestions")


class NoteDraft(Struct, frozen=True, kw_only=True):
    """A new note: its file from the root, its works, and the files of other posts on them or on their story.

    `is_resumed`: an earlier run wrote it, and was stopped before it removed the item from the inbox.
    """

    file: str
    found: tuple[FoundWork, ...]
    other_posts: tuple[str, ...] = ()
    is_resumed: bool = False

    @property
    def work(self) -> Work:
        """The first of its works."""
        return self.found[0].work

    @property
    def unread_reason(self) -> str:
        """Why the page of its first work could not be read."""
        return self.found[0].unread_reason

    @property
    def elsewhere(self) -> str:
        """The address at another site that the page of its first work names as the original's."""
        return self.found[0].elsewhere


def begin_note(
    root: Path,
    *references: str,
    author_ids: Sequence[str],
    as_of: datetime | None,
    clock: Callable[[], datetime],
    quotes: Sequence[str] = (),
    confirm: Confirm | None = None,
) -> NoteDraft:
    """Write the draft of a note on the works that references mean, as `find_works` finds them.

    `quotes` are first and last words of passages, as in `find_passage`. `confirm` is asked if the edition has posts on
    the same works, or drafts on the same story. `clock` returns the current time; `as_of` and the date that policy.yaml
    pins take precedence over it.
    Raises also UsageError if a passage is not found, if `confirm` says no, or if no author can be chosen; EditionError
    if the edition or its template cannot be read. Then nothing was written.
    """
    context, now = read_context(root, as_of, clock)
    confirmed = refuse_recommended_addresses(context, references, confirm)
    found = find_works(context, references)
    if resumed := _resume(context, found):
        return resumed
    template = read_template(root, "note", context.translations)
    earlier = find_earlier_posts(context.edition, found)
    quotations = build_quotations(context, found, quotes)
    values, body, former = _read_items(context, found, author_ids)
    refuse_unconfirmed([post for post in earlier if post not in confirmed], confirm)
    body = (
        f"{body}\n\n{quotations}".strip()
        if body
        else build_note_body(found, template, context.translations, quotations)
    )
    suggestions = [suggestion for known in found if known.item for suggestion in known.item.meta.suggestions]
    file = _write_note(context, values, template, now, build_comment(suggestions, context.translations) + body)
    if former:
        written = FormerFile(file, None, (root / file).read_bytes().decode())
        record_decision(root, "keep", [*former, written])
    for item_file in former:  # only now: if the program is killed in between, the next run finds both
        _remove_item(root / item_file.file, item_file.before or "", file)
    return NoteDraft(file=file, found=tuple(found), other_posts=tuple(post.file for post in earlier))


def _resume(context: DraftContext, found: Sequence[FoundWork]) -> NoteDraft | None:
    """Remove the item's file if an earlier run wrote its note, and was stopped in between; None if none did.

    Raises UsageError if both contain text, so that none is lost.
    """
    item = found[0].item
    file = next((post.file for post in context.edition.post_files if item and post.meta.uid == item.meta.uid), None)
    if item is None or file is None:
        return None
    if item.body.strip() or len(found) > 1:
        raise UsageError(f"{item.file} is already the note {file}, and both contain text: merge them by hand.")
    root = context.edition.root
    _remove_item(root / item.file, _read_item(root, item), file)
    return NoteDraft(file=file, found=tuple(found), is_resumed=True)


def _remove_item(inbox_file: Path, text: str, note_file: str) -> None:
    """Remove an inbox file that has become a note; raises UsageError if it was saved since `text` was read."""
    if not remove_unchanged(inbox_file, text):
        name = f"{INBOX_FOLDER}/{inbox_file.name}"
        raise UsageError(f"{name} was saved meanwhile, so it stays beside its note {note_file}: merge them by hand.")


def _read_item(root: Path, item: InboxItem) -> str:
    return frontmatter.decode_text(item.file, loader.read_bytes(root, item.file))


def _read_items(
    context: DraftContext, found: Sequence[FoundWork], author_ids: Sequence[str]
) -> tuple[dict[str, Any], str, list[FormerFile]]:
    """Return front matter and text of a note, of what its items hold, and the items' files as they are now."""
    root = context.edition.root
    values: dict[str, Any] = {}
    works: list[dict[str, Any]] = []
    bodies: list[str] = []
    former: list[FormerFile] = []
    for known in found:
        if known.item is None:
            works.append(to_plain_values(known.work))
            continue
        text = _read_item(root, known.item)
        parts = frontmatter.split_front_matter(known.item.file, text)
        # Plain values, not the record: they hold the fields that the file has, and no defaults.
        item_values = yaml.load_yaml(parts.front_matter)
        if known.is_completed:
            item_values |= {"title": known.work.title, "bookmark_of": [to_plain_values(known.work)]}
        values = values or item_values
        works += item_values["bookmark_of"]
        bodies.append(parts.body.strip())
        former.append(FormerFile(known.item.file, text, None))
    if found[0].item is None:  # fields that editors added to the items are kept, but the note is on its first work
        values |= {"uid": create_uid(), "title": found[0].work.title}
    people, suggested = context.edition.registry.people, values.get("authors") or ()
    authors = draft.choose_authors(people, author_ids, suggested, draft.read_git_name(root))
    topics = dict.fromkeys([*values.get("topics", ()), *(topic for known in found for topic in known.topics)])
    values |= {"authors": [*authors], "topics": [*topics], "bookmark_of": works}
    return values, "\n\n".join(body for body in bodies if body), former


def build_quotations(context: DraftContext, found: Sequence[FoundWork], quotes: Sequence[str]) -> str:
    """Return the passages that an editor has asked for, as quotations in Markdown with their attribution.

    Raises UsageError if a passage is not in the text of the works, or in several places.
    """
    texts = [fetch_text(known, context) for known in found] if quotes else []
    blocks = []
    for asked in quotes:
        passage = find_passage(asked, texts)
        blocks.append(f"> {draft.escape_markdown(passage.text)}\n> {build_attribution(found[passage.index].work)}")
    return "\n\n".join(blocks)


def build_note_body(
    found: Sequence[FoundWork], template: DraftTemplate, translations: NullTranslations, quotations: str = ""
) -> str:
    """Return the body of a new note on works: the template, filled in."""
    body = fill_template(template, build_work_names(found, translations) | {"quotations": quotations})
    return body if quotations in body else f"{body}\n{quotations}\n"


def build_work_names(found: Sequence[FoundWork], translations: NullTranslations) -> dict[str, str]:
    """Return the values of a template's names that say what works a draft is about."""
    attributions = [build_attribution(known.work) for known in found]
    unread = any(known.unread_reason for known in found)
    return {
        "title": draft.escape_markdown(found[0].work.title) if found else "",
        "attribution": "\n\n> …\n> ".join(attributions),
        "works": "\n".join(attributions),
        "unread": translations.gettext(_UNREAD_INSTRUCTION) if unread else "",
    }


def _write_note(
    context: DraftContext, values: dict[str, Any], template: DraftTemplate, now: datetime, body: str
) -> str:
    """Write a note with front matter `values` and a body; return its file."""
    site, root = context.site, context.edition.root
    local = now.astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    slug = find_free_slug(values["title"], collect_slugs(context.edition), values["uid"])
    # The language of the note, which replaces that of the work.
    values |= {"slug": slug, "date": local.isoformat(), "lang": site.lang}
    if not prose.has_own_words(body):
        values.setdefault("status", template.values.get("status", "draft"))
    values["bookmark_of"] = [_add_access_day(bookmark, local.date()) for bookmark in values["bookmark_of"]]
    file = f"{get_format('note').folder}/{local.year}/{slug}.md"
    text = frontmatter.format_markdown_file(_order_keys(merge_values(template, values)), body)
    write_new(root / file, text)
    return file


def _add_access_day(work: dict[str, Any], day: Day) -> dict[str, Any]:
    """Return a bookmark with the day on which the work was read, its keys in the order of the contract."""
    values = work | {"accessed": day.isoformat()}
    return {key: values[key] for key in Work.__struct_fields__ if key in values}


def _order_keys(values: dict[str, Any]) -> dict[str, Any]:
    """Return the front matter of a note: the leading keys first, without those that only inbox items have."""
    keys = [key for key in (*_LEADING_KEYS, *values) if key in values and key not in _INBOX_KEYS]
    return {key: values[key] for key in keys if values[key] is not None}

"""Write new drafts: notes on inbox items or web pages, and the files of look-backs and digests.

A note goes to curation/notes/{year}/{slug}.md. Its body is a comment with instructions for the editor, and with a
quotation that the editor may take out of it.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from .. import urls
from ..compare_and_swap import remove_unchanged, write_new
from ..edition import frontmatter, loader, settings, yaml
from ..edition.curation import Person
from ..edition.formats import FORMATS, get_format
from ..edition.loader import Edition
from ..edition.model import PostFile, Work
from ..edition.paths import INBOX_FOLDER
from ..edition.registry import suggest_record
from ..edition.settings import SiteSettings
from ..errors import EditionError, UsageError
from ..intake.suggestions.credit import build_comment
from ..slugs import find_free_name, slugify
from ..translations import N_, read_translations
from .inbox import InboxItem
from .triage.undo import FormerFile, record_decision

# Instructions for the editor of a new note, a paragraph each.
_INSTRUCTIONS = (
    N_(
        "Why is this work worth reading? Say so below this comment, in your own words: "
        "the note is not published without them."
    ),
    N_("The title above is still the work's; give the note its own. A line summary: … becomes its standfirst."),
    N_("To quote, take the lines with > out of this comment and put in the passage unaltered, no longer than needed."),
)
_UNREAD_INSTRUCTION = N_(
    "The page could not be read: the title is its address, the publication its host. "
    "Complete title, authors, publication and published under bookmark_of."
)

# What editors read first stands at the top; what only helped to decide on an item is not copied into the note.
_LEADING_KEYS = ("uid", "title", "slug", "date", "lang", "summary", "authors", "topics", "tags")
_INBOX_KEYS = ("also_in", "teaser", "reasons", "later", "nominations", "suggestions")


def build_note_body(work: Work, translations: NullTranslations, *, is_unread: bool = False) -> str:
    """Return the body of a new note on a work, in the language of the translations.

    `is_unread`: the work's page could not be read, so that an editor must complete the credit.
    """
    paragraphs = (*((_UNREAD_INSTRUCTION,) if is_unread else ()), *_INSTRUCTIONS)
    return build_instructions(paragraphs, translations, f"> …\n> {build_attribution(work)}")


def build_instructions(paragraphs: Iterable[str], translations: NullTranslations, *details: str) -> str:
    """Return the translated instructions for the editor of a draft, and below a blank line its details.

    All of it is a comment, so that the draft has no words of its own.
    """
    lines = [translations.gettext(paragraph) for paragraph in paragraphs]
    if details:
        lines += ["", *details]
    return "\n".join(("<!--", *lines, "-->\n"))


def build_attribution(work: Work) -> str:
    """Return the line with a link that stands under a quotation from a work; without names it names the host."""
    names = ", ".join(list_credited_names(work)) or urlsplit(work.url).netloc
    return f"— {escape_markdown(names)}: [{escape_markdown(work.title)}]({escape_address(work.url)})"


def list_credited_names(work: Work) -> list[str]:
    """Return a work's publication and authors, each name once: a channel is often its own author."""
    return [*dict.fromkeys(name for name in (work.publication, *work.authors) if name)]


def escape_markdown(text: str) -> str:
    """Return foreign text so that Markdown shows it literally; no ">" is left in it, so it cannot end a comment."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # An underscore within a word is no emphasis in Markdown, and snake_case reads better without backslashes.
    return re.sub(r"([\\`*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def escape_address(url: str) -> str:
    """Return an address so that it ends neither a Markdown link nor a comment."""
    for character, code in {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}.items():
        url = url.replace(character, code)
    return url


class NoteDraft(Struct, frozen=True, kw_only=True):
    """A new note: its file from the root, its work, and the files of other posts that recommend the same work.

    `is_resumed`: an earlier run wrote it, and was stopped before it removed the item from the inbox.
    `unread_reason`: why the work's page could not be read, so that an editor must complete the credit.
    `elsewhere`: an address at another site that the work's page names as the original's; it is told, not obeyed.
    """

    file: str
    work: Work
    other_posts: tuple[str, ...] = ()
    is_resumed: bool = False
    unread_reason: str = ""
    elsewhere: str = ""


def write_item_note(
    edition: Edition, item: InboxItem, site: SiteSettings, *, author_ids: Sequence[str], now: datetime
) -> NoteDraft:
    """Write the note on an inbox item, then remove the item's file.

    If an earlier run was stopped in between, only the file is removed. Raises UsageError if both contain text, so that
    none is lost, and if no author can be chosen.
    """
    inbox_file = edition.root / item.file
    other_posts = find_recommending_posts(edition, item.work.url, *(entry.url for entry in item.meta.also_in))
    note_file = next((post.file for post in edition.post_files if post.meta.uid == item.meta.uid), None)
    if note_file and item.body.strip():
        raise UsageError(f"{item.file} is already the note {note_file}, and both contain text: merge them by hand.")
    text = frontmatter.decode_text(item.file, loader.read_bytes(edition.root, item.file))
    parts = frontmatter.split_front_matter(item.file, text)
    if note_file:
        _remove_item(inbox_file, text, note_file)
        return NoteDraft(file=note_file, work=item.work, is_resumed=True)
    # Plain values, not the record: they hold the fields that the file has, and no defaults.
    values = yaml.load_yaml(parts.front_matter)
    values["authors"] = [
        *choose_authors(edition.registry.people, author_ids, item.meta.authors, read_git_name(edition.root))
    ]
    comment = build_comment(item.meta.suggestions, read_translations(edition.root / site.theme, site.lang))
    file = _write_note(edition, values, site, now, body=parts.body, work=item.work, comment=comment)
    kept = FormerFile(file, None, (edition.root / file).read_bytes().decode())
    record_decision(edition.root, "keep", [FormerFile(item.file, text, None), kept])
    _remove_item(inbox_file, text, file)  # only now: if the program is killed in between, the next run finds both
    return NoteDraft(file=file, work=item.work, other_posts=other_posts)


def _remove_item(inbox_file: Path, text: str, note_file: str) -> None:
    """Remove an inbox file that has become a note; raises UsageError if it was saved since `text` was read."""
    if not remove_unchanged(inbox_file, text):
        name = f"{INBOX_FOLDER}/{inbox_file.name}"
        raise UsageError(f"{name} was saved meanwhile, so it stays beside its note {note_file}: merge them by hand.")


def write_work_note(
    edition: Edition,
    work: Work,
    site: SiteSettings,
    *,
    author_ids: Sequence[str],
    now: datetime,
    address: str = "",
    topics: Sequence[str] = (),
    unread_reason: str = "",
) -> NoteDraft:
    """Write the note on a work that is not in the inbox.

    `address` is where its page was found, if that is not the work's own address; `topics` are ids; `unread_reason` is
    as in NoteDraft.
    Raises UsageError if no author can be chosen.
    """
    authors = choose_authors(edition.registry.people, author_ids, (), read_git_name(edition.root))
    values = {
        "uid": create_uid(),
        "title": work.title,
        "authors": [*authors],
        "topics": [*topics],
        "bookmark_of": [to_plain_values(work)],
    }
    translations = read_translations(edition.root / site.theme, site.lang)
    body = build_note_body(work, translations, is_unread=bool(unread_reason))
    file = _write_note(edition, values, site, now, body=body, work=work)
    other_posts = find_recommending_posts(edition, work.url, address)
    return NoteDraft(file=file, work=work, other_posts=other_posts, unread_reason=unread_reason)


def choose_authors(
    people: Mapping[str, Person], author_ids: Sequence[str], suggested: Sequence[str], name: str
) -> tuple[str, ...]:
    """Return the ids of a draft's authors.

    These are `author_ids`, else the suggested ones, else the person called `name`, else the first member, else the
    first person. Raises UsageError for an unknown id, and if there are no people.
    """
    for author_id in author_ids:
        if author_id not in people:
            hint = suggest_record(author_id, people)
            raise UsageError(f'"{author_id}" is not the id of a person in curation/people.yaml. {hint}')
    if author_ids or suggested:
        return tuple(author_ids or suggested)
    namesakes = [person.id for person in people.values() if person.name == name]
    members = [person.id for person in people.values() if person.member]
    author = [*namesakes, *members, *people][:1]
    if not author:
        raise UsageError("this draft needs an author: add yourself to curation/people.yaml first.")
    return tuple(author)


def find_recommending_posts(edition: Edition, *addresses: str) -> tuple[str, ...]:
    """Return the files of the posts that recommend a work with any of the addresses."""
    normalized = {urls.normalize_url(url) for url in addresses if url}
    return tuple(
        post.file
        for post in edition.post_files
        if any(urls.normalize_url(work.url) in normalized for work in post.meta.bookmark_of)
    )


def find_free_slug(title: str, taken: Collection[str], uid: str) -> str:
    """Return a slug of a title, with the first free number from 2 if the slug is taken."""
    # 60 characters keep file names readable in listings. A title without a Latin letter or digit has no slug.
    return find_free_name(slugify(title, 60) or f"{get_format('note').id}-{uid[:8]}", taken)


def collect_slugs(edition: Edition) -> set[str]:
    """Return the slugs of all posts and the names of all files in their folders.

    The latter include files that cannot be read as posts, which must not be overwritten either.
    """
    names = {path.stem for format in FORMATS for path in (edition.root / format.folder).rglob("*") if path.is_file()}
    return {post.slug for post in edition.post_files} | names


def create_uid() -> str:
    """Return a new uid; it begins with a letter, because YAML would read 12345678 or 1e234567 as a number."""
    # 60 random bits: two editors who work on different machines will not get the same uid.
    return "n" + secrets.token_hex(8)[1:]


def read_git_name(root: Path) -> str:
    """Return the user's name in git's configuration; empty if there is none, or no git."""
    try:
        # In the edition's folder, because a repository may have its own user.name; exit code 1 means that none is set.
        result = subprocess.run(["git", "config", "user.name"], cwd=root, capture_output=True, check=False)  # noqa: S607
    except OSError:
        return ""
    return result.stdout.decode(errors="replace").strip()


def to_plain_values(record: Struct) -> dict[str, Any]:
    """Return the fields of a flat record as plain values, without empty ones."""
    return {key: value for key, value in msgspec.to_builtins(record).items() if value not in (None, "", [], {}, False)}


def _write_note(
    edition: Edition,
    values: dict[str, Any],
    site: SiteSettings,
    now: datetime,
    *,
    body: str,
    work: Work,
    comment: str = "",
) -> str:
    """Write a note with front matter `values` and a body, by default the instructions; return its file.

    `comment` stands above the body.
    """
    local = now.astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    slug = find_free_slug(values["title"], collect_slugs(edition), values["uid"])
    # The language of the note, which replaces that of the work.
    values |= {"slug": slug, "date": local.isoformat(), "lang": site.lang}
    values["bookmark_of"] = [_add_access_day(bookmark, local.date()) for bookmark in values["bookmark_of"]]
    file = f"{get_format('note').folder}/{local.year}/{slug}.md"
    body = body.strip() or build_note_body(work, read_translations(edition.root / site.theme, site.lang))
    text = frontmatter.format_markdown_file(_order_keys(values), comment + body)
    write_new(edition.root / file, text)
    return file


def load_edition_and_site(
    root: Path, as_of: datetime | None, clock: Callable[[], datetime]
) -> tuple[Edition, SiteSettings, datetime]:
    """Return what a new draft needs: the edition at `root`, its site, and the edition's date in the site's time zone.

    Problems of the edition do not prevent a draft, unless people.yaml is among them: then raises EditionError.
    """
    site = settings.read_site_settings(root)
    edition, problems = loader.read_edition(root)
    if not edition.registry.people:
        raise EditionError(problems)
    return edition, site, edition.resolve_as_of(as_of, clock()).astimezone(ZoneInfo(site.timezone))


def list_published_posts(edition: Edition, now: datetime) -> list[PostFile]:
    """Return the posts that readers can find at `now`: neither future, nor withheld, nor hidden."""
    return [
        post
        for post in edition.post_files
        if post.meta.status == "published" and not post.meta.is_withheld and post.meta.date <= now
    ]


def write_draft(
    edition: Edition,
    site: SiteSettings,
    now: datetime,
    *,
    format_id: str,
    title: str,
    values: dict[str, Any],
    body: str,
) -> str:
    """Write a new draft of a format and return its file.

    Its front matter holds the keys of all drafts, then `values`.
    """
    uid = create_uid()
    slug = find_free_slug(title, collect_slugs(edition), uid)
    common = {
        "uid": uid,
        "title": title,
        "slug": slug,
        "date": now.replace(microsecond=0).isoformat(),
        "lang": site.lang,
        "status": "draft",  # its body is a proposal, which an editor completes before it is published
    }
    file = f"{get_format(format_id).folder}/{now.year}/{slug}.md"
    write_new(edition.root / file, frontmatter.format_markdown_file(common | values, body))
    return file


def _add_access_day(work: dict[str, Any], day: Day) -> dict[str, Any]:
    """Return a bookmark with the day on which the work was read, its keys in the order of the contract."""
    values = work | {"accessed": day.isoformat()}
    return {key: values[key] for key in Work.__struct_fields__ if key in values}


def _order_keys(values: dict[str, Any]) -> dict[str, Any]:
    """Return the front matter of a note: the leading keys first, without those that only inbox items have."""
    keys = [key for key in (*_LEADING_KEYS, *values) if key in values and key not in _INBOX_KEYS]
    return {key: values[key] for key in keys if values[key] is not None}

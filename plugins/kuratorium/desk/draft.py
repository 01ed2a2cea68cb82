"""Begins notes: an inbox candidate or a web page -> curation/notes/{year}/{slug}.md.

The body a new note begins with: a comment that tells the editor what to do, and a quotation to take out of it.
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
from ..edition import frontmatter, loader, settings, yaml
from ..edition.curation import Person
from ..edition.formats import FORMATS, get_format
from ..edition.loader import Edition
from ..edition.model import PostFile, Work
from ..edition.settings import SiteSettings
from ..edition.validation import suggest_nearest
from ..errors import EditionError, UsageError
from ..files import write_atomically
from ..slugs import slugify
from ..translations import N_, read_translations
from .inbox import InboxItem

# What a new note asks of its editor, a paragraph each.
_INSTRUCTIONS = (
    N_(
        "Why is this work worth reading? Say so below this comment, in your own words: "
        "the note is not published without them."
    ),
    N_("The title above is still the work's; give the note its own. A line summary: … becomes its standfirst."),
    N_("To quote, take the lines with > out of this comment and put in the passage unaltered, no longer than needed."),
)


def build_note_body(work: Work, translations: NullTranslations) -> str:
    """Make the body of a new note on `work`, in the words of `translations`."""
    return build_instructions(_INSTRUCTIONS, translations, f"> …\n> {build_attribution(work)}")


def build_instructions(paragraphs: Iterable[str], translations: NullTranslations, *details: str) -> str:
    """Write what a draft asks of its editor, messages of the catalogue, and below a blank line its details.

    All of it is a comment, so that the draft has no words of its own.
    """
    lines = [translations.gettext(paragraph) for paragraph in paragraphs]
    if details:
        lines += ["", *details]
    return "\n".join(("<!--", *lines, "-->\n"))


def build_attribution(work: Work) -> str:
    """Write the linked line that stands under a quotation from `work`."""
    known = dict.fromkeys(part for part in (work.publication, *work.authors) if part)  # a channel is its own author
    names = ", ".join(known) or urlsplit(work.url).netloc
    return f"— {escape_markdown(names)}: [{escape_markdown(work.title)}]({escape_address(work.url)})"


def escape_markdown(text: str) -> str:
    """Write foreign text so that Markdown shows it as it is, and that it cannot end a comment."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def escape_address(url: str) -> str:
    """Write an address so that it does not end a Markdown link or a comment."""
    for character, code in {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}.items():
        url = url.replace(character, code)
    return url


_LEADING_KEYS = ("uid", "title", "slug", "date", "lang", "summary", "authors", "topics", "tags")
_INBOX_KEYS = ("also_in", "teaser", "reasons")


class NoteDraft(Struct, frozen=True, kw_only=True):
    """A note that was begun: its file (from the root), its work, notes that recommend the same work already.

    `resumed`: an earlier run had written it and was stopped before it emptied the inbox.
    """

    file: str
    work: Work
    other_posts: tuple[str, ...] = ()
    is_resumed: bool = False


def write_item_note(
    edition: Edition, item: InboxItem, site: SiteSettings, *, author_ids: Sequence[str], now: datetime
) -> NoteDraft:
    """Write the note for a candidate, then remove its file from the inbox."""
    source = edition.root / item.file
    others = find_recommending_posts(edition, item.work.url, *(other.url for other in item.meta.also_in))
    written = next((one.file for one in edition.post_files if one.meta.uid == item.meta.uid), None)
    if written and item.body.strip():
        raise UsageError(f"{item.file} has been made into {written}, and text was written in both: merge them.")
    if written:
        source.unlink()
        return NoteDraft(file=written, work=item.work, is_resumed=True)
    text = frontmatter.decode_text(item.file, source.read_bytes())
    values = yaml.load_yaml(frontmatter.split_front_matter(item.file, text).front_matter)
    values["authors"] = [
        *choose_authors(edition.registry.people, author_ids, item.meta.authors, read_git_name(edition.root))
    ]
    file = _write_note(edition, values, site, now, body=item.body, work=item.work)
    source.unlink()
    return NoteDraft(file=file, work=item.work, other_posts=others)


def write_work_note(
    edition: Edition, work: Work, site: SiteSettings, *, author_ids: Sequence[str], now: datetime, address: str = ""
) -> NoteDraft:
    """Write the note for a work that no feed brought; `address` is where it was found, if not at its own."""
    authors = choose_authors(edition.registry.people, author_ids, (), read_git_name(edition.root))
    values = {
        "uid": create_uid(),
        "title": work.title,
        "authors": [*authors],
        "topics": [],
        "bookmark_of": [to_plain_values(work)],
    }
    file = _write_note(edition, values, site, now, body="", work=work)
    return NoteDraft(file=file, work=work, other_posts=find_recommending_posts(edition, work.url, address))


def choose_authors(
    people: Mapping[str, Person], author_ids: Sequence[str], suggested: Sequence[str], name: str
) -> tuple[str, ...]:
    """Tell who signs a note: `by`, else who is suggested, else the person called `name`, else the first member."""
    for one in author_ids:
        if one not in people:
            raise UsageError(f"«{one}» is nobody in curation/people.yaml. {suggest_nearest(one, people)}")
    if author_ids or suggested:
        return tuple(author_ids or suggested)
    namesakes = [person.id for person in people.values() if person.name == name]
    members = [person.id for person in people.values() if person.member]
    signing = [*namesakes, *members, *people][:1]
    if not signing:
        raise UsageError("nobody can sign this note: add yourself to curation/people.yaml first.")
    return tuple(signing)


def find_recommending_posts(edition: Edition, *addresses: str) -> tuple[str, ...]:
    """List the posts that recommend the work already that is at any of the `addresses`."""
    names = {urls.normalize_url(url) for url in addresses if url}
    return tuple(
        document.file
        for document in edition.post_files
        if any(urls.normalize_url(work.url) in names for work in document.meta.bookmark_of)
    )


def find_free_slug(title: str, taken: Collection[str], uid: str) -> str:
    """Make a slug of `title` that no post has; a number tells namesakes apart."""
    base = slugify(title, 60) or f"{get_format('note').id}-{uid[:8]}"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def collect_slugs(edition: Edition) -> set[str]:
    """Collect the slugs of all posts, and the names of all their files, so that none is ever overwritten."""
    names: Iterable[str] = (
        path.stem for format in FORMATS for path in (edition.root / format.folder).rglob("*") if path.is_file()
    )
    return {document.slug for document in edition.post_files} | set(names)


def create_uid() -> str:
    """Make a uid; it begins with a letter, so that no YAML takes it for a number."""
    return "n" + secrets.token_hex(8)[1:]


def read_git_name(root: Path) -> str:
    """Tell how git calls the person at this machine; empty where it does not know, or is not there."""
    try:
        found = subprocess.run(["git", "config", "user.name"], cwd=root, capture_output=True, check=False)  # noqa: S607
    except OSError:
        return ""
    return found.stdout.decode(errors="replace").strip()


def to_plain_values(record: Struct) -> dict[str, Any]:
    """Turn a flat record into plain values, without those that say nothing."""
    return {key: value for key, value in msgspec.to_builtins(record).items() if value not in (None, "", [], {}, False)}


def _write_note(
    edition: Edition, values: dict[str, Any], site: SiteSettings, now: datetime, *, body: str, work: Work
) -> str:
    local = now.astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    slug = find_free_slug(values["title"], collect_slugs(edition), values["uid"])
    values |= {"slug": slug, "date": local.isoformat(), "lang": site.lang}
    values["bookmark_of"] = [_add_access_day(one, local.date()) for one in values["bookmark_of"]]
    file = f"{get_format('note').folder}/{local.year}/{slug}.md"
    body = body.strip() or build_note_body(work, read_translations(edition.root / site.theme, site.lang))
    text = frontmatter.format_markdown_file(_order_keys(values), body)
    write_atomically(edition.root / file, text)
    return file


def load_edition_and_site(
    root: Path, as_of: datetime | None, clock: Callable[[], datetime]
) -> tuple[Edition, SiteSettings, datetime]:
    """Read what a draft begins with: the edition at `root`, its site, and the edition's date in the site's time zone.

    Other problems than people that cannot be read keep nobody from writing; raises EditionError.
    """
    site = settings.read_site_settings(root)
    known, problems = loader.read_edition(root)
    if not known.registry.people:
        raise EditionError(problems)
    return known, site, known.resolve_as_of(as_of, clock()).astimezone(ZoneInfo(site.timezone))


def list_published_posts(edition: Edition, now: datetime) -> list[PostFile]:
    """List the posts that readers can find now: dated, released, neither drafts nor hidden."""
    return [
        document
        for document in edition.post_files
        if document.meta.status == "published" and not document.meta.is_withheld and document.meta.date <= now
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
    """Write a new draft of a format, by the keys that all drafts begin with and by `values`; returns its file."""
    uid = create_uid()
    slug = find_free_slug(title, collect_slugs(edition), uid)
    first = {
        "uid": uid,
        "title": title,
        "slug": slug,
        "date": now.replace(microsecond=0).isoformat(),
        "lang": site.lang,
        "status": "draft",
    }
    file = f"{get_format(format_id).folder}/{now.year}/{slug}.md"
    write_atomically(edition.root / file, frontmatter.format_markdown_file(first | values, body))
    return file


def _add_access_day(work: dict[str, Any], day: Day) -> dict[str, Any]:
    known = work | {"accessed": day.isoformat()}
    return {key: known[key] for key in Work.__struct_fields__ if key in known}


def _order_keys(values: dict[str, Any]) -> dict[str, Any]:
    keys = [key for key in (*_LEADING_KEYS, *values) if key in values and key not in _INBOX_KEYS]
    return {key: values[key] for key in keys if values[key] is not None}

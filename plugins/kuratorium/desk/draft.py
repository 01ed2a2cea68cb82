"""What all new drafts need: front matter, a free slug, authors, and the attribution of works."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ..compare_and_swap import write_new
from ..edition import frontmatter, loader, settings
from ..edition.curation import Person
from ..edition.formats import FORMATS, get_format
from ..edition.loader import Edition
from ..edition.model import PostFile
from ..edition.registry import suggest_record
from ..edition.settings import SiteSettings
from ..edition.works import Work
from ..errors import EditionError, UsageError
from ..slugs import find_free_name, slugify
from .drafting.templates import DraftTemplate, fill_template, merge_values


def build_attribution(work: Work) -> str:
    """Return the line that stands under a quotation from a work, with a link to it.

    Without names it names the host; of a work in print it names issue and page.
    """
    names = ", ".join(list_credited_names(work)) or urlsplit(work.url).netloc
    if not work.url:
        place = ", ".join(part for part in (work.title, work.issue, work.page) if part)
        return f"— {escape_markdown(names)}: {escape_markdown(place)}"
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
    """Return the name under which git commits here; empty if none is set, or there is no git."""
    # Without an address git would refuse, or guess one; and a name that it guesses from the machine is no editor's.
    command = ["git", "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"]
    environment = {"GIT_AUTHOR_EMAIL": "nobody@localhost"} | os.environ
    try:
        # In the edition's folder, because a repository may have its own user.name.
        result = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)  # noqa: S603
    except OSError:
        return ""
    return result.stdout.decode(errors="replace").partition(" <")[0].strip()


def to_plain_values(record: Struct) -> dict[str, Any]:
    """Return the fields of a flat record as plain values, without empty ones."""
    return {key: value for key, value in msgspec.to_builtins(record).items() if value not in (None, "", [], {}, False)}


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
    template: DraftTemplate,
    names: Mapping[str, str],
) -> str:
    """Write a new draft of a format and return its file.

    Its front matter holds the keys of all drafts, then `values` and those of the template; its body is that of the
    template, with the values of its `names`.
    """
    uid = create_uid()
    slug = find_free_slug(title, collect_slugs(edition), uid)
    common = {
        "uid": uid,
        "title": title,
        "slug": slug,
        "date": now.replace(microsecond=0).isoformat(),
        "lang": site.lang,
        # Its body is a proposal, which an editor completes before it is published.
        "status": template.values.get("status", "draft"),
    }
    file = f"{get_format(format_id).folder}/{now.year}/{slug}.md"
    body = fill_template(template, {"title": escape_markdown(title), **names})
    write_new(edition.root / file, frontmatter.format_markdown_file(merge_values(template, common | values), body))
    return file

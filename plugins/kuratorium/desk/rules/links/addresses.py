"""The rule on published addresses and uids that are gone since the last commit, with what leads on from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ....edition import loader, yaml
from ....edition.curation import Person, Topic
from ....edition.fields import Violation
from ....edition.frontmatter import InvalidFileError, decode_text
from ....edition.loader import Edition
from ....edition.model import FrontMatter, PostFile, StandalonePage
from ....edition.paths import PEOPLE_FILE, SERIES_FILE, SETTINGS_FILE, TOPICS_FILE, detect_format, is_post_or_page
from ....edition.registry import Registry
from ....errors import Problem
from ..last_commit import read_former_file

_SITE_ADDRESS = re.compile(rb"^SITEURL\s*=\s*[\"']([^\"'\n]*)", re.MULTILINE)


class SitePaths(Protocol):
    """The paths of a site's pages; publishing/urls.Paths has them, which this room does not import."""

    def post(self, format_id: str, slug: str) -> str:
        """Return the path of a post's page."""

    def standalone_page(self, slug: str) -> str:
        """Return the path of a standalone page."""

    def topic(self, topic: Topic) -> str:
        """Return the path of a topic's page."""

    def person(self, person: Person) -> str:
        """Return the path of a person's page."""

    def series(self, series_id: str) -> str:
        """Return the path of a series' page."""

    def tag(self, tag: str) -> str:
        """Return the path of a tag's page."""


class Published(Struct, frozen=True):
    """A page that the last commit had: its text, and its path on the site."""

    text: PostFile | StandalonePage
    path: str


def check_gone_addresses(
    edition: Edition, former_files: Mapping[str, bytes], paths: SitePaths, as_of: datetime, *, is_valid: bool = True
) -> Iterator[Problem]:
    """Find pages of the last commit that have no page now, and no alias that leads on from their address.

    Finds posts with another uid, too, by which feed readers know them. `former_files` are those that changed since, as
    the last commit had them. Unless the edition `is_valid`, posts that cannot be read may have its tags and series.
    """
    if not former_files or was_other_site(edition.root):
        return
    present = _list_present_paths(edition, paths, as_of)
    by_uid = {post.meta.uid: post for post in edition.post_files}
    former = [
        published
        for file, data in former_files.items()
        if is_post_or_page(file) and (published := _parse_published(file, data, paths, as_of))
    ]
    for published in former:
        if published.path not in present and not _is_unreadable(edition, published.text.file):
            yield _report_gone(edition, published, by_uid, paths)
    yield from _check_uids(edition, former, by_uid)
    if is_valid:
        yield from _check_lists(edition, former, paths, present, as_of)
    yield from _check_registries(former_files, edition.registry, paths, present)


def was_other_site(root: Path) -> bool:
    """Return whether the last commit was of another site, as that of the sample is after `kuratorium start`."""
    former = _SITE_ADDRESS.search(read_former_file(root, SETTINGS_FILE))
    try:
        present = _SITE_ADDRESS.search((root / SETTINGS_FILE).read_bytes())
    except OSError:
        return False
    return bool(former and present and former[1].rstrip(b"/") != present[1].rstrip(b"/"))


def _parse_published(file: str, data: bytes, paths: SitePaths, as_of: datetime) -> Published | None:
    """Return a former post or page that had a page; None if it had none, or was invalid."""
    try:
        text = loader.parse_content_file(file, detect_format(file) or "", data)
    except InvalidFileError:
        return None
    return Published(text, build_path(text, paths)) if _is_published(text, as_of) else None


def _is_published(text: PostFile | StandalonePage, as_of: datetime) -> bool:
    return not text.meta.is_withheld and not (isinstance(text.meta, FrontMatter) and text.meta.date > as_of)


def build_path(text: PostFile | StandalonePage, paths: SitePaths) -> str:
    """Return the path of the page of a post or standalone page."""
    return paths.post(text.format, text.slug) if isinstance(text, PostFile) else paths.standalone_page(text.slug)


def _list_present_paths(edition: Edition, paths: SitePaths, as_of: datetime) -> set[str]:
    """Return the paths of all posts, notices and pages, and the aliases that lead to them."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    published = [text for text in texts if _is_published(text, as_of) or text.meta.status == "withdrawn"]
    aliases = {alias.strip("/") for text in published if isinstance(text, PostFile) for alias in text.meta.aliases}
    return aliases | {build_path(text, paths) for text in published}


def _is_unreadable(edition: Edition, file: str) -> bool:
    """Return whether a post or page is there, but invalid, which is reported as an error."""
    texts = (*edition.post_files, *edition.standalone_pages)
    return (edition.root / file).exists() and not any(text.file == file for text in texts)


def _report_gone(edition: Edition, published: Published, by_uid: Mapping[str, PostFile], paths: SitePaths) -> Problem:
    """Return the problem that a published page is gone, with what leads on from its address."""
    former, address = published.text, published.path
    if not isinstance(former, PostFile):
        is_there = any(page.file == former.file for page in edition.standalone_pages)
        file = former.file if is_there else ""
        message = f'the page "{former.meta.title}" was published at {address}, and is not any more'
        hint = f"Keep its address (slug: {former.slug}), or add to a post: aliases: [{address}]"
        return Problem(file or former.file, 0, "slug" if file else "", message, hint)
    present = by_uid.get(former.meta.uid)
    if present is None:
        message = f'the post "{former.meta.title}" was published at {address}, and is deleted'
        hint = f"If another post takes its place, add to that: aliases: [{address}]"
        return Problem(former.file, 0, "", message, hint)
    if build_path(present, paths) == address:
        message = f"this post was published at {address}, and is withheld now (by status, release or date)"
        hint = (
            f"Readers with a link find nothing; kuratorium withdraw {present.file} leaves a notice, or if another post "
            f"takes its place, add to that: aliases: [{address}]"
        )
        return Problem(present.file, 0, "", message, hint)
    aliases = ", ".join([*present.meta.aliases, address])
    message = f"this post was published at {address}, and its address is {build_path(present, paths)} now"
    hint = f"Add the line (kuratorium rename would have done so): aliases: [{aliases}]"
    return Problem(present.file, 0, "aliases", message, hint)


def _check_uids(edition: Edition, former: Iterable[Published], by_uid: Mapping[str, PostFile]) -> Iterator[Problem]:
    """Yield a problem for each post that has another uid than in the last commit."""
    by_file = {post.file: post for post in edition.post_files}
    for published in former:
        meta, present = published.text.meta, by_file.get(published.text.file)
        if present and isinstance(meta, FrontMatter) and meta.uid != present.meta.uid and meta.uid not in by_uid:
            message = f'this post was published with the uid "{meta.uid}", so that feed readers show it as a new one'
            violation = Violation(("uid",), message, f"Write uid: {meta.uid}")
            yield from loader.report_violations(edition.root, [(present, violation)])


def _check_lists(
    edition: Edition, former: Iterable[Published], paths: SitePaths, present: set[str], as_of: datetime
) -> Iterator[Problem]:
    """Yield a problem for each tag and series that had posts in the last commit and has none now."""
    listed = [post for post in edition.post_files if _is_published(post, as_of) and post.meta.status != "hidden"]
    present = present | {path for post in listed for path, _, _ in _list_lists(post, paths)}
    by_file = {post.file: post for post in edition.post_files}
    for published in former:
        post = published.text
        if isinstance(post, PostFile) and post.meta.status != "hidden":
            for path, field, name in _list_lists(post, paths):
                if path not in present:
                    present.add(path)
                    message = f'"{name}" has no post any more, and with it the page {path} is gone'
                    hint = f"Keep it in a post, or add to one: aliases: [{path}]"
                    yield Problem(post.file, 0, field if post.file in by_file else "", message, hint)


def _list_lists(post: PostFile, paths: SitePaths) -> Iterator[tuple[str, str, str]]:
    """Yield path, field and name of each list that there is only for its posts."""
    yield from ((paths.tag(tag), "tags", tag) for tag in post.meta.tags)
    if post.meta.series:
        yield paths.series(post.meta.series.id), "series", post.meta.series.id


def _check_registries(
    former_files: Mapping[str, bytes], registry: Registry, paths: SitePaths, present: set[str]
) -> Iterator[Problem]:
    """Yield a problem for each topic, person and series of the last commit whose id is gone."""
    rows: tuple[tuple[str, Mapping[str, Any], Callable[[str, str], str]], ...] = (
        (TOPICS_FILE, registry.topics, lambda record_id, name: paths.topic(Topic(id=record_id, name=name))),
        (PEOPLE_FILE, registry.people, lambda record_id, name: paths.person(Person(id=record_id, name=name))),
        (SERIES_FILE, registry.series, lambda record_id, _: paths.series(record_id)),
    )
    for file, records, build_path in rows:
        # With a broken file, every id would seem to be gone.
        if file in former_files and registry.is_complete:
            for record_id, name in _read_ids(file, former_files[file]):
                address = build_path(record_id, name)
                if record_id not in records and address not in present:
                    message = f'the id "{record_id}" of {name} is gone, and with it the page {address}'
                    hint = f"Keep the id and change only the name, or add to a post: aliases: [{address}]"
                    yield Problem(file, 0, "", message, hint)


def _read_ids(file: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield id and name of each record in a former file of curation/; nothing if it was invalid."""
    try:
        values = yaml.load_yaml(decode_text(file, data))
    except (InvalidFileError, yaml.InvalidYamlError):
        return
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"], str(value.get("name") or value["id"])

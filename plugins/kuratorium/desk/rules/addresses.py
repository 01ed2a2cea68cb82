"""The rule on published addresses that are gone since the last commit, with the alias that would lead on from them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ...edition import loader, settings, yaml
from ...edition.curation import Person, Topic
from ...edition.frontmatter import InvalidFileError, decode_text
from ...edition.loader import Edition
from ...edition.model import FrontMatter, PostFile, StandalonePage
from ...edition.paths import PEOPLE_FILE, SERIES_FILE, TOPICS_FILE, detect_format, is_post_or_page
from ...edition.registry import Registry
from ...errors import EditionError, Problem

_GIT_SECONDS = 20  # a repository on a slow network disk must not keep `check` waiting for longer
# No lock in .git (an editor may commit at this moment), no question at the terminal, nothing fetched by a clone that
# left out old files.
_GIT_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}


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


class Published(Struct, frozen=True):
    """A page that the last commit had: its text, and its path on the site."""

    text: PostFile | StandalonePage
    path: str


def check_gone_addresses(
    edition: Edition, build_paths: Callable[[str], SitePaths], as_of: datetime
) -> Iterator[Problem]:
    """Find pages of the last commit that have no page now, and no alias that leads on from their address.

    `build_paths` takes the language of the site. Two calls of git and a look at the changed files; finds nothing
    without git, a repository, or a commit.
    """
    former_files = read_former_files(edition.root)
    if not former_files:
        return
    try:
        paths = build_paths(settings.read_site_settings(edition.root).lang)
    except EditionError:  # a build reports it
        return
    present = _list_present_paths(edition, paths, as_of)
    by_uid = {post.meta.uid: post for post in edition.post_files}
    for file, data in former_files.items():
        if is_post_or_page(file):
            published = _parse_published(file, data, paths, as_of)
            if published and published.path not in present and not _is_unreadable(edition, file):
                yield _report_gone(edition, published, by_uid, paths)
    yield from _check_registries(former_files, edition.registry, paths, present)


def read_former_files(root: Path) -> dict[str, bytes]:
    """Return the texts and registries below `root` that changed since the last commit, as it had them.

    Empty if there is no git, no repository or no commit, or if git fails.
    """
    command = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--diff-filter=MDTU", "--relative", "-z", "HEAD"]
    output = _run_git(root, [*command, "--", "curation", "content"])
    names = [name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name]
    registries = (PEOPLE_FILE, TOPICS_FILE, SERIES_FILE)
    # cat-file reads one name per line; no post may have a line break in its name.
    wanted = [
        name for name in dict.fromkeys(names) if (is_post_or_page(name) or name in registries) and "\n" not in name
    ]
    if not wanted:
        return {}
    request = "".join(f"HEAD:./{name}\n" for name in wanted).encode("utf-8", "surrogateescape")
    return dict(_split_batch(_run_git(root, ["cat-file", "--batch"], request), wanted))


def _run_git(root: Path, arguments: Sequence[str], request: bytes = b"") -> bytes:
    """Return what git prints for a command in `root`; empty if it cannot be run or fails."""
    try:
        result = subprocess.run(  # noqa: S603 - the arguments are ours
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=root,
            input=request,
            capture_output=True,
            check=False,
            timeout=_GIT_SECONDS,
            env={**os.environ, **_GIT_ENVIRONMENT},
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return result.stdout if result.returncode == 0 else b""


def _split_batch(output: bytes, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file in the output of `git cat-file --batch`: `{id} blob {size}`, then the bytes."""
    position = 0
    for name in names:
        end = output.find(b"\n", position)
        header = output[position:end].rsplit(b" ", 2)
        position = end + 1
        if end < 0:
            return
        if len(header) == 3 and header[1] == b"blob":  # not "… missing": a file added since, but in conflict
            size = int(header[2])
            yield name, output[position : position + size]
            position += size + 1


def _parse_published(file: str, data: bytes, paths: SitePaths, as_of: datetime) -> Published | None:
    """Return a former post or page that had a page; None if it had none, or was invalid."""
    try:
        text = loader.parse_content_file(file, detect_format(file) or "", data)
    except InvalidFileError:
        return None
    return Published(text, _build_path(text, paths)) if _is_published(text, as_of) else None


def _is_published(text: PostFile | StandalonePage, as_of: datetime) -> bool:
    return not text.meta.is_withheld and not (isinstance(text.meta, FrontMatter) and text.meta.date > as_of)


def _build_path(text: PostFile | StandalonePage, paths: SitePaths) -> str:
    return paths.post(text.format, text.slug) if isinstance(text, PostFile) else paths.standalone_page(text.slug)


def _list_present_paths(edition: Edition, paths: SitePaths, as_of: datetime) -> set[str]:
    """Return the paths of all posts and pages, and the aliases that lead to them."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    published = [text for text in texts if _is_published(text, as_of)]
    aliases = {alias.strip("/") for text in published if isinstance(text, PostFile) for alias in text.meta.aliases}
    return aliases | {_build_path(text, paths) for text in published}


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
    if _build_path(present, paths) == address:
        message = f"this post was published at {address}, and is withheld now (by status, release or date)"
        hint = f"Readers with a link find nothing; if another post takes its place, add to that: aliases: [{address}]"
        return Problem(present.file, 0, "", message, hint)
    aliases = ", ".join([*present.meta.aliases, address])
    message = f"this post was published at {address}, and its address is {_build_path(present, paths)} now"
    return Problem(present.file, 0, "aliases", message, f"Add the line: aliases: [{aliases}]")


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

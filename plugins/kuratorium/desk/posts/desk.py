"""What every command on a post needs: the edition at a moment, the post, and a change of files that is made or not."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ...compare_and_swap import FileChange, apply_changes
from ...edition import frontmatter, loader, settings
from ...edition.loader import Edition
from ...edition.model import ContentFile, PostFile
from ...edition.rules import tables
from ...edition.settings import SiteSettings
from ...errors import EditionError, Problem, UsageError
from ..inbox import MIN_ID_LENGTH, get_single_match
from ..rules.links.addresses import SitePaths, build_path
from .front_matter_edit import FieldEdit, edit_front_matter


class PostsDesk(Struct, frozen=True, kw_only=True):
    """An edition with its problems, its site, and its date in the site's time zone."""

    edition: Edition
    problems: tuple[Problem, ...]
    site: SiteSettings
    paths: SitePaths
    now: datetime

    @property
    def root(self) -> Path:
        """The edition's root."""
        return self.edition.root

    def find(self, reference: str) -> PostFile:
        """Return the post that a reference means; raises UsageError, or EditionError if the post is invalid."""
        invalid = [problem for problem in self.problems if problem.file == reference.removeprefix("./")]
        if invalid and all(post.file != invalid[0].file for post in self.edition.post_files):
            raise EditionError(invalid)
        return find_post(self.edition.post_files, reference, self.paths, self.site.url)

    def build_path(self, post: PostFile) -> str:
        """Return the path of a post's page."""
        return build_path(post, self.paths)

    def is_published(self, post: PostFile) -> bool:
        """Return whether readers can see a post now."""
        return not post.meta.is_withheld and post.meta.date <= self.now


class PostChange(Struct, frozen=True, kw_only=True):
    """A change of a post that is planned: the files to write, and the post's file before and after."""

    file: str
    former_file: str
    changes: tuple[FileChange, ...]


def open_desk(root: Path, build_paths: Callable[[str], SitePaths], now: datetime) -> PostsDesk:
    """Read the edition at `root`; its own date, if policy.yaml pins one, takes precedence over `now`."""
    site = settings.read_site_settings(root)
    edition, problems = loader.read_edition(root)
    local = edition.resolve_as_of(None, now).astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    return PostsDesk(edition=edition, problems=tuple(problems), site=site, paths=build_paths(site.lang), now=local)


def find_post(posts: Sequence[PostFile], reference: str, paths: SitePaths, site_url: str) -> PostFile:
    """Return the post that a reference means: the beginning of its uid, its file, its slug, or its address.

    Former addresses count, too. Raises UsageError if none matches, or several do.
    """
    matches = [post for post in posts if post.meta.uid == reference] or [
        post for post in posts if _matches(post, reference, paths, site_url)
    ]
    if match := get_single_match(matches, reference, lambda post: f"{post.meta.uid}  {post.file}"):
        return match
    names = {name: post for post in posts for name in (post.slug, post.meta.uid, post.file)}
    close = difflib.get_close_matches(reference.removeprefix("./"), names, n=1)
    hint = f" Did you mean {names[close[0]].file}?" if close else ""
    raise UsageError(f'no post matches "{reference}": give a uid, a file, a slug or an address.{hint}')


def _matches(post: PostFile, reference: str, paths: SitePaths, site_url: str) -> bool:
    path = reference.removeprefix("./")
    # The path from the root, from a folder within the edition, or from the file system's root.
    if path in (post.file, post.slug) or post.file.endswith(f"/{path}") or path.endswith(f"/{post.file}"):
        return True
    if len(reference) >= MIN_ID_LENGTH and post.meta.uid.startswith(reference.lower()):
        return True
    address = _get_path(reference, site_url)
    return bool(address) and address in (build_path(post, paths), *(alias.strip("/") for alias in post.meta.aliases))


def _get_path(reference: str, site_url: str) -> str:
    """Return the path from the site's root that an address names; empty if it is one of another site."""
    parts = urlsplit(reference)
    if not parts.scheme:
        return unquote(parts.path).strip("/")
    base = urlsplit(site_url)
    prefix = base.path.rstrip("/") + "/"
    is_ours = parts.hostname == base.hostname and parts.path.startswith(prefix)
    return unquote(parts.path.removeprefix(prefix)).strip("/") if is_ours else ""


def read_text(root: Path, file: str) -> str:
    """Return the text of a file with its byte order mark and its line ends; raises EditionError."""
    try:
        data = loader.read_bytes(root, file)
        frontmatter.decode_text(file, data)
    except frontmatter.InvalidFileError as error:
        raise EditionError(error.problems) from error
    return data.decode()


def plan_edits(desk: PostsDesk, post: PostFile, edits: Sequence[FieldEdit]) -> PostChange:
    """Plan edits of a post's front matter; raises EditionError if the post would then break a rule of a build."""
    text = read_text(desk.root, post.file)
    edited = edit_front_matter(post.file, text, edits)
    refuse_new_problems(desk, post, post.file, edited)
    change = FileChange(path=desk.root / post.file, text=edited, expected=text)
    return PostChange(file=post.file, former_file=post.file, changes=(change,))


def refuse_new_problems(desk: PostsDesk, post: PostFile, file: str, text: str) -> None:
    """Raise EditionError with what a build would say of a post if its file were `file` and had this text."""
    try:
        parsed = loader.parse_content_file(file, post.format, text.encode(), desk.edition.registry)
    except frontmatter.InvalidFileError as error:
        raise EditionError(error.problems) from error
    assert isinstance(parsed, PostFile)  # noqa: S101 - for mypy: its format is that of a post
    # With the turns of its transcript, which the edition has read.
    parsed = replace(parsed, body=post.body)
    files: list[ContentFile] = [parsed if other is post else other for other in desk.edition.post_files]
    violations = [
        *loader.find_violations(parsed, desk.edition.registry, partial(loader.is_linkable, desk.root)),
        *(violation for other, violation in tables.check_edition_rules(files) if other is parsed),
    ]
    if violations:
        parts = frontmatter.split_front_matter(file, frontmatter.decode_text(file, text.encode()))
        raise EditionError(frontmatter.locate_violations(file, parts.front_matter, violations))


def apply_change(change: PostChange) -> None:
    """Write a planned change, all files or none; raises UsageError if one of them was changed meanwhile."""
    refused = apply_changes(change.changes)
    if not refused:
        return
    _revert([entry for entry in change.changes if entry not in refused])
    names = ", ".join(entry.path.name for entry in refused)
    raise UsageError(f"{names} was changed by another program meanwhile: nothing was written. Run this again.")


def revert_change(change: PostChange) -> None:
    """Take a change back that was made, as far as no editor has changed its files since."""
    _revert(change.changes)


def _revert(changes: Sequence[FileChange]) -> None:
    apply_changes(FileChange(path=entry.path, text=entry.expected, expected=entry.text) for entry in reversed(changes))


def list_diff_lines(root: Path, change: PostChange) -> Iterator[str]:
    """Yield the lines of a change as git shows them."""
    moved = root / change.former_file
    if change.file != change.former_file:
        yield f"rename from {change.former_file}"
        yield f"rename to {change.file}"
    former = next((entry.expected for entry in change.changes if entry.path == moved and entry.text is None), None)
    for entry in change.changes:
        if entry.text is None:
            continue
        file = entry.path.relative_to(root).as_posix()
        is_moved = entry.expected is None and former is not None
        before = (former if is_moved else entry.expected) or ""
        yield from _diff(before, entry.text, change.former_file if is_moved else file, file)


def _diff(before: str, after: str, former_file: str, file: str) -> Iterable[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{former_file}", f"b/{file}", lineterm="")
    return list(lines)

"""The addresses of the site: each belongs to one output, and none is a file and a folder at once.

Else an alias named like the feed would put a folder in its place, and readers of the feed would lose it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ..edition.fields import Violation
from ..edition.loader import Edition, report_violations
from ..edition.model import PostFile, PostSummary, StandalonePage
from ..edition.paths import CONTENT_PREFIX, scan_visible_files
from ..edition.rules.media import list_referenced_files
from ..errors import Problem
from . import assets as asset_files
from . import catalog
from .page import CalendarPage, FeedPage, HtmlPage, Page, SiteFilePage
from .pages.outputs import build_redirect_path, build_site_meta, plan_pages
from .posts import collect_summaries, is_published_at, outline_text
from .settings import Settings, read_settings
from .template_inputs import Pager
from .urls import Paths

# Templates of lists that are there while posts need them; those of tags, topics and series have a rule of their own.
_LISTS = frozenset(("format", "topic_format", "archive", "year", "month", "tags", "all_series", "sources"))
_ALIAS_HINT = "Delete this alias, or write the address that this post had before."
_MAX_NAME_BYTES = 255  # as ext4, APFS and NTFS
_MAX_PATH_BYTES = 800  # macOS allows 1024, with the folder of the edition


def _fits_on_disk(path: str) -> bool:
    """Return whether a file can have this path from the site's root, on the disks of editors and hosts."""
    data = path.encode("utf-8", "surrogateescape")
    return len(data) <= _MAX_PATH_BYTES and all(len(name) <= _MAX_NAME_BYTES for name in data.split(b"/"))


class _TakenPaths:
    """The paths of the site that have an owner, and the folders that they need."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._spellings: dict[str, str] = {}  # path without case -> path; macOS, Windows and some hosts tell no case
        self._folder_spellings: dict[str, str] = {}

    def add(self, path: str, owner: str) -> None:
        self.owners.setdefault(path, owner)
        self._spellings.setdefault(path.casefold(), path)
        folder = path.rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders[folder] = owner
            self._folder_spellings.setdefault(folder.casefold(), folder)
            folder = folder.rpartition("/")[0]

    def describe_conflict(self, path: str) -> str:
        """Return why no further file can be at `path`; empty if one can."""
        if not _fits_on_disk(path):
            return f"the address is too long for a file: {path[:40]}…"
        if path in self.owners:
            return f"{path} is the address of {self.owners[path]}"
        if path in self._folders:
            return f"{path} is the folder of {self._folders[path]}"
        folder = path.rpartition("/")[0]
        while folder:
            if folder in self.owners:
                return f"{path} would need {folder}, the address of {self.owners[folder]}, as a folder"
            folder = folder.rpartition("/")[0]
        return ""

    def describe_other_case(self, path: str, owner: str) -> str:
        """Return why a disk that tells no case would replace another owner's file by one at `path`; empty if not."""
        spelling = self._spellings.get(path.casefold(), path)
        if spelling != path and self.owners[spelling] != owner:
            return f"{path} differs only in case from {spelling}, the address of {self.owners[spelling]}"
        if other := self._folder_spellings.get(path.casefold()):
            return f"{path} differs only in case from {other}, a folder of {self._folders[other]}"
        folder = path.rpartition("/")[0]
        while folder:
            if other := self._spellings.get(folder.casefold()):
                return f"{path} would need {other}, the address of {self.owners[other]}, as a folder"
            folder = folder.rpartition("/")[0]
        return ""


def is_free(path: str, taken: Collection[str]) -> bool:
    """Return whether a file can be at a path that is none of `taken`: none of them is its folder, or in it."""
    parents = {str(folder) for folder in PurePosixPath(path).parents}
    return _fits_on_disk(path) and parents.isdisjoint(taken) and not any(p.startswith(f"{path}/") for p in taken)


def find_address_problems(
    root: Path,
    pages: Iterable[Page],
    assets: asset_files.Assets,
    posts: Iterable[PostSummary],
    as_of: datetime,
    *,
    retained: Collection[str] = (),
) -> list[Problem]:
    """Return the problems of pages, assets and aliases whose addresses meet.

    An alias counts once its post is published (`as_of`). `retained` are the entries of the output folder that no build
    touches.
    """
    taken = _TakenPaths()
    problems = [*_claim_pages(pages, taken), *_claim_assets(assets, taken)]
    moved = (post for post in posts if post.meta.aliases and (is_published_at(post, as_of) or post.meta.withdrawn))
    return [*problems, *report_violations(root, _check_aliases(moved, taken, retained))]


def leave_out_replaced(
    pages: Iterable[Page], assets: asset_files.Assets, *, has_sitemap_plugin: bool = False
) -> list[Page]:
    """Return the pages without the files for servers and search engines that the edition brings itself.

    An edition's own robots.txt or favicon.ico counts, and the sitemap of pelican-sitemap.
    """
    replaced_kinds = ("sitemap", "sitemap_index") if has_sitemap_plugin else ()
    return [
        page
        for page in pages
        if not isinstance(page, SiteFilePage) or not (page.path in assets or page.kind in replaced_kinds)
    ]


def _claim_pages(pages: Iterable[Page], taken: _TakenPaths) -> Iterator[Problem]:
    for page in pages:
        if isinstance(page, HtmlPage) and page.meta.kind == "redirect":
            continue
        if conflict := taken.describe_conflict(page.path):
            # The key of a standalone page's body is its file; posts with one slug break a rule of their own.
            file = next((key for key in page.body_keys if key.endswith(".md")), page.path)
            yield Problem(file, 0, "slug", conflict, "Give this page or post another slug.")
        taken.add(page.path, "another page")


def _claim_assets(assets: asset_files.Assets, taken: _TakenPaths) -> Iterator[Problem]:
    for path, file in assets.items():
        if conflict := taken.describe_conflict(path):
            yield Problem(file, 0, "", conflict, "Move or rename this file, or give the page another slug.")
        taken.add(path, file)


def _check_aliases(
    posts: Iterable[PostSummary], taken: _TakenPaths, retained: Collection[str]
) -> Iterator[tuple[PostSummary, Violation]]:
    for post in posts:
        for index, alias in enumerate(post.meta.aliases):
            if (
                post.meta.event and not post.meta.withdrawn and alias.endswith(".ics")
            ):  # a calendar, which is among the pages
                continue
            path = build_redirect_path(catalog.normalize_alias(alias))
            if taken.owners.get(path) == post.file:  # the same address in two spellings
                continue
            conflict = taken.describe_conflict(path) or taken.describe_other_case(path, post.file)
            if not conflict and path.split("/")[0] in retained:
                conflict = f"{path} belongs to what OUTPUT_RETENTION keeps"
            if conflict:
                yield post, Violation(("aliases", index), conflict, _ALIAS_HINT)
            else:
                taken.add(path, post.file)


def check_addresses(edition: Edition, now: datetime) -> list[Problem]:
    """Return the problems with the addresses of a valid edition's site; for `kuratorium check`, without a build."""
    settings, as_of, pages, assets, posts = _plan_site(edition, now)
    templates = scan_visible_files(str(edition.root), f"{settings.theme}/templates", [], within=settings.theme)
    return [
        *find_address_problems(edition.root, pages, assets, posts, as_of, retained=settings.output_retention),
        *asset_files.check_foreign_loads(edition.root, settings, {*assets.values(), *templates}),
        *asset_files.check_admin_program(edition.root, edition.registry.policy, assets),
    ]


def list_addresses(
    now: datetime, edition: Edition, lang: str = "", gone_files: Iterable[str] = ()
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is at each address of a valid edition's site: its kind, and the uids of the posts in it.

    The kind is alias, feed, list, calendar or file, and empty for all else. `lang` replaces the site's language.
    `gone_files` of content/ are listed as well, if they would be published if they were there.
    """
    settings, _, pages, assets, _ = _plan_site(edition, now, lang)
    addresses: dict[str, tuple[str, tuple[str, ...]]] = {}
    addresses |= {path: ("file" if file.startswith(CONTENT_PREFIX) else "", ()) for path, file in assets.items()}
    names = (folder.removeprefix("./").strip("/") for folder in settings.static_paths)
    folders = tuple(CONTENT_PREFIX if name in {"", "."} else f"{CONTENT_PREFIX}{name}/" for name in names)
    linked = {
        file for text in _list_texts(edition) if not text.meta.is_withheld for file in list_referenced_files(text)
    }
    for file in gone_files:
        if file in linked or f"{file}/".startswith(folders):
            addresses[file.removeprefix(CONTENT_PREFIX)] = ("file", ())
    addresses |= {page.path: (_name_kind(page), page.body_keys or _list_uids(page)) for page in pages}
    # No build deletes what OUTPUT_RETENTION keeps.
    kept = settings.output_retention
    return {path: address for path, address in addresses.items() if path.split("/")[0] not in kept}


def _plan_site(
    edition: Edition, now: datetime, lang: str = ""
) -> tuple[Settings, datetime, list[Page], asset_files.Assets, tuple[PostSummary, ...]]:
    """Return settings, date, pages, assets and posts of a valid edition's site, in `lang` if it is given."""
    settings = read_settings(edition.root)
    site = replace(settings.site, lang=lang or settings.site.lang)
    as_of = edition.resolve_as_of(None, now).astimezone(ZoneInfo(settings.site.timezone))
    texts = _list_texts(edition)
    summary = collect_summaries(edition.registry, map(outline_text, texts))
    published = replace(catalog.build_catalog(summary, Paths(site.lang), site.lang, as_of), has_relations=False)
    planned = plan_pages(published, build_site_meta(site, edition.registry, published))
    links = [(text.meta.is_withheld, list_referenced_files(text), ()) for text in texts]
    linked_files = asset_files.sort_linked_files(links, edition.registry)
    policy = edition.registry.policy
    with_admin = bool(policy and policy.admin)
    assets = asset_files.find_assets(edition.root, settings, linked_files, [], with_admin=with_admin)
    pages = leave_out_replaced(planned, assets, has_sitemap_plugin=settings.has_sitemap_plugin)
    return settings, as_of, pages, assets, summary.posts


def _list_texts(edition: Edition) -> list[PostFile | StandalonePage]:
    return [*edition.post_files, *edition.standalone_pages]


def _name_kind(page: Page) -> str:
    """Return what an output is for those who come back to it; empty if it lies beside a page, or is one of its own."""
    if isinstance(page, FeedPage):
        return "" if page.is_archive else "feed"
    if isinstance(page, CalendarPage):
        return "calendar"
    if isinstance(page, HtmlPage) and page.meta.kind == "redirect":
        return "alias"
    if isinstance(page, HtmlPage) and page.template in _LISTS:
        pager = page.inputs.get("pager")
        return "" if isinstance(pager, Pager) and pager.number != pager.total else "list"
    return ""


def _list_uids(page: Page) -> tuple[str, ...]:
    """Return the uids of the posts on a list or in a calendar."""
    posts = page.posts if isinstance(page, CalendarPage) else getattr(page, "inputs", {}).get("posts", ())
    return tuple(post.uid for post in posts)

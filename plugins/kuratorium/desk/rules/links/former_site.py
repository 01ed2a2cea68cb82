"""The rule on all other addresses that are gone since the last commit: of aliases, feeds, lists, calendars and files.

Those of posts, pages, topics, people, tags and series have a rule of their own, in `addresses`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import structs

from ....edition import loader, yaml
from ....edition.curation import Person, Policy, Series, Source, Topic
from ....edition.fields import convert_record
from ....edition.frontmatter import InvalidFileError, decode_text
from ....edition.loader import Edition
from ....edition.model import PostFile, StandalonePage
from ....edition.paths import (
    CONTENT_PREFIX,
    PEOPLE_FILE,
    POLICY_FILE,
    SERIES_FILE,
    SETTINGS_FILE,
    SOURCES_FILE,
    STATIC_FOLDERS,
    TOPICS_FILE,
    detect_format,
    is_confined,
    is_post_or_page,
    scan_visible_files,
)
from ....edition.registry import Registry
from ....edition.rules.post import check_references
from ....edition.settings import SettingsFile
from ....errors import Problem
from ..last_commit import read_former_file

_LANGUAGE = re.compile(rb"^DEFAULT_LANG\s*=\s*[\"']([^\"'\n]*)", re.MULTILINE)
_MAX_SHOWN = 4  # addresses in a message
_RECORD_LISTS: dict[str, tuple[str, Any]] = {
    PEOPLE_FILE: ("people", Person),
    TOPICS_FILE: ("topics", Topic),
    SOURCES_FILE: ("sources", Source),
    SERIES_FILE: ("series", Series),
}
# What an address was -> what would be right.
_HINTS = {
    "alias": "Write it again in aliases, here or in the post that takes its place: aliases: [{}]",
    "feed": "Its subscribers get nothing more, and no alias leads on from a feed: keep a post in it, if you can.",
    "list": "Keep a post in it, or add to a post: aliases: [{}]",
    "calendar": "Its subscribers get nothing more: keep the event, with status: cancelled if it does not take place.",
    "file": "Links from elsewhere lead nowhere: keep the file where it was, and a link to it.",
}
_MOVED_CALENDAR = "Its subscribers get nothing more: it stays there, too, with the former page in aliases: [{}]"

Address = tuple[str, tuple[str, ...]]
"""The kind of an address, one of the hints or "" for what other rules report, and the uids of the posts in it."""

AddressLister = Callable[[Edition, str, Iterable[str]], Mapping[str, Address]]
"""A valid edition, its language (empty: that of its settings) and files that are gone -> the addresses of its site."""


def check_former_site(
    edition: Edition, settings: SettingsFile, former_files: Mapping[str, bytes], list_addresses: AddressLister
) -> Iterator[Problem]:
    """Find addresses that the last commit had, and that a build of the valid `edition` would delete.

    The numbered pages of long lists and what lies beside the page of a post that is gone are not reported.
    """
    yield from _check_language(edition, settings, list_addresses)
    yield from _check_static_paths(edition, settings, former_files, list_addresses)
    if not former_files:
        return
    former_texts = dict(_parse_texts(former_files))
    texts: tuple[PostFile | StandalonePage, ...] = (*edition.post_files, *edition.standalone_pages)
    present_texts = {text.file: text for text in texts}
    # Most edits change only words; two plans of the site would cost more than all other rules.
    if former_files.keys() == former_texts.keys() and all(
        _has_same_addresses(text, present_texts.get(file)) for file, text in former_texts.items()
    ):
        return
    former = _rebuild_edition(edition, former_files, former_texts)
    present = list_addresses(edition, "", ())
    before = list_addresses(former, "", [file for file in former_files if not is_post_or_page(file)])
    yield from _report_gone(edition, former_files, former_texts, before, present)


def _check_language(edition: Edition, settings: SettingsFile, list_addresses: AddressLister) -> Iterator[Problem]:
    """Yield a problem if the site's language changed, whose words its addresses have."""
    match = _LANGUAGE.search(read_former_file(edition.root, SETTINGS_FILE))
    former_lang = match[1].decode("utf-8", "replace").lower() if match else ""
    if former_lang and settings.site and former_lang != settings.site.lang:
        gone = list_addresses(edition, former_lang, ()).keys() - list_addresses(edition, "", ()).keys()
        if gone:
            message = f"was {former_lang}, and with it {len(gone)} addresses are gone: {_shorten(sorted(gone))}"
            hint = f'Write DEFAULT_LANG = "{former_lang}"; posts in another language have their own lang.'
            yield Problem(SETTINGS_FILE, 0, "DEFAULT_LANG", message, hint)


def _check_static_paths(
    edition: Edition, settings: SettingsFile, former_files: Mapping[str, bytes], list_addresses: AddressLister
) -> Iterator[Problem]:
    """Yield a problem for each folder of the last commit's STATIC_PATHS whose files are not copied any more."""
    former_source = read_former_file(edition.root, SETTINGS_FILE)
    if former_source == (edition.root / SETTINGS_FILE).read_bytes():
        return
    former = read_static_paths(former_source)
    present = settings.values.get("STATIC_PATHS", former)
    folders = [name for name in map(_clean_folder, former) if name not in set(map(_clean_folder, present))]
    addresses = list_addresses(edition, "", ()) if folders else {}
    for name in folders:
        prefix = f"{CONTENT_PREFIX}{name}/" if name else CONTENT_PREFIX
        files = {file for file in former_files if f"{file}/".startswith(prefix)}
        if is_confined(str(edition.root), prefix.rstrip("/"), CONTENT_PREFIX.rstrip("/")):
            files.update(scan_visible_files(str(edition.root), prefix.rstrip("/"), []))
        published = (file.removeprefix(CONTENT_PREFIX) for file in files if not is_post_or_page(file))
        if gone := sorted(path for path in published if path not in addresses):
            message = f'had "{name or "."}", and with it {len(gone)} published files are gone: {_shorten(gone)}'
            hint = (
                f'Write STATIC_PATHS = [*STATIC_PATHS, "{name or "."}"] again, or link to those that are still needed.'
            )
            yield Problem(SETTINGS_FILE, 0, "STATIC_PATHS", message, hint)


def _clean_folder(path: str) -> str:
    return str(path).removeprefix("./").strip("/").removeprefix(".")


def read_static_paths(source: bytes) -> tuple[str, ...]:
    """Return STATIC_PATHS as a pelicanconf.py sets them that is not run; those it computes otherwise are left out."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ()
    paths: tuple[str, ...] = STATIC_FOLDERS if source else ()
    for statement in statements:
        targets = [*getattr(statement, "targets", ()), getattr(statement, "target", None)]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and "STATIC_PATHS" in names:
            before, paths = paths, paths if isinstance(statement, ast.AugAssign) else ()
            for item in getattr(statement.value, "elts", ()):
                if isinstance(item, ast.Starred):
                    paths += before
                elif isinstance(item, ast.Constant) and isinstance(item.value, str):
                    paths += (item.value,)
    return paths


def _parse_texts(former_files: Mapping[str, bytes]) -> Iterator[tuple[str, PostFile | StandalonePage]]:
    for file, data in former_files.items():
        if is_post_or_page(file):
            try:
                yield file, loader.parse_content_file(file, detect_format(file) or "", data)
            except InvalidFileError:
                continue


def _has_same_addresses(former: PostFile | StandalonePage, present: PostFile | StandalonePage | None) -> bool:
    """Return whether only the words of a text changed, without links and time codes, which make addresses."""
    if not present or former.meta != present.meta:
        return False
    return _list_address_marks(former.body) == _list_address_marks(present.body)


def _list_address_marks(body: str) -> list[str]:
    return re.findall(r"\([^()\n]*\)|<[^<>\n]*>|^\[.*", body, re.MULTILINE)


def _rebuild_edition(
    edition: Edition, former_files: Mapping[str, bytes], former_texts: Mapping[str, PostFile | StandalonePage]
) -> Edition:
    """Return the edition as the last commit had it, and with it what was added since, which is in both."""
    registry = _rebuild_registry(edition.registry, former_files)
    texts = former_texts.values()
    # Of a former post nothing but its form is known to be valid.
    posts = [text for text in texts if isinstance(text, PostFile) and not any(check_references(text, registry))]
    uids = {post.meta.uid for post in posts}
    kept = (post for post in edition.post_files if post.file not in former_texts and post.meta.uid not in uids)
    pages = [text for text in texts if isinstance(text, StandalonePage)]
    kept_pages = (page for page in edition.standalone_pages if page.file not in former_texts)
    return structs.replace(
        edition, registry=registry, post_files=(*posts, *kept), standalone_pages=(*pages, *kept_pages)
    )


def _rebuild_registry(registry: Registry, former_files: Mapping[str, bytes]) -> Registry:
    """Return the registry with the former records of files that changed; present ones stay: no id may be unknown."""
    fields: dict[str, Any] = {}
    for file, (field, record_type) in _RECORD_LISTS.items():
        values = _load(file, former_files)
        records = [convert_record(record_type, value)[0] for value in values] if isinstance(values, list) else []
        fields[field] = getattr(registry, field) | {record.id: record for record in records if record}
    policy = convert_record(Policy, _load(POLICY_FILE, former_files) or {}, registry.zone)[0]
    # The date of the edition is that of now.
    if policy and registry.policy and POLICY_FILE in former_files:
        fields["policy"] = structs.replace(policy, as_of=registry.policy.as_of)
    return structs.replace(registry, **fields)


def _load(file: str, former_files: Mapping[str, bytes]) -> object:
    try:
        return yaml.load_yaml(decode_text(file, former_files[file])) if file in former_files else None
    except (InvalidFileError, yaml.InvalidYamlError):
        return None


def _report_gone(
    edition: Edition,
    former_files: Mapping[str, bytes],
    former_texts: Mapping[str, PostFile | StandalonePage],
    before: Mapping[str, Address],
    present: Mapping[str, Address],
) -> Iterator[Problem]:
    """Yield a problem for each kind of addresses that are gone with a file."""
    file_by_uid = {text.meta.uid: file for file, text in former_texts.items() if isinstance(text, PostFile)}
    present_by_uid = {post.meta.uid: post.file for post in edition.post_files}
    events = {post.file for post in edition.post_files if post.meta.event and not post.meta.is_withheld}
    gone: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, (kind, uids) in sorted(before.items()):
        if path in present or kind not in _HINTS:
            continue
        if kind == "file":
            file = f"content/{path}"
            if not read_former_file(edition.root, file):  # it came since, and was never published
                continue
        else:
            uid = next((uid for uid in uids if uid in file_by_uid), "")
            file = present_by_uid.get(uid) or file_by_uid.get(uid) or next(iter(former_files))
        gone[file, kind].append(path)
    for (file, kind), paths in gone.items():
        field = "aliases" if kind == "alias" and (edition.root / file).exists() else ""
        verb = "is" if len(paths) == 1 else "are"
        noun = kind if len(paths) == 1 else {"alias": "aliases"}.get(kind, f"{kind}s")
        message = f"with this change the {noun} {_shorten(paths)} {verb} gone, published before"
        is_moved = kind == "calendar" and file in events
        named = [f"{path.removesuffix('.ics')}.html" for path in paths] if is_moved else paths
        hint = _MOVED_CALENDAR if is_moved else _HINTS[kind]
        yield Problem(file, 0, field, message, hint.format(", ".join(named)))


def _shorten(paths: list[str]) -> str:
    more = f" and {len(paths) - _MAX_SHOWN} more" if len(paths) > _MAX_SHOWN else ""
    return f"{', '.join(paths[:_MAX_SHOWN])}{more}"

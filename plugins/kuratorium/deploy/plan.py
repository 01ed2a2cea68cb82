"""What a deployment does, decided from files here and files there: a pure function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from .model import LocalFile, RemoteFile
from .state import SentFile

_PAGES = (".html", ".html.gz", ".html.br")
_LISTS = (".xml", ".json", ".atom", ".opml", ".ics", ".txt")


class Plan(Struct, frozen=True, kw_only=True):
    """Files to send by group, in the order of their sending, and to delete after that.

    `assets`: what pages load. `new_pages`, `changed_pages`: a page comes after those it may newly link to.
    `lists`: feeds, calendars and sitemaps, which lead to pages. `known`: unchanged files, with what the target tells.
    `foreign`: files at the target that no deployment put there.
    """

    assets: tuple[LocalFile, ...] = ()
    new_pages: tuple[LocalFile, ...] = ()
    changed_pages: tuple[LocalFile, ...] = ()
    lists: tuple[LocalFile, ...] = ()
    deleted: tuple[str, ...] = ()
    known: Mapping[str, SentFile]
    foreign: tuple[str, ...] = ()

    @property
    def sent(self) -> tuple[LocalFile, ...]:
        """All files to send, in their order."""
        return (*self.assets, *self.new_pages, *self.changed_pages, *self.lists)

    @property
    def is_empty(self) -> bool:
        """Whether the target has the site already."""
        return not self.sent and not self.deleted


def plan_deployment(
    local: Sequence[LocalFile],
    remote: Mapping[str, RemoteFile],
    sent: Mapping[str, SentFile],
    *,
    owned: Collection[str],
    digest: Callable[[LocalFile], str],
    has_same: Callable[[LocalFile, RemoteFile], bool],
    deletes_foreign: bool = False,
) -> Plan:
    """Return what to send and what to delete.

    A file needs no sending if it was sent with this digest, and the target still tells the same of it; or else if the
    target's file `has_same` bytes. Of what is at the target and not in the site, only `owned` files are deleted.
    """
    known: dict[str, SentFile] = {}
    groups: dict[str, list[LocalFile]] = {"assets": [], "new_pages": [], "changed_pages": [], "lists": []}
    for file in local:
        there, before = remote.get(file.path), sent.get(file.path)
        wanted = digest(file)
        is_sent = before is not None and there is not None and before.remote == there
        if is_sent and before and before.digest == wanted:
            known[file.path] = before
        elif there and not is_sent and has_same(file, there):
            known[file.path] = SentFile(wanted, there.size, there.tag)
        else:
            groups[_find_group(file.path, is_new=there is None)].append(file)
    gone = sorted(remote.keys() - {file.path for file in local})
    deleted = tuple(path for path in gone if deletes_foreign or path in owned)
    return Plan(
        **{name: tuple(files) for name, files in groups.items()},
        deleted=deleted,
        known=known,
        foreign=tuple(path for path in gone if path not in deleted),
    )


def _find_group(path: str, *, is_new: bool) -> str:
    if path.endswith(_PAGES):
        return "new_pages" if is_new else "changed_pages"
    return "lists" if path.removesuffix(".gz").removesuffix(".br").endswith(_LISTS) else "assets"

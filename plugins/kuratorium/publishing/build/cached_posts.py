"""The edition as the last build read it: kept by the store, and in memory for as long as a preview runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import msgspec
from msgspec import Struct

from ...edition import formats
from ...edition.model import Listed, ListedLeaf
from ...edition.paths import Linked, is_text
from ...edition.registry import Registry
from ...files import digest
from .. import assets, links
from ..inbox_headlines import Waiting
from ..links import AddressOf
from ..posts import Listing, Text, gather, key_of
from ..urls import Paths
from .cache import Broken, Store

_encode = msgspec.json.Encoder().encode
_PAGES = f"{formats.PAGES}/"
_ORDER = {format: place for place, format in enumerate(formats.FOLDERS)}
_POST = msgspec.json.Decoder(Listed)
_LEAF = msgspec.json.Decoder(ListedLeaf)


class Body(Struct, frozen=True):
    """A body without its HTML: the file it comes from, its digest, and the files it leads to."""

    file: str
    digest: str
    links: tuple[str, ...]


class Memory:
    """What the store knows of texts and registry, read when it is first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def registry(self) -> Registry | None:
        """The registry that the texts were read with."""
        kept = self._store.value("registry")
        return msgspec.json.decode(kept, type=Registry) if kept else None

    @cached_property
    def waiting(self) -> dict[str, Waiting]:
        """File -> what waits for a note in the inbox."""
        return msgspec.json.decode(self._store.value("waiting") or b"{}", type=dict[str, Waiting])

    @cached_property
    def listed(self) -> dict[str, Listed | ListedLeaf]:
        """File -> what is listed of it."""
        return {file: _decode(file, listed) for file, listed in self._store.listed()}

    @cached_property
    def bodies(self) -> dict[str, Body]:
        """Key -> body."""
        found = {
            key: Body(file, digest, tuple(msgspec.json.decode(links)) if links else ())
            for file, key, digest, links in self._store.bodies()
        }
        if found.keys() != {key_of(listed) for listed in self.listed.values()}:
            raise Broken("texts and bodies are not the same")
        return found

    def linked(self, known: Registry) -> Linked:
        """The files that texts lead to, but for other texts."""
        named = (
            (self.listed[body.file].meta.withheld, [file for file in body.links if not is_text(file)])
            for body in self.bodies.values()
            if body.links
        )
        return assets.linked(named, known)

    def one(self, file: str) -> Listed | ListedLeaf | None:
        """What is listed of one file, without reading all."""
        if "listed" in self.__dict__:
            return self.listed.get(file)
        kept = self._store.text("file", file)
        return _decode(file, kept) if kept else None

    def by_uid(self, uid: str) -> Listed:
        """What is listed of the post with this uid; KeyError where there is none."""
        kept = self._store.text("key", uid)
        if not kept:
            raise KeyError(uid)
        return _POST.decode(kept)

    def links(self, file: str) -> tuple[str, ...]:
        """The files that a text leads to."""
        kept = self._store.links(file)
        return tuple(msgspec.json.decode(kept)) if kept else ()

    def html(self, key: str, fresh: Mapping[str, str]) -> tuple[str, str]:
        """The file and the HTML of a body; `fresh` are bodies by file that need not be looked up."""
        file = self.bodies[key].file if "bodies" in self.__dict__ else ""
        return (file, fresh[file]) if file in fresh else self._store.html(key)

    def keep(self, registry: Registry, texts: Iterable[Text], gone: Iterable[str]) -> None:
        """Keep sound texts and the registry that they were read with; forget the unsound ones and the `gone`."""
        texts = list(texts)
        dropped = [*gone, *(text.file for text in texts if text.problems)]
        self._store.drop_texts(dropped)
        sound = [(text, text.listed) for text in texts if text.listed and not text.problems]
        self._store.keep_texts(_row(text, listed) for text, listed in sound)
        if registry is not self.__dict__.get("registry"):
            self._store.keep_value("registry", _encode(registry))
            self.registry = registry
        if "listed" in self.__dict__:
            for file in dropped:
                self.listed.pop(file, None)
            self.listed.update((text.file, listed) for text, listed in sound)
        self.__dict__.pop("bodies", None)

    def keep_waiting(self, waiting: dict[str, Waiting]) -> None:
        """Keep what waits in the inbox."""
        if waiting is not self.waiting:
            self._store.keep_value("waiting", _encode(waiting))
            self.waiting = waiting

    def listing(self, registry: Registry) -> Listing:
        """List all texts in the order of format and file, and what waits."""
        return gather(registry, in_order(self.listed.values()), self.waiting.values())

    def address_of(self, paths: Paths, assets: Iterable[str]) -> AddressOf:
        """Make what tells where a file of the edition is in the site."""
        copied = links.copied(assets)

        def address(file: str) -> str | None:
            text = self.one(file)
            return path_of(text, paths) if text else copied.get(file)

        return address


def in_order(texts: Iterable[Listed | ListedLeaf]) -> list[Listed | ListedLeaf]:
    """Sort texts by format and file, pages last: as the edition reads them."""
    return sorted(texts, key=lambda text: (_ORDER[text.format if isinstance(text, Listed) else ""], text.file))


def path_of(text: Listed | ListedLeaf, paths: Paths) -> str:
    """Where a text's own page lies."""
    return paths.post(text.format, text.slug) if isinstance(text, Listed) else paths.leaf(text.slug)


def body_digests(bodies: Mapping[str, Body], address_of: Callable[[str], str | None]) -> dict[str, str]:
    """Digest bodies as pages show them: with the addresses that their links lead to."""
    return {
        key: digest([body.digest, [address_of(file) for file in body.links]]) if body.links else body.digest
        for key, body in bodies.items()
    }


def _row(text: Text, listed: Listed | ListedLeaf) -> tuple[str, str, bytes, str, str, bytes]:
    links = _encode(text.links).decode() if text.links else ""
    return text.file, key_of(listed), _encode(listed), digest(text.html), links, text.html.encode()


def _decode(file: str, listed: bytes) -> Listed | ListedLeaf:
    return _LEAF.decode(listed) if file.startswith(_PAGES) else _POST.decode(listed)

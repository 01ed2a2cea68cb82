"""The edition as the last build read it: kept by the store, and in memory for as long as a preview runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import msgspec
from msgspec import Struct

from ...edition import formats
from ...edition.model import PostSummary, StandalonePageSummary
from ...edition.paths import LinkedFiles, is_post_or_page
from ...edition.registry import Registry
from ...files import digest_value
from .. import assets, links
from ..inbox_headlines import InboxItem
from ..links import AddressFinder
from ..posts import EditionSummary, LoadedText, collect_summaries, get_body_key
from ..urls import Paths
from .cache import Cache, CorruptCacheError

_encode = msgspec.json.Encoder().encode
_STANDALONE_PAGES_FOLDER = f"{formats.STANDALONE_PAGES_FOLDER}/"
_FORMAT_ORDER = {format: place for place, format in enumerate(formats.FOLDERS_BY_FORMAT)}
_POST_DECODER = msgspec.json.Decoder(PostSummary)
_STANDALONE_PAGE_DECODER = msgspec.json.Decoder(StandalonePageSummary)


class CachedBody(Struct, frozen=True):
    """A body without its HTML: the file it comes from, its digest, and the files it leads to."""

    file: str
    digest: str
    links: tuple[str, ...]


class CachedPosts:
    """What the store knows of texts and registry, read when it is first asked for."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @cached_property
    def registry(self) -> Registry | None:
        """The registry that the texts were read with."""
        kept = self._cache.read_value("registry")
        return msgspec.json.decode(kept, type=Registry) if kept else None

    @cached_property
    def inbox_items(self) -> dict[str, InboxItem]:
        """File -> what waits for a note in the inbox."""
        return msgspec.json.decode(self._cache.read_value("waiting") or b"{}", type=dict[str, InboxItem])

    @cached_property
    def summaries(self) -> dict[str, PostSummary | StandalonePageSummary]:
        """File -> what is listed of it."""
        return {file: _decode_summary(file, listed) for file, listed in self._cache.read_all_summaries()}

    @cached_property
    def bodies(self) -> dict[str, CachedBody]:
        """Key -> body."""
        found = {
            key: CachedBody(file, digest, tuple(msgspec.json.decode(links)) if links else ())
            for file, key, digest, links in self._cache.read_body_records()
        }
        if found.keys() != {get_body_key(listed) for listed in self.summaries.values()}:
            raise CorruptCacheError("texts and bodies are not the same")
        return found

    def find_linked_files(self, registry: Registry) -> LinkedFiles:
        """The files that texts lead to, but for other texts."""
        named = (
            (self.summaries[body.file].meta.is_withheld, [file for file in body.links if not is_post_or_page(file)])
            for body in self.bodies.values()
            if body.links
        )
        return assets.sort_linked_files(named, registry)

    def find_summary(self, file: str) -> PostSummary | StandalonePageSummary | None:
        """What is listed of one file, without reading all."""
        if "summaries" in self.__dict__:
            return self.summaries.get(file)
        kept = self._cache.find_summary("file", file)
        return _decode_summary(file, kept) if kept else None

    def get_post_summary(self, uid: str) -> PostSummary:
        """What is listed of the post with this uid; KeyError where there is none."""
        kept = self._cache.find_summary("key", uid)
        if not kept:
            raise KeyError(uid)
        return _POST_DECODER.decode(kept)

    def read_links(self, file: str) -> tuple[str, ...]:
        """The files that a text leads to."""
        kept = self._cache.read_links(file)
        return tuple(msgspec.json.decode(kept)) if kept else ()

    def read_body(self, key: str, new_html: Mapping[str, str]) -> tuple[str, str]:
        """The file and the HTML of a body; `fresh` are bodies by file that need not be looked up."""
        file = self.bodies[key].file if "bodies" in self.__dict__ else ""
        return (file, new_html[file]) if file in new_html else self._cache.read_body(key)

    def save_texts(self, registry: Registry, texts: Iterable[LoadedText], removed_files: Iterable[str]) -> None:
        """Keep sound texts and the registry that they were read with; forget the unsound ones and the `gone`."""
        texts = list(texts)
        dropped = [*removed_files, *(text.file for text in texts if text.problems)]
        self._cache.delete_texts(dropped)
        sound = [(text, text.summary) for text in texts if text.summary and not text.problems]
        self._cache.save_texts(_make_row(text, listed) for text, listed in sound)
        if registry is not self.__dict__.get("registry"):
            self._cache.save_value("registry", _encode(registry))
            self.registry = registry
        if "summaries" in self.__dict__:
            for file in dropped:
                self.summaries.pop(file, None)
            self.summaries.update((text.file, listed) for text, listed in sound)
        self.__dict__.pop("bodies", None)

    def save_inbox_items(self, inbox_items: dict[str, InboxItem]) -> None:
        """Keep what waits in the inbox."""
        if inbox_items is not self.inbox_items:
            self._cache.save_value("waiting", _encode(inbox_items))
            self.inbox_items = inbox_items

    def build_listing(self, registry: Registry) -> EditionSummary:
        """List all texts in the order of format and file, and what waits."""
        return collect_summaries(registry, sort_texts(self.summaries.values()), self.inbox_items.values())

    def make_address_finder(self, paths: Paths, assets: Iterable[str]) -> AddressFinder:
        """Make what tells where a file of the edition is in the site."""
        copied = links.map_copied_files(assets)

        def address(file: str) -> str | None:
            text = self.find_summary(file)
            return find_page_path(text, paths) if text else copied.get(file)

        return address


def sort_texts(texts: Iterable[PostSummary | StandalonePageSummary]) -> list[PostSummary | StandalonePageSummary]:
    """Sort texts by format and file, pages last: as the edition reads them."""
    return sorted(
        texts, key=lambda text: (_FORMAT_ORDER[text.format if isinstance(text, PostSummary) else ""], text.file)
    )


def find_page_path(text: PostSummary | StandalonePageSummary, paths: Paths) -> str:
    """Where a text's own page lies."""
    return paths.post(text.format, text.slug) if isinstance(text, PostSummary) else paths.standalone_page(text.slug)


def digest_bodies(bodies: Mapping[str, CachedBody], find_address: Callable[[str], str | None]) -> dict[str, str]:
    """Digest bodies as pages show them: with the addresses that their links lead to."""
    return {
        key: digest_value([body.digest, [find_address(file) for file in body.links]]) if body.links else body.digest
        for key, body in bodies.items()
    }


def _make_row(text: LoadedText, listed: PostSummary | StandalonePageSummary) -> tuple[str, str, bytes, str, str, bytes]:
    links = _encode(text.links).decode() if text.links else ""
    return text.file, get_body_key(listed), _encode(listed), digest_value(text.html), links, text.html.encode()


def _decode_summary(file: str, listed: bytes) -> PostSummary | StandalonePageSummary:
    return (
        _STANDALONE_PAGE_DECODER.decode(listed)
        if file.startswith(_STANDALONE_PAGES_FOLDER)
        else _POST_DECODER.decode(listed)
    )

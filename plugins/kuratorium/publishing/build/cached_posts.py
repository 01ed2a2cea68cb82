"""The edition as the last build read it: in the cache, and in memory as long as a preview runs."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from ...edition import formats
from ...edition.model import Post, PostSummary, StandalonePageSummary
from ...edition.paths import CONTENT_PREFIX, LinkedFiles, is_post_or_page
from ...edition.registry import Registry
from ...files import digest_value
from .. import assets, links
from ..inbox_headlines import PublicInboxItem
from ..links import AddressFinder
from ..post_lists import LISTS, Entry, TextFacts, make_entry
from ..posts import EditionSummary, LoadedText, collect_summaries, get_body_key, is_published_at
from ..urls import Paths
from .cache import Cache, CorruptCacheError

_encode = msgspec.json.Encoder().encode
_STANDALONE_PAGES_FOLDER = f"{formats.STANDALONE_PAGES_FOLDER}/"
_FORMAT_ORDER = {format: index for index, format in enumerate(formats.FOLDERS_BY_FORMAT)}
_POST_DECODER = msgspec.json.Decoder(PostSummary)
_MEMORY_LIMIT = 5_000  # summaries and lists that are kept from one build of a preview to the next
_STANDALONE_PAGE_DECODER = msgspec.json.Decoder(StandalonePageSummary)


class CachedBody(Struct, frozen=True):
    """A body without its HTML: its file, its digest, and the files that it links to."""

    file: str
    digest: str
    links: tuple[str, ...]


class CachedPosts:
    """The texts and the registry in the cache, read from it when they are first needed."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._registry: Registry | None = None
        self._inbox_items: dict[str, PublicInboxItem] | None = None
        self._summaries: dict[str, PostSummary | StandalonePageSummary] | None = None
        self._bodies: dict[str, CachedBody] | None = None
        self._summaries_by_uid: dict[str, PostSummary] = {}  # as far as a preview has looked at them
        self.lists: dict[tuple[str, str], list[Entry]] = {}  # likewise
        """Kind and key -> sorted entries of a list of posts: those that `CachedIndex` has read so far."""

    @property
    def registry(self) -> Registry | None:
        """The registry that the texts were read with; None before the first build."""
        if self._registry is None and (data := self._cache.read_value("registry")):
            self._registry = msgspec.json.decode(data, type=Registry)
        return self._registry

    @property
    def inbox_items(self) -> dict[str, PublicInboxItem]:
        """File -> item of the inbox that may be shown."""
        if self._inbox_items is None:
            data = self._cache.read_value("inbox_items") or b"{}"
            self._inbox_items = msgspec.json.decode(data, type=dict[str, PublicInboxItem])
        return self._inbox_items

    @property
    def summaries(self) -> dict[str, PostSummary | StandalonePageSummary]:
        """File -> summary."""
        if self._summaries is None:
            self._summaries = {file: _decode_summary(file, data) for file, data in self._cache.read_summaries()}
        return self._summaries

    @property
    def bodies(self) -> dict[str, CachedBody]:
        """Key -> body; raises CorruptCacheError if bodies and summaries do not match."""
        if self._bodies is None:
            self._bodies = {
                key: CachedBody(file, digest, tuple(msgspec.json.decode(links)) if links else ())
                for file, key, digest, links in self._cache.read_body_records()
            }
            # A row without its counterpart is damage that SQLite does not notice.
            if self._bodies.keys() != {get_body_key(summary) for summary in self.summaries.values()}:
                raise CorruptCacheError("summaries and bodies do not match")
        return self._bodies

    def find_linked_files(self, registry: Registry) -> LinkedFiles:
        """Return the files that texts link to, other than texts."""
        texts = (
            (summary.meta.is_withheld, [file for file in body.links if not is_post_or_page(file)], _list_drawn(summary))
            for body in self.bodies.values()
            if body.links
            for summary in [self.summaries[body.file]]
        )
        return assets.sort_linked_files(texts, registry)

    def find_summary(self, file: str) -> PostSummary | StandalonePageSummary | None:
        """Return the summary of one file without reading all; None if it is not in the cache."""
        if self._summaries is not None:
            return self._summaries.get(file)
        data = self._cache.find_summary("file", file)
        return _decode_summary(file, data) if data else None

    def get_post_summary(self, uid: str) -> PostSummary:
        """Return the summary of the post with this uid; raises KeyError if there is none."""
        summary = self._summaries_by_uid.get(uid)
        if not summary:
            data = self._cache.find_summary("key", uid)
            if not data:
                raise KeyError(uid)
            summary = self._summaries_by_uid[uid] = _POST_DECODER.decode(data)
        return summary

    def list_standalone_pages(self) -> list[StandalonePageSummary]:
        """Return the summaries of all standalone pages, without reading those of posts."""
        return [
            _STANDALONE_PAGE_DECODER.decode(data) for _, data in self._cache.read_summaries(_STANDALONE_PAGES_FOLDER)
        ]

    def is_free(self, post: PostSummary) -> bool:
        """Return whether no other text has the uid or the slug of a post, or links to its file."""
        link = _encode(post.file).decode()
        return self._cache.find_texts(key=post.meta.uid, slug=_make_slug_key(post), link=link) <= {post.file}

    def read_links(self, file: str) -> tuple[str, ...]:
        """Return the files that a text links to."""
        data = self._cache.read_links(file)
        return tuple(msgspec.json.decode(data)) if data else ()

    def read_html(self, key: str) -> str:
        """Return the HTML of a body."""
        return self._cache.read_body(key)[1].decode()

    def find_body_file(self, key: str) -> str:
        """Return the file of a body, if all of them are in memory; else an empty string."""
        return self._bodies[key].file if self._bodies is not None else ""

    def save_texts(self, registry: Registry, texts: Iterable[LoadedText], removed_files: Iterable[str]) -> None:
        """Save valid texts and the registry that they were read with; delete invalid and removed ones."""
        texts = list(texts)
        dropped = [*removed_files, *(text.file for text in texts if text.problems)]
        self._cache.delete_texts(dropped)
        valid = [(text, text.summary) for text in texts if text.summary and not text.problems]
        self._cache.save_texts(_build_row(text, summary) for text, summary in valid)
        # Not read again, it is the same object; then it need not be encoded, which grows with the edition.
        if registry is not self._registry:
            self._cache.save_value("registry", _encode(registry))
            self._registry = registry
        if self._summaries is not None:
            for file in dropped:
                self._summaries.pop(file, None)
            self._summaries.update((text.file, summary) for text, summary in valid)
        self._bodies = None  # their keys may have changed; read again when they are needed
        self._forget_summaries({*dropped, *(text.file for text, _ in valid)})

    def _forget_summaries(self, files: set[str]) -> None:
        kept = {} if len(self._summaries_by_uid) > _MEMORY_LIMIT else self._summaries_by_uid
        self._summaries_by_uid = {uid: summary for uid, summary in kept.items() if summary.file not in files}

    def save_inbox_items(self, inbox_items: dict[str, PublicInboxItem]) -> None:
        """Save the items of the inbox."""
        if inbox_items is not self.inbox_items:
            self._cache.save_value("inbox_items", _encode(inbox_items))
            self._inbox_items = inbox_items

    def build_edition_summary(self, registry: Registry) -> EditionSummary:
        """Return the summaries of all texts, sorted by format and file, and the inbox."""
        return collect_summaries(registry, sort_texts(self.summaries.values()), self.inbox_items.values())

    def build_address_finder(self, paths: Paths, assets: Iterable[str]) -> AddressFinder:
        """Return a function: file of the edition -> its path in the site, None if it is not there."""
        path_by_file = links.map_copied_files(assets)

        def find_address(file: str) -> str | None:
            summary = self.find_summary(file)
            return find_page_path(summary, paths) if summary else path_by_file.get(file)

        return find_address


def _list_drawn(summary: PostSummary | StandalonePageSummary) -> frozenset[str]:
    """Return the files that a text shows as pictures that are drawn anew, and to which it does not link."""
    files = (f"{CONTENT_PREFIX}{picture.file}" for picture in summary.pictures if picture.formats)
    return frozenset(files).difference(summary.linked_pictures)


def sort_texts(texts: Iterable[PostSummary | StandalonePageSummary]) -> list[PostSummary | StandalonePageSummary]:
    """Sort texts by format and file, standalone pages last, as the loader reads them."""
    return sorted(
        texts, key=lambda text: (_FORMAT_ORDER[text.format if isinstance(text, PostSummary) else ""], text.file)
    )


def find_page_path(text: PostSummary | StandalonePageSummary, paths: Paths) -> str:
    """Return the path of a text's own page, from the site's root."""
    return paths.post(text.format, text.slug) if isinstance(text, PostSummary) else paths.standalone_page(text.slug)


def digest_bodies(bodies: Mapping[str, CachedBody], find_address: Callable[[str], str | None]) -> dict[str, str]:
    """Return key -> digest of bodies as pages show them: a link may lead to another address than before."""
    return {
        key: digest_value([body.digest, [find_address(file) for file in body.links]]) if body.links else body.digest
        for key, body in bodies.items()
    }


class BodyDigests(Mapping[str, str]):
    """Key -> digest of bodies as pages show them, each read from the cache when it is asked for."""

    def __init__(self, cache: Cache, find_address: AddressFinder) -> None:
        self._cache = cache
        self._find_address = find_address

    def __getitem__(self, key: str) -> str:
        for file, _, digest, encoded_links in self._cache.read_body_records(key):
            body = CachedBody(file, digest, tuple(msgspec.json.decode(encoded_links)) if encoded_links else ())
            return digest_bodies({key: body}, self._find_address)[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (key for _, key, _, _ in self._cache.read_body_records())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class CachedIndex:
    """The lists of posts in the cache, with the posts that are `add`ed; `resolve` returns the post of a summary."""

    def __init__(
        self, cache: Cache, posts: CachedPosts, resolve: Callable[[PostSummary], Post], as_of: datetime
    ) -> None:
        self._cache = cache
        self._posts = posts
        self._resolve = resolve
        self._as_of = as_of
        if len(posts.lists) > _MEMORY_LIMIT:
            posts.lists.clear()
        self._lists = posts.lists
        self._added: dict[str, dict[str, int]] = defaultdict(dict)  # kind -> key -> number of added entries
        self._loaded: dict[str, Post] = {}

    def read(self, kind: str, key: str) -> list[Entry]:
        """Return the sorted entries of a list; empty if there is no such list."""
        if (kind, key) not in self._lists:
            data = self._cache.read_post_list(kind, key)
            self._lists[kind, key] = msgspec.msgpack.decode(data, type=list[Entry]) if data else []
        return self._lists[kind, key]

    def count(self, kind: str) -> Mapping[str, int]:
        """Return key -> number of entries of each list of a kind."""
        counts = self._cache.count_post_lists(kind)
        return counts | {key: counts.get(key, 0) + number for key, number in self._added[kind].items()}

    def load_post(self, uid: str) -> Post:
        """Return the post of an entry."""
        if uid not in self._loaded:
            self._loaded[uid] = self._resolve(self._posts.get_post_summary(uid))
        return self._loaded[uid]

    def find_post(self, uid: str) -> Post | None:
        """Return the published post with this uid, also if it is hidden; None if there is none."""
        try:
            summary = self._posts.get_post_summary(uid)
        except KeyError:
            return None
        return self.load_post(uid) if is_published_at(summary, self._as_of) else None

    def find_facts(self, uid: str) -> TextFacts:
        """Return what lists need of the text of a post."""
        summary = self._posts.get_post_summary(uid)
        linked = map(self._posts.find_summary, summary.linked_files)
        posts = (post for post in linked if isinstance(post, PostSummary) and is_published_at(post, self._as_of))
        return TextFacts(tuple(post.meta.uid for post in posts), summary.quoted_names)

    def add(self, post: Post) -> None:
        """Add a post to its lists."""
        facts = self.find_facts(post.uid)
        for kind, find_keys in LISTS.items():
            for key in find_keys(post, facts):
                insort(self.read(kind, key), make_entry(post))
                self._added[kind][key] = self._added[kind].get(key, 0) + 1

    def encode_extended(self) -> list[EncodedList]:
        """Return the lists to which posts were added, for the cache."""
        return [encode_list(kind, key, self.read(kind, key)) for kind, keys in self._added.items() for key in keys]


EncodedList = tuple[str, str, int, bytes]
"""Kind and key of a list, its length, and its entries."""


def encode_list(kind: str, key: str, entries: list[Entry]) -> EncodedList:
    """Encode a list for the cache."""
    return kind, key, len(entries), msgspec.msgpack.encode(entries)


def _make_slug_key(summary: PostSummary | StandalonePageSummary) -> str:
    # Posts have slugs of their own, and so have standalone pages.
    return f"post {summary.slug}" if isinstance(summary, PostSummary) else f"page {summary.slug}"


def _build_row(
    text: LoadedText, summary: PostSummary | StandalonePageSummary
) -> tuple[str, str, str, bytes, str, str, bytes]:
    encoded_links = _encode(text.links).decode() if text.links else ""
    key = get_body_key(summary)
    return text.file, key, _make_slug_key(summary), _encode(summary), text.html_digest, encoded_links, text.html


def _decode_summary(file: str, data: bytes) -> PostSummary | StandalonePageSummary:
    return (
        _STANDALONE_PAGE_DECODER.decode(data)
        if file.startswith(_STANDALONE_PAGES_FOLDER)
        else _POST_DECODER.decode(data)
    )

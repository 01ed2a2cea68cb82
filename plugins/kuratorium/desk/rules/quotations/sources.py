"""The rules that compare posts with the texts of works: altered quotations, and copied passages.

Texts are those that pulls have archived on this machine, else those that visits to the works have found. A work whose
text is not known is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from pathlib import Path

from msgspec import Struct, json

from .... import urls
from ....edition import loader, prose
from ....edition.fields import Violation
from ....edition.loader import Edition
from ....edition.model import PostFile
from ....process_pool import choose_process_count, map_chunks
from ....translations import N_
from ..links.outgoing.links import find_page
from ..links.outgoing.store import LINKS_FILE, LinkStore
from ..text_cache import TextCache
from .comparison import (
    Comparison,
    SourceText,
    compare_quotation,
    find_copied_passages,
    find_inline_quotations,
    has_passage,
    is_within,
)

_MAX_SHOWN = 160  # characters of a passage in a message

_ALTERED = N_("the quotation is not what the source says: {diff}")
_ALTERED_HINT = N_("Quote unaltered; what you change stands in square brackets, what you leave out is […].")
_CUT = N_("words are left out of the quotation without a mark: {diff}")
_CUT_HINT = N_("Write […] where words are left out.")
_COPIED = N_("{count} words in a row are those of {work}, without quotation marks: {passage}")
_COPIED_HINT = N_("Quote the passage, with its source under it, or say it in your own words.")
_KIND = "sources"  # of what the cache holds


class ComparedPost(Struct, frozen=True):
    """A post with the texts of its works, by address."""

    post: PostFile
    sources: Mapping[str, SourceText]


class ArchivedWork(Struct, frozen=True):
    """The number of a work's text in the archive, 0 if a visit has found it, and a digest that changes with it."""

    number: int
    digest: bytes


Works = Mapping[str, ArchivedWork]
"""The works of a post that the archive holds, by address."""


class QuotedText(Struct, frozen=True):
    """Words that a post quotes: their line in the body, from 0, and the address of their source, if one is named."""

    line: int
    text: str
    address: str = ""


def compare_posts(
    edition: Edition, cache: TextCache | None, gettext: Callable[[str], str], copied_words: int
) -> list[Comparison]:
    """Compare the posts of an edition with their works, as far as the archive of this machine holds these."""
    archived = find_archived_works(edition.root, edition.post_files)
    posts = [(post, archived[post.file]) for post in edition.post_files if post.file in archived]
    keys = {post.file: _find_key(cache, post, works) if cache else b"" for post, works in posts}
    results = {
        post.file: result
        for post, _ in posts
        if cache and (result := cache.get(_KIND, post.file, keys[post.file], Comparison)) is not None
    }
    missing = [pair for pair in posts if pair[0].file not in results]
    compare = partial(_compare_chunk, edition.root, gettext, copied_words)
    for chunk in map_chunks(missing, compare, choose_process_count(len(missing))):
        results |= chunk
    for post, _ in missing:
        if cache:
            cache.put(_KIND, post.file, keys[post.file], json.encode(results[post.file]))
    return [results[post.file] for post, _ in posts]


def _find_key(cache: TextCache, post: PostFile, works: Works) -> bytes:
    return cache.find_key(post, json.encode([(address, work.digest) for address, work in works.items()]))


def _compare_chunk(
    root: Path, gettext: Callable[[str], str], copied_words: int, chunk: Sequence[tuple[PostFile, Works]]
) -> dict[str, Comparison]:
    results: dict[str, Comparison] = {}
    for compared in read_compared_posts(root, chunk):
        post = compared.post
        altered = [(post, found) for found in find_altered_quotations(compared, gettext)]
        copied = [(post, found) for found in find_copies(compared, gettext, copied_words)]
        results[post.file] = Comparison(
            [*loader.report_violations(root, altered)], [*loader.report_violations(root, copied)]
        )
    return results


def find_altered_quotations(compared: ComparedPost, gettext: Callable[[str], str]) -> Iterator[Violation]:
    """Yield the quotations of a post that are not what their source says."""
    for quoted in list_quoted_texts(compared.post.body):
        own = compared.sources.get(quoted.address) if quoted.address else None
        if quoted.address and not own:
            continue
        candidates = [own] if own else list(compared.sources.values())
        if any(has_passage(quoted.text, source) for source in candidates):
            continue
        found = (compare_quotation(quoted.text, source) for source in candidates)
        for difference in next((differences for differences in found if differences), ()):
            message, hint = (_CUT, _CUT_HINT) if difference.is_cut else (_ALTERED, _ALTERED_HINT)
            text = gettext(message).format(diff=difference.diff)
            yield Violation((), text, gettext(hint), compared.post.body_line + quoted.line)


def find_copies(compared: ComparedPost, gettext: Callable[[str], str], min_words: int) -> Iterator[Violation]:
    """Yield the passages of a post that are those of a work, outside quotation marks."""
    post = compared.post
    titles = [work.title for work in post.meta.bookmark_of]
    paragraphs = list(prose.find_own_paragraphs(post.body))
    for address, source in compared.sources.items():
        for paragraph in paragraphs:
            for passage in find_copied_passages(paragraph, source, min_words):
                if not is_within(passage, titles):
                    shown = f"{passage.text[:_MAX_SHOWN]}{'…' if len(passage.text) > _MAX_SHOWN else ''}"
                    message = gettext(_COPIED).format(count=passage.word_count, work=address, passage=f"“{shown}”")
                    line = post.body_line + _find_line(post.body, passage.text)
                    yield Violation((), message, gettext(_COPIED_HINT), line)


def list_quoted_texts(body: str) -> Iterator[QuotedText]:
    """Yield what a body quotes in blocks, and between quotation marks in its own paragraphs."""
    for quotation in prose.find_quotations(body):
        if not quotation.has_source_above:
            yield QuotedText(quotation.line, quotation.text, prose.find_source_address(quotation.attribution))
    for paragraph in prose.find_own_paragraphs(body):
        for text in find_inline_quotations(paragraph):
            yield QuotedText(_find_line(body, text), text)


def _find_line(body: str, text: str) -> int:
    """Return the line of a body, from 0, on which a plain text begins; the first if its words stand nowhere so."""
    words = re.findall(r"\w+", text)[:4]
    match = re.search(r"\W+".join(map(re.escape, words)), body) if words else None
    return body.count("\n", 0, match.start()) if match else 0


def find_archived_works(root: Path, posts: Iterable[PostFile]) -> dict[str, dict[str, ArchivedWork]]:
    """Return, by file, the works that published posts recommend or quote, by address, if their text is known."""
    addresses = {post.file: _list_addresses(post) for post in posts if not post.meta.has_no_readers}
    wanted = {address for found in addresses.values() for address in found}
    if not wanted:
        return {}
    known = {**_find_visited(root, wanted), **_find_archived(root, wanted)}
    return {
        file: {address: known[address] for address in found if address in known}
        for file, found in addresses.items()
        if not known.keys().isdisjoint(found)
    }


def _find_archived(root: Path, wanted: Collection[str]) -> dict[str, ArchivedWork]:
    from ....intake.archive import ARCHIVE_FILE, Archive  # noqa: PLC0415 - 0.2 s, and most checks in CI have none

    if not (root / ARCHIVE_FILE).exists():
        return {}
    with Archive(root, write=False) as archive:
        links = archive.list_links()
    works = {number: ArchivedWork(number, digest) for _, number, digest in links}
    numbers = _match_links(wanted, ((link, number) for link, number, _ in links))
    return {address: works[number] for address, number in numbers.items()}


def _find_visited(root: Path, wanted: Collection[str]) -> dict[str, ArchivedWork]:
    with _open_visited(root) as store:
        digests = store.read_digests() if store else {}
    pages = {address: find_page(address) for address in wanted}
    return {address: ArchivedWork(0, digests[page]) for address, page in pages.items() if page in digests}


def read_compared_posts(
    root: Path, works_by_post: Iterable[tuple[PostFile, Mapping[str, ArchivedWork]]]
) -> Iterator[ComparedPost]:
    """Yield posts with the texts of their works."""
    from ....intake.archive import Archive  # noqa: PLC0415 - see above

    with Archive(root, write=False) as archive, _open_visited(root) as store:
        read_archived = cache(lambda number: SourceText(archive.read_text(number)))
        read_visited = cache(lambda page: SourceText(_read_visited_text(store, page)))
        for post, works in works_by_post:
            texts = {
                address: read_archived(work.number) if work.number else read_visited(find_page(address))
                for address, work in works.items()
            }
            yield ComparedPost(post, {address: source for address, source in texts.items() if source.text})


def _open_visited(root: Path) -> AbstractContextManager[LinkStore | None]:
    """Return what visits have found; None if there were none."""
    return LinkStore(root) if (root / LINKS_FILE).exists() else nullcontext()


def _read_visited_text(store: LinkStore | None, page: str) -> str:
    """Return the text of a page when it was first visited, or read again."""
    known = store.read([page]) if store else {}
    return known[page][1].first if page in known else ""


def _match_links(addresses: Iterable[str], links: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the number of the entry with each address, as far as there is one."""
    keys = {address: urls.normalize_url(address) for address in addresses}
    # Most links of an archive are recommended nowhere; comparing the ends costs a tenth of normalizing all.
    ends = {key.rstrip("/")[-8:].casefold() for key in keys.values()}
    numbers = {
        urls.normalize_url(link): number
        for link, number in links
        if link.partition("#")[0].partition("?")[0].rstrip("/")[-8:].casefold() in ends
        or link.partition("#")[0].rstrip("/")[-8:].casefold() in ends
    }
    return {address: numbers[key] for address, key in keys.items() if key in numbers}


def _list_addresses(post: PostFile) -> tuple[str, ...]:
    quoted = (prose.find_source_address(item.attribution) for item in prose.find_quotations(post.body))
    works = (work.url for work in post.meta.works)
    return tuple(dict.fromkeys(address for address in (*works, *quoted) if address))

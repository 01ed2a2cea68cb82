"""The index of one language: which files it has after some of its pages changed.

Pages are numbered by their dates, then by their paths: a new post comes last, and changes no other's number. A number
that changes is in nearly every file of words; then all are made anew, from those that are there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import cbor2
from msgspec import Struct

from ...files import hash_bytes
from .pagefind import BATCH_SIZE, FoundLanguage, FoundPage, Word, find_version, pack, read_packed, unpack_words
from .pages import IndexedPage
from .records import PageRecord
from .word_files import Edit, NewWordFile, WordFile, choose_group_size, cut_words, edit_words, merge_words, move_pages


class LanguageIndex(Struct, frozen=True):
    """The files of an index: the bytes of new ones, the paths of all, the part of a name that leads to them."""

    files: dict[str, bytes]
    paths: set[str]
    hash: str
    records: list[PageRecord]


class _FormerIndex(Struct, frozen=True):
    """The index that is there, with the records of its pages in the order of their numbers."""

    folder: Path
    records: list[PageRecord]
    word_files: list[WordFile]
    fields: list[str]

    def read(self, file: WordFile) -> Iterator[Word]:
        return unpack_words(read_packed(self.folder / f"index/{file.name}.pf_index"))


class _Writer:
    """Collects the files of an index: those that are not there yet with their bytes."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.files: dict[str, bytes] = {}
        self.paths: set[str] = set()

    def add(self, data: bytes, form: str) -> str:
        """Add a file of CBOR, and return the part of its name that is made of its bytes."""
        name = self._name(data)
        self.paths.add(form.format(name))
        self.files[form.format(name)] = pack(data)
        return name

    def add_page(self, page: IndexedPage, found: FoundPage, words: Iterable[str]) -> PageRecord:
        """Add the fragment of a page, and return its record."""
        name = self._name(found.fragment)
        self.files[f"fragment/{name}.pf_fragment"] = found.fragment
        return PageRecord(page, name, found.word_count, found.filters, found.fields, "\n".join(words))

    def _name(self, data: bytes) -> str:
        return f"{self.lang}_{hash_bytes(data).hex()[:10]}"


def list_files(folder: Path, meta_hash: str, records: Iterable[PageRecord]) -> set[str]:
    """Return the paths of all files of the index of a language; raises OSError."""
    meta_file = f"pagefind.{meta_hash}.pf_meta"
    _, _, words, filters, _, _ = read_packed(folder / meta_file)
    return {
        meta_file,
        *(f"index/{name}.pf_index" for *_, name in words),
        *(f"filter/{name}.pf_filter" for _, name in filters),
        *(f"fragment/{record.fragment}.pf_fragment" for record in records),
    }


def make_language_index(
    folder: Path,
    meta_hash: str,
    known: Iterable[PageRecord],
    pages: Iterable[IndexedPage],
    found: Sequence[FoundLanguage],
) -> LanguageIndex:
    """Return the index of the `pages` of a language: what is `known` of the one in `folder`, and what was found anew.

    `meta_hash` names the index that is there; empty without one.
    """
    pages = sorted(pages, key=_order)
    former = _read_former(folder, meta_hash, known)
    writer = _Writer(pages[0].lang)
    numbers = {page.path: number for number, page in enumerate(pages)}
    found_pages = {page.path: page for language in found for page in language.pages}
    kept = {
        record.page.path: record
        for record in former.records
        if record.page.path in numbers and record.page.path not in found_pages
    }
    all_fields = [page.fields for page in kept.values()] + [page.fields for page in found_pages.values()]
    fields = sorted({*chain.from_iterable(all_fields)})
    texts: defaultdict[int, list[str]] = defaultdict(list)
    sources = [_remember(_renumber(language, numbers, fields), texts) for language in found]
    moves = [numbers[record.page.path] if record.page.path in kept else None for record in former.records]
    files = [
        WordFile(file.first, file.last, writer.add(file.data, "index/{}.pf_index"))
        if isinstance(file, NewWordFile)
        else file
        for file in _plan_word_files(former, moves, fields, sources, len(pages))
    ]
    records = [
        writer.add_page(page, found_pages[page.path], texts[number]) if page.path in found_pages else kept[page.path]
        for number, page in enumerate(pages)
    ]
    filters = [
        [name, writer.add(cbor2.dumps([name, sorted(values.items())]), "filter/{}.pf_filter")]
        for name, values in sorted(_collect_filters(records).items())
    ]
    rows = [[record.fragment, record.word_count] for record in records]
    words = [[file.first, file.last, file.name] for file in files]
    new_hash = writer.add(cbor2.dumps([find_version(), rows, words, filters, [], fields]), "pagefind.{}.pf_meta")
    paths = writer.paths | {f"fragment/{record.fragment}.pf_fragment" for record in records}
    paths |= {f"index/{file.name}.pf_index" for file in files}
    return LanguageIndex(writer.files, paths, new_hash, records)


def _order(page: IndexedPage) -> tuple[str, str]:
    return page.date, page.path


def _read_former(folder: Path, meta_hash: str, known: Iterable[PageRecord]) -> _FormerIndex:
    if not meta_hash:
        return _FormerIndex(folder, [], [], [])
    _, _, words, _, _, fields = read_packed(folder / f"pagefind.{meta_hash}.pf_meta")
    records = sorted(known, key=lambda record: _order(record.page))
    return _FormerIndex(folder, records, [WordFile(*row) for row in words], fields)


def _plan_word_files(
    former: _FormerIndex,
    moves: Sequence[int | None],
    fields: list[str],
    sources: Sequence[Iterator[Word]],
    page_count: int,
) -> Iterator[WordFile | NewWordFile]:
    """Yield the files of words: of a few new pages, those that they change; else all of them."""
    group_size = choose_group_size(page_count)
    gone = [record for record, number in zip(former.records, moves, strict=True) if number is None]
    if (
        former.word_files
        and all(new in (None, old) for old, new in enumerate(moves))
        and fields == former.fields
        and group_size == choose_group_size(len(moves))
        and len(gone) <= BATCH_SIZE >= page_count - len(moves)
    ):
        words = {word for record in gone for word in record.words.split("\n")}
        yield from edit_words(former.word_files, former.read, Edit(words, [*merge_words(sources)], moves), group_size)
    else:
        old = (word for file in former.word_files for word in former.read(file))
        own = move_pages(old, moves, _find_places(former.fields, fields), is_renamed=former.fields != fields)
        yield from cut_words(merge_words([own, *sources]), group_size)


def _renumber(language: FoundLanguage, numbers: Mapping[str, int], fields: list[str]) -> Iterator[Word]:
    moves = [numbers[page.path] for page in language.pages]
    return move_pages(
        language.read_words(), moves, _find_places(language.fields, fields), is_renamed=language.fields != fields
    )


def _find_places(names: Sequence[str], fields: Sequence[str]) -> list[int]:
    return [fields.index(name) if name in fields else 0 for name in names]  # of a field that is gone, no page has any


def _remember(words: Iterable[Word], texts: defaultdict[int, list[str]]) -> Iterator[Word]:
    """Yield the words, and add each to those of its pages."""
    for word in words:
        for number in {hit[0] for hits in (word.hits, *word.spellings.values()) for hit in hits}:
            texts[number].append(word.text)
        yield word


def _collect_filters(records: Sequence[PageRecord]) -> dict[str, dict[str, list[int]]]:
    """Return the numbers of the pages that have each value of each filter."""
    filters: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, record in enumerate(records):
        for name, values in record.filters.items():
            for value in values:
                filters[name][value].append(number)
    return {name: dict(values) for name, values in filters.items()}

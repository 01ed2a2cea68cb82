"""The filters of an index in the order of their words: Pagefind writes them in that of a hash table, anew at each run.

The same site must give the same bytes. Files of an index are CBOR, packed, behind a mark; their names are made of their
bytes, and each is named by the next: a filter by the meta data of its language, these by the entry file.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import cbor2

from ...files import hash_bytes

ENTRY_FILE = "pagefind-entry.json"
"""The file that names all others, whose names are made of their bytes."""

_MARK = b"pagefind_dcd"
_FILTERS = 3  # their place in the meta data: name and file of each


def sort_filters(folder: Path) -> None:
    """Sort the filters of a new index in `folder`, and name the files anew that differ by it."""
    entry = json.loads((folder / ENTRY_FILE).read_bytes())
    for lang, language in sorted(entry["languages"].items()):
        meta = _take(folder / f"pagefind.{language['hash']}.pf_meta")
        for pair in meta[_FILTERS]:
            name, values = _take(folder / "filter" / f"{pair[1]}.pf_filter")
            pair[1] = _write([name, sorted(values)], folder / "filter", lang, "{}.pf_filter")
        meta[_FILTERS].sort()
        language["hash"] = _write(meta, folder, lang, "pagefind.{}.pf_meta")
    entry["languages"] = dict(sorted(entry["languages"].items()))
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    (folder / ENTRY_FILE).write_text(text, "utf-8")


def _take(file: Path) -> Any:
    """Return what a file holds, and delete it."""
    values = cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(_MARK))
    file.unlink()
    return values


def _write(values: Any, folder: Path, lang: str, form: str) -> str:
    """Write values to a file, and return the part of its name that is made of them."""
    data = _MARK + cbor2.dumps(values)
    name = f"{lang}_{hash_bytes(data).hex()[:10]}"
    (folder / form.format(name)).write_bytes(gzip.compress(data, mtime=0))
    return name

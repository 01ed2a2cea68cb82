"""Ids: what front matter names is there."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Document, Listed
from ..records import Misfit
from ..registry import Registry, unknown


def references(document: Document | Listed, registry: Registry) -> Iterator[Misfit]:
    """Every id names a person, topic, source or series that is there."""
    meta = document.meta
    for field, kind in (("authors", "people"), ("topics", "topics"), ("guests", "people"), ("hosts", "people")):
        for index, one in enumerate(getattr(meta, field)):
            if isinstance(one, str) and one not in getattr(registry, kind):
                yield unknown((field, index), kind, one, getattr(registry, kind))
    for index, work in enumerate(meta.bookmark_of):
        if work.source and work.source not in registry.sources:
            yield unknown(("bookmark_of", index, "source"), "sources", work.source, registry.sources)
    # Without curation/series.yaml a series is called by its id; with it, an id that it does not know is a slip.
    if meta.series and registry.series and meta.series.id not in registry.series:
        yield unknown(("series", "id"), "series", meta.series.id, registry.series)

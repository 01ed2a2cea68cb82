"""Our records of schema.org have its names, and every page keeps to it."""

from __future__ import annotations

import inspect
from pathlib import Path

from kuratorium.publishing.metadata import vocabulary
from kuratorium.publishing.metadata.vocabulary import Thing
from tests.publishing.metadata.schema_org import PROPERTIES, find_errors, list_kinds, read_graph

RECORDS = [record for record in vars(vocabulary).values() if inspect.isclass(record) and issubclass(record, Thing)]


def test_every_record_is_a_type_of_schema_org() -> None:
    """It has the name of a type, inherits from what that is a kind of, and has none but its properties."""
    assert len(RECORDS) > 25
    for record in RECORDS:
        kinds = list_kinds(record.__name__)
        assert {base.__name__ for base in record.__mro__ if base in RECORDS} <= kinds
        for name in record.__struct_encode_fields__:
            assert name == "@id" or not kinds.isdisjoint(PROPERTIES[name][0]), (record.__name__, name)


def test_every_page_of_the_sample_keeps_to_schema_org(sample_output: Path) -> None:
    """Types, properties and the types of values are those of schema.org, and a reference leads to a node."""
    pages = [path for path in sample_output.rglob("*.html") if b"ld+json" in path.read_bytes()]
    assert len(pages) > 100
    for path in pages:
        assert [*find_errors(read_graph(path))] == [], path


def test_the_check_finds_what_is_wrong() -> None:
    """A property of another type, a value that is none, a text in place of an address, an empty text."""
    graph = [
        {"@type": "Person", "headline": "A"},
        {"@type": "Article", "author": {"@type": "Place"}, "url": "a.html", "headline": " ", "publisher": {"@id": "x"}},
    ]
    assert [*find_errors(graph)] == [
        "Person has no headline",
        "Article.author is {'@type': 'Place'}",
        "Article.url is 'a.html'",
        "Article.headline is ' '",
        "Article.publisher is {'@id': 'x'}",
    ]

"""The microformats of every page of the sample edition, as a parser of the specification reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mf2py
import pytest

from kuratorium.edition.formats import FOLDERS_BY_FORMAT

_HOST = "https://weichenwerk.example/"
_POST_FOLDERS = ("notizen", "interviews", "gespraeche", "essays", "rueckblicke", "presseschau")
_LISTS = (
    "index.html",
    *(f"{folder}.html" for folder in _POST_FOLDERS),
    "themen/fuehrung.html",
    "themen/fuehrung/notizen.html",
    "schlagworte/ki.html",
    "archiv.html",
    "archiv/2026/10.html",
    "heute-vor-jahren.html",
    "reihen/weichenstellung.html",
    "menschen/marlene-vogt.html",
)
# http://microformats.org/wiki/h-entry and its neighbours: what a parser's reader may look for.
_PROPERTIES = {
    "h-feed": {"name"},
    "h-entry": {"name", "summary", "content", "published", "updated", "author", "category", "url", "syndication"}
    | {"bookmark-of", "photo", "audio", "video"},
    "h-cite": {"name", "url", "published", "publication", "author"},
    "h-card": {"name", "url", "uid", "photo", "note", "job-title", "org", "email", "tel"},
    "h-event": {"name", "url", "start", "end", "location"},
}


def read_items(output: Path, path: str) -> list[dict[str, Any]]:
    """Return the items of a page, from the outside in."""
    items: list[dict[str, Any]] = mf2py.parse(doc=(output / path).read_text(), url=_HOST + path)["items"]
    return items


def find_items(items: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a kind, at any depth."""
    for item in items:
        if kind in item["type"]:
            yield item
        nested = [value for values in item["properties"].values() for value in values if isinstance(value, dict)]
        yield from find_items([value for value in nested + item.get("children", []) if "type" in value], kind)


@pytest.fixture(scope="module")
def entries_by_path(sample_output: Path) -> dict[str, list[dict[str, Any]]]:
    """The h-entry items of every page."""
    paths = sorted(path.relative_to(sample_output).as_posix() for path in sample_output.rglob("*.html"))
    return {path: [*find_items(read_items(sample_output, path), "h-entry")] for path in paths}


def test_an_entry_has_one_name_and_one_address_its_own(entries_by_path: dict[str, list[dict[str, Any]]]) -> None:
    """No name or address of a guest, a host or a recommended work is taken for the post's, on pages and in lists."""
    count = 0
    for path, entries in entries_by_path.items():
        for entry in entries:
            properties = entry["properties"]
            assert len(properties["name"]) == len(properties["url"]) == 1, (path, properties)
            assert properties["url"][0].startswith(_HOST), path
            assert properties["url"][0].split("/")[-2] in _POST_FOLDERS, path
            count += 1
    assert count > 200


def test_the_page_of_a_post_is_the_entry_of_this_address(entries_by_path: dict[str, list[dict[str, Any]]]) -> None:
    """It begins with one h-entry, which holds title, summary, date, text and who signed it."""
    paths = [path for path in entries_by_path if path.split("/")[0] in _POST_FOLDERS and "/" in path]
    posts = [path for path in paths if entries_by_path[path]]  # the others lead from an alias to a post
    assert {path.split("/")[0] for path in posts} == {*_POST_FOLDERS}
    assert len(_POST_FOLDERS) == len(FOLDERS_BY_FORMAT) - 1  # pages are no posts
    for path in posts:
        properties = entries_by_path[path][0]["properties"]
        assert properties["url"] == [_HOST + path]
        assert {"name", "summary", "published", "content", "author"} <= properties.keys(), path
        for author in properties["author"]:
            assert author["type"] == ["h-card"], path
            assert len(author["properties"]["name"]) == 1, path


def test_lists_of_posts_are_feeds(sample_output: Path) -> None:
    """Every kind of list is one h-feed with a name, which holds all entries of its page."""
    for path in _LISTS:
        (feed,) = find_items(read_items(sample_output, path), "h-feed")
        assert len(feed["properties"]["name"]) == 1, path
        assert not [*find_items([item for item in read_items(sample_output, path) if item != feed], "h-entry")], path
        assert [*find_items(feed["children"], "h-entry")], path


def test_recommended_works_are_citations(entries_by_path: dict[str, list[dict[str, Any]]]) -> None:
    """The bookmark of a note names the original with its title and address."""
    notes = [entries[0] for path, entries in entries_by_path.items() if path.startswith("notizen/") and entries]
    works = [work for note in notes for work in note["properties"]["bookmark-of"]]
    assert len(works) >= len(notes) > 15
    assert all(work["type"] == ["h-cite"] for work in works)
    assert all(len(work["properties"]["name"]) == len(work["properties"]["url"]) == 1 for work in works)


def test_a_talk_is_an_event_with_a_name(sample_output: Path) -> None:
    """The page of a talk holds one h-event: its name and address, beginning and end, and where it takes place."""
    for path in (sample_output / "gespraeche").glob("*.html"):
        (event,) = find_items(read_items(sample_output, f"gespraeche/{path.name}"), "h-event")
        assert {"name", "start", "end", "location"} <= event["properties"].keys(), path.name
        assert event["properties"]["url"] == [f"{_HOST}gespraeche/{path.name}"]


def test_no_property_is_there_by_accident(sample_output: Path) -> None:
    """On no page does a parser find a property that the vocabulary of its item does not have, or a name with two."""
    kinds = set()
    for path in sample_output.rglob("*.html"):
        items = read_items(sample_output, path.relative_to(sample_output).as_posix())
        for kind, known in _PROPERTIES.items():
            for item in find_items(items, kind):
                kinds.add(kind)
                assert item["properties"].keys() <= known, (path, item["properties"])
                assert len(item["properties"]["name"]) == 1, (path, item["properties"])
        assert {kind for item in items for kind in item["type"]} <= _PROPERTIES.keys(), path
    assert kinds == _PROPERTIES.keys()


def test_a_page_of_a_person_is_their_card(sample_output: Path) -> None:
    """Its first address is its own, by which others recognise the person; those elsewhere follow."""
    for path in (sample_output / "menschen").glob("*.html"):
        card, *_ = read_items(sample_output, f"menschen/{path.name}")
        own = f"{_HOST}menschen/{path.name}"
        assert card["type"] == ["h-card"]
        assert card["properties"]["uid"] == [own]
        assert card["properties"]["url"][0] == own


def test_a_list_knows_when_a_talk_was_published(entries_by_path: dict[str, list[dict[str, Any]]]) -> None:
    """Every entry of a list has its date and who signed it, also where the page shows another date."""
    for path in _LISTS:
        assert entries_by_path[path], path
        for entry in entries_by_path[path]:
            assert len(entry["properties"]["published"]) == 1, (path, entry)
            assert entry["properties"]["author"], (path, entry)


def test_the_works_of_a_person_are_theirs(sample_output: Path) -> None:
    """A work on the page of its author is a citation with this author."""
    works = [*find_items(read_items(sample_output, "menschen/tobias-kienle.html"), "h-cite")]
    assert works
    assert all(work["properties"]["author"] == ["Tobias Kienle"] for work in works)

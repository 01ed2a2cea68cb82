from __future__ import annotations

from pathlib import Path

import pytest

from kuratorium.edition import registry
from kuratorium.errors import EditionError, UsageError
from kuratorium.intake.sources import opml
from kuratorium.intake.sources.merge import MergeResult
from tests.intake.conftest import Desk

COMMENTED = """\
# Quellen: wem wir folgen.

- id: blog            # bleibt
  name:   "Der Blog"
  feed: https://www.blog.example/feed/
  topics: [transformation]

# Ende
"""


NESTED = """\
<outline text="Technik">
  <outline text="A" xmlUrl="https://a.example/"/>
  <outline text="Open-Source"><outline text="Größe &amp; Maß"><outline text="B" xmlUrl="https://b.example/"/></outline></outline>
</outline>
<outline text="Leer"/><outline text="Alt"><outline text="x" xmlUrl="https://blog.example/feed"/></outline>
"""


def import_list(desk: Desk, body: str, folder: Path | None = None, *, topics: bool = False) -> MergeResult:
    """Import an OPML list with this body from `folder`."""
    path = (folder or desk.root) / "list.opml"
    path.write_text(f'<opml version="2.0"><body>{body}</body></opml>')
    return opml.import_opml(desk.root, path, with_topics=topics)


def read_sources_text(desk: Desk) -> str:
    """Return sources.yaml as it is, including line ends."""
    return (desk.root / "curation/sources.yaml").read_bytes().decode()


def test_import_keeps_every_byte(desk: Desk) -> None:
    """New sources are appended; comments, order and spelling stay; the result is a valid registry."""
    desk.write("curation/sources.yaml", COMMENTED)
    merged = import_list(
        desk,
        '<outline text="Open Source"><outline title="Müller: der Blog" xmlUrl="https://m.example/feed"'
        ' htmlUrl="https://m.example/" language="de-DE"/></outline>',
    )
    assert (
        read_sources_text(desk)
        == merged.sources_text
        == COMMENTED
        + (
            "\n"
            "- id: mueller-der-blog\n"
            "  name: 'Müller: der Blog'\n"
            "  feed: https://m.example/feed\n"
            "  site: https://m.example/\n"
            "  topics: [open-source]\n"
            "  lang: de-DE\n"
        )
    )
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    assert [*current.sources] == ["blog", "mueller-der-blog"]
    assert (*current.sources.values(),)[1:] == merged.added_sources


def test_followed_feeds_are_not_added_again(desk: Desk) -> None:
    """A feed that is followed, or is in the list twice, is not added again; the result names it."""
    desk.write("curation/sources.yaml", COMMENTED)
    merged = import_list(desk, '<outline text="x" xmlUrl="http://blog.example/feed"/>')
    assert ([outline.title for outline in merged.existing_outlines], merged.added_sources, read_sources_text(desk)) == (
        ["x"],
        (),
        COMMENTED,
    )
    twice = '<outline text="a" xmlUrl="https://new.example/"/><outline text="b" xmlUrl="http://new.example"/>'
    merged = import_list(desk, twice)
    assert (
        [source.id for source in merged.added_sources],
        [outline.title for outline in merged.existing_outlines],
    ) == (["a"], ["b"])


@pytest.mark.parametrize(
    "start", ["", "[]\n", "[]", "# nur ein Kommentar\n", "# davor\n[]  # dahinter\n# Ende", "---\n"]
)
def test_import_into_an_empty_list(desk: Desk, start: str) -> None:
    """An empty file, an empty list and mere comments can be added to, and the comments stay."""
    desk.write("curation/sources.yaml", start)
    import_list(desk, '<outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://b.example/"/>')
    current, problems = registry.read_registry(desk.root)
    assert (problems, [*current.sources]) == ([], ["a", "b"])
    for comment in (line for line in start.splitlines() if line.startswith("#")):
        assert comment in read_sources_text(desk)


def test_indented_lists_and_windows_line_ends(desk: Desk) -> None:
    """New entries have the indentation and line ends of the file."""
    before = "  - id: a\r\n    name: A\r\n    feed: https://a.example/"
    desk.write("curation/sources.yaml", before)
    import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')
    assert read_sources_text(desk) == before + "\r\n\r\n  - id: b\r\n    name: B\r\n    feed: https://b.example/\r\n"
    assert registry.read_registry(desk.root)[1] == []


def test_ids_are_unique(desk: Desk) -> None:
    """Sources of the same name get a number; a source without a usable name is named after its host."""
    desk.write("curation/sources.yaml", "- {id: blog, name: Blog, feed: x.xml}\n")
    merged = import_list(
        desk,
        '<outline text="Blog" xmlUrl="https://1.example/"/><outline text="Blog!" xmlUrl="https://2.example/"/>'
        '<outline text="博客" xmlUrl="https://drei.example/f"/><outline xmlUrl="https://vier.example/f"/>',
    )
    assert [source.id for source in merged.added_sources] == ["blog-2", "blog-3", "drei-example", "vier-example"]
    assert [source.name for source in merged.added_sources] == ["Blog", "Blog!", "博客", "vier.example"]


def test_paths(desk: Desk, tmp_path: Path) -> None:
    """A path is relative to the list; it becomes relative to the edition if it is inside, else absolute."""
    folder = desk.root / "curation/samples"
    folder.mkdir()
    merged = import_list(
        desk, '<outline text="In" xmlUrl="sub/in.xml"/><outline text="Up" xmlUrl="../up.xml"/>', folder
    )
    assert [source.feed for source in merged.added_sources] == ["curation/samples/sub/in.xml", "curation/up.xml"]
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a b.xml").write_text("x")
    body = f'<outline text="Out" xmlUrl="a%20b.xml"/><outline text="File" xmlUrl="{(outside / "c.xml").as_uri()}"/>'
    merged = import_list(desk, body, outside)
    assert [source.feed for source in merged.added_sources] == [str(outside / "a b.xml"), str(outside / "c.xml")]


def test_other_schemes(desk: Desk) -> None:
    """feed: means http or https; other schemes are refused, and the result names them."""
    merged = import_list(
        desk,
        '<outline text="A" xmlUrl="feed://a.example/f"/><outline text="B" xmlUrl="feed:https://b.example/f"/>'
        '<outline text="C" xmlUrl="ftp://c.example/f"/><outline text="D" xmlUrl="javascript:alert(1)"/>',
    )
    assert [source.feed for source in merged.added_sources] == ["http://a.example/f", "https://b.example/f"]
    assert [outline.title for outline in merged.refused_outlines] == ["C", "D"]


def test_folders_match_topics(desk: Desk) -> None:
    """Folders and categories match a topic by its name or id, in any spelling."""
    merged = import_list(
        desk,
        '<outline text="OPEN source"><outline text="Anderes">'
        '<outline text="A" xmlUrl="https://a.example/" category="/transformation"/></outline></outline>',
    )
    assert merged.added_sources[0].topics == ("open-source", "transformation")


def test_unmatched_folders(desk: Desk) -> None:
    """By default an import creates no topics; the result names the folders of added feeds that match none."""
    desk.write("curation/sources.yaml", COMMENTED)
    before = (desk.root / "curation/topics.yaml").read_bytes()
    merged = import_list(desk, NESTED)
    assert merged.unmatched_folders == ("Technik", "Größe & Maß")
    assert [source.topics for source in merged.added_sources] == [(), ("open-source",)]
    assert (merged.new_topics, (desk.root / "curation/topics.yaml").read_bytes()) == ((), before)


def test_folders_become_topics(desk: Desk) -> None:
    """With `with_topics` an import makes topics of all folders of added feeds; topics.yaml keeps its bytes."""
    desk.write("curation/sources.yaml", COMMENTED)
    path = desk.root / "curation/topics.yaml"
    path.write_text("# Themen\n" + path.read_text() + "# Ende\n")
    before = path.read_text()
    merged = import_list(desk, NESTED, topics=True)
    assert path.read_text() == before + "\n- id: technik\n  name: Technik\n\n- id: groesse-mass\n  name: Größe & Maß\n"
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    assert current.sources["a"].topics == ("technik",)
    assert current.sources["b"].topics == ("technik", "open-source", "groesse-mass")
    assert [topic.name for topic in merged.new_topics] == ["Technik", "Größe & Maß"]
    assert (merged.unmatched_folders, [outline.title for outline in merged.existing_outlines]) == ((), ["x"])


def test_a_folder_whose_name_gives_no_id(desk: Desk) -> None:
    """A folder whose name gives no id becomes no topic; the result names it."""
    merged = import_list(
        desk, '<outline text="博客"><outline text="A" xmlUrl="https://a.example/"/></outline>', topics=True
    )
    assert (merged.unmatched_folders, merged.new_topics, [source.topics for source in merged.added_sources]) == (
        ("博客",),
        (),
        [()],
    )


def test_a_feed_in_several_folders(desk: Desk) -> None:
    """A feed that is exported once for each of its folders becomes one source with all their topics."""
    merged = import_list(
        desk,
        '<outline text="Transformation"><outline text="A" xmlUrl="https://a.example/"/></outline>'
        '<outline text="Open Source"><outline text="A" xmlUrl="http://www.a.example"/></outline>',
    )
    assert [(source.id, source.topics) for source in merged.added_sources] == [("a", ("transformation", "open-source"))]


def test_round_trip(desk: Desk) -> None:
    """An exported list gives the same sources when it is imported into an empty edition."""
    desk.follow(
        {"id": "a-b", "name": "A: b", "feed": "https://a.example/f", "site": "https://a.example/", "lang": "de",
         "topics": ["open-source", "transformation"]},
        {"id": "c", "name": "C", "feed": "curation/samples/c.xml"},
    )  # fmt: skip
    before = registry.read_registry(desk.root)[0].sources
    exported = opml.export_opml(desk.root, "Liste")
    desk.follow()
    (desk.root / "list.opml").write_bytes(exported)
    opml.import_opml(desk.root, desk.root / "list.opml")
    after = registry.read_registry(desk.root)[0].sources
    assert set(after.values()) == set(before.values())
    assert len(opml.read_opml(exported, "x")) == 2


def test_import_that_is_not_possible(desk: Desk) -> None:
    """A list in brackets, an invalid registry and a missing list are errors, and nothing is written."""
    text = "[{id: a, name: A, feed: a.xml}]\n"
    desk.write("curation/sources.yaml", text)
    with pytest.raises(UsageError, match=r'sources\.yaml is one list in \[ \]: begin each entry with "- id:" instead'):
        import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')
    assert read_sources_text(desk) == text
    with pytest.raises(UsageError, match=r"none\.opml cannot be read: No such file or directory\."):
        opml.import_opml(desk.root, desk.root / "none.opml")
    desk.write("curation/sources.yaml", "- {id: a, nam: A, feed: a.xml}\n")
    with pytest.raises(EditionError, match=r'sources\.yaml:1: .*unknown key "nam"'):
        import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')

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
    """Import an OPML list with this body, which lies in `folder`."""
    path = (folder or desk.root) / "list.opml"
    path.write_text(f'<opml version="2.0"><body>{body}</body></opml>')
    return opml.import_opml(desk.root, path, with_topics=topics)


def sources_text(desk: Desk) -> str:
    """Read sources.yaml as it is, line ends too."""
    return (desk.root / "curation/sources.yaml").read_bytes().decode()


def test_every_byte_stays(desk: Desk) -> None:
    """New sources stand after the old text; comments, order and spelling stay; the result is a sound registry."""
    desk.write("curation/sources.yaml", COMMENTED)
    merged = import_list(
        desk,
        '<outline text="Open Source"><outline title="Müller: der Blog" xmlUrl="https://m.example/feed"'
        ' htmlUrl="https://m.example/" language="de-DE"/></outline>',
    )
    assert (
        sources_text(desk)
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
    known, problems = registry.read_registry(desk.root)
    assert problems == []
    assert [*known.sources] == ["blog", "mueller-der-blog"]
    assert (*known.sources.values(),)[1:] == merged.added_sources


def test_known_feeds_are_told_not_doubled(desk: Desk) -> None:
    """A feed that is followed, or stands twice in the list, is not added; if none is, the file is left alone."""
    desk.write("curation/sources.yaml", COMMENTED)
    merged = import_list(desk, '<outline text="x" xmlUrl="http://blog.example/feed"/>')
    assert ([one.title for one in merged.existing_outlines], merged.added_sources, sources_text(desk)) == (
        ["x"],
        (),
        COMMENTED,
    )
    twice = '<outline text="a" xmlUrl="https://new.example/"/><outline text="b" xmlUrl="http://new.example"/>'
    merged = import_list(desk, twice)
    assert ([one.id for one in merged.added_sources], [one.title for one in merged.existing_outlines]) == (["a"], ["b"])


@pytest.mark.parametrize(
    "start", ["", "[]\n", "[]", "# nur ein Kommentar\n", "# davor\n[]  # dahinter\n# Ende", "---\n"]
)
def test_an_empty_list_to_begin_with(desk: Desk, start: str) -> None:
    """An empty file, an empty list and comments alone can be added to, and the comments stay."""
    desk.write("curation/sources.yaml", start)
    import_list(desk, '<outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://b.example/"/>')
    known, problems = registry.read_registry(desk.root)
    assert (problems, [*known.sources]) == ([], ["a", "b"])
    for comment in (line for line in start.splitlines() if line.startswith("#")):
        assert comment in sources_text(desk)


def test_indented_lists_and_windows_line_ends(desk: Desk) -> None:
    """The file's own indentation and line ends go on."""
    before = "  - id: a\r\n    name: A\r\n    feed: https://a.example/"
    desk.write("curation/sources.yaml", before)
    import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')
    assert sources_text(desk) == before + "\r\n\r\n  - id: b\r\n    name: B\r\n    feed: https://b.example/\r\n"
    assert registry.read_registry(desk.root)[1] == []


def test_ids_are_unique(desk: Desk) -> None:
    """Sources of one name get a number; one without a usable name is called after its host."""
    desk.write("curation/sources.yaml", "- {id: blog, name: Blog, feed: x.xml}\n")
    merged = import_list(
        desk,
        '<outline text="Blog" xmlUrl="https://1.example/"/><outline text="Blog!" xmlUrl="https://2.example/"/>'
        '<outline text="博客" xmlUrl="https://drei.example/f"/><outline xmlUrl="https://vier.example/f"/>',
    )
    assert [one.id for one in merged.added_sources] == ["blog-2", "blog-3", "drei-example", "vier-example"]
    assert [one.name for one in merged.added_sources] == ["Blog", "Blog!", "博客", "vier.example"]


def test_paths(desk: Desk, tmp_path: Path) -> None:
    """A path is relative to the list; it becomes relative to the edition inside of it, absolute outside."""
    folder = desk.root / "curation/samples"
    folder.mkdir()
    merged = import_list(
        desk, '<outline text="In" xmlUrl="sub/in.xml"/><outline text="Up" xmlUrl="../up.xml"/>', folder
    )
    assert [one.feed for one in merged.added_sources] == ["curation/samples/sub/in.xml", "curation/up.xml"]
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a b.xml").write_text("x")
    body = f'<outline text="Out" xmlUrl="a%20b.xml"/><outline text="File" xmlUrl="{(outside / "c.xml").as_uri()}"/>'
    merged = import_list(desk, body, outside)
    assert [one.feed for one in merged.added_sources] == [str(outside / "a b.xml"), str(outside / "c.xml")]


def test_other_schemes(desk: Desk) -> None:
    """feed: means http or https; what is neither a file nor http(s) is refused and told."""
    merged = import_list(
        desk,
        '<outline text="A" xmlUrl="feed://a.example/f"/><outline text="B" xmlUrl="feed:https://b.example/f"/>'
        '<outline text="C" xmlUrl="ftp://c.example/f"/><outline text="D" xmlUrl="javascript:alert(1)"/>',
    )
    assert [one.feed for one in merged.added_sources] == ["http://a.example/f", "https://b.example/f"]
    assert [one.title for one in merged.refused_outlines] == ["C", "D"]


def test_a_folder_named_like_a_topic_gives_the_topic(desk: Desk) -> None:
    """Folders and categories count by the topic's name or id, whatever their spelling."""
    merged = import_list(
        desk,
        '<outline text="OPEN source"><outline text="Anderes">'
        '<outline text="A" xmlUrl="https://a.example/" category="/transformation"/></outline></outline>',
    )
    assert merged.added_sources[0].topics == ("open-source", "transformation")


def test_folders_that_are_no_topic_are_told(desk: Desk) -> None:
    """Without being asked to, an import makes no topic; it tells which folders of added feeds are none."""
    desk.write("curation/sources.yaml", COMMENTED)
    before = (desk.root / "curation/topics.yaml").read_bytes()
    merged = import_list(desk, NESTED)
    assert merged.unmatched_folders == ("Technik", "Größe & Maß")
    assert [one.topics for one in merged.added_sources] == [(), ("open-source",)]
    assert (merged.new_topics, (desk.root / "curation/topics.yaml").read_bytes()) == ((), before)


def test_folders_become_topics(desk: Desk) -> None:
    """Asked to, an import makes topics of the folders of added feeds, nested ones too; topics.yaml keeps its bytes."""
    desk.write("curation/sources.yaml", COMMENTED)
    path = desk.root / "curation/topics.yaml"
    path.write_text("# Themen\n" + path.read_text() + "# Ende\n")
    before = path.read_text()
    merged = import_list(desk, NESTED, topics=True)
    assert path.read_text() == before + "\n- id: technik\n  name: Technik\n\n- id: groesse-mass\n  name: Größe & Maß\n"
    known, problems = registry.read_registry(desk.root)
    assert problems == []
    assert known.sources["a"].topics == ("technik",)
    assert known.sources["b"].topics == ("technik", "open-source", "groesse-mass")
    assert [one.name for one in merged.new_topics] == ["Technik", "Größe & Maß"]
    assert (merged.unmatched_folders, [one.title for one in merged.existing_outlines]) == ((), ["x"])


def test_a_folder_without_a_letter_for_an_id_stays_a_folder(desk: Desk) -> None:
    """Of a name that gives no id no topic is made; it is told."""
    merged = import_list(
        desk, '<outline text="博客"><outline text="A" xmlUrl="https://a.example/"/></outline>', topics=True
    )
    assert (merged.unmatched_folders, merged.new_topics, [one.topics for one in merged.added_sources]) == (
        ("博客",),
        (),
        [()],
    )


def test_a_feed_in_several_folders_is_one_source_with_all_their_topics(desk: Desk) -> None:
    """Readers export a feed once for each of its folders: it becomes one source, for all of these topics."""
    merged = import_list(
        desk,
        '<outline text="Transformation"><outline text="A" xmlUrl="https://a.example/"/></outline>'
        '<outline text="Open Source"><outline text="A" xmlUrl="http://www.a.example"/></outline>',
    )
    assert [(one.id, one.topics) for one in merged.added_sources] == [("a", ("transformation", "open-source"))]


def test_round_trip(desk: Desk) -> None:
    """An exported list, imported into an empty edition, is the same list."""
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


def test_what_cannot_be_added_to(desk: Desk) -> None:
    """A list in brackets, a broken registry and a missing list are told, and nothing is written."""
    text = "[{id: a, name: A, feed: a.xml}]\n"
    desk.write("curation/sources.yaml", text)
    with pytest.raises(UsageError, match=r'sources\.yaml is one list in \[ \]: begin each entry with "- id:" instead'):
        import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')
    assert sources_text(desk) == text
    with pytest.raises(UsageError, match=r"none\.opml cannot be read: No such file or directory\."):
        opml.import_opml(desk.root, desk.root / "none.opml")
    desk.write("curation/sources.yaml", "- {id: a, nam: A, feed: a.xml}\n")
    with pytest.raises(EditionError, match=r"sources\.yaml:1: .*unknown key «nam»"):
        import_list(desk, '<outline text="B" xmlUrl="https://b.example/"/>')

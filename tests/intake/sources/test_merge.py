from __future__ import annotations

from pathlib import Path

import pytest

from kuratorium.edition import registry
from kuratorium.errors import EditionError, UsageError
from kuratorium.intake.sources import opml
from kuratorium.intake.sources.opml import ImportResult
from kuratorium.intake.sources.outlines import read_outlines
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


def import_list(desk: Desk, body: str, folder: Path | None = None, *, topics: bool = False) -> ImportResult:
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
    result = import_list(
        desk,
        '<outline text="Open Source"><outline title="Müller: der Blog" xmlUrl="https://m.example/feed"'
        ' htmlUrl="https://m.example/" language="de-DE"/></outline>',
    )
    assert (
        read_sources_text(desk)
        == result.merged.sources_text
        == COMMENTED
        + (
            "\n"
            "- id: mueller-der-blog\n"
            "  name: 'Müller: der Blog'\n"
            "  feed: https://m.example/feed\n"
            "  site: https://m.example/\n"
            "  topics: [open-source]\n"
            "  lang: de\n"
        )
    )
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    assert [*current.sources] == ["blog", "mueller-der-blog"]
    assert (*current.sources.values(),)[1:] == result.merged.added_sources


def test_followed_feeds_are_not_added_again(desk: Desk) -> None:
    """A feed that is followed, or is in the list twice, is not added again; the result names it."""
    desk.write("curation/sources.yaml", COMMENTED)
    result = import_list(desk, '<outline text="x" xmlUrl="http://blog.example/feed"/>')
    assert (
        [outline.title for outline in result.merged.existing_outlines],
        result.merged.added_sources,
        read_sources_text(desk),
    ) == (
        ["x"],
        (),
        COMMENTED,
    )
    twice = '<outline text="a" xmlUrl="https://new.example/"/><outline text="b" xmlUrl="http://new.example"/>'
    result = import_list(desk, twice)
    assert (
        [source.id for source in result.merged.added_sources],
        [outline.title for outline in result.merged.existing_outlines],
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
    result = import_list(
        desk,
        '<outline text="Blog" xmlUrl="https://1.example/"/><outline text="Blog!" xmlUrl="https://2.example/"/>'
        '<outline text="博客" xmlUrl="https://drei.example/f"/><outline xmlUrl="https://vier.example/f"/>',
    )
    assert [source.id for source in result.merged.added_sources] == ["blog-2", "blog-3", "drei-example", "vier-example"]
    assert [source.name for source in result.merged.added_sources] == ["Blog", "Blog!", "博客", "vier.example"]


def test_local_files_are_passed_over(desk: Desk, tmp_path: Path) -> None:
    """A list brings no paths, neither in nor outside the edition: they are named, and sources.yaml stays as it was."""
    before = read_sources_text(desk)
    addresses = (
        "curation/sources.yaml",
        "../up.xml",
        "/etc/hosts",
        "file:///etc/hosts",
        "feed:file:///etc/hosts",
        "C:\\x",
    )
    body = "".join(f'<outline text="{address}" xmlUrl="{address}"/>' for address in addresses)
    result = import_list(desk, body, tmp_path)
    assert [outline.title for outline in result.merged.refused_outlines] == [*addresses]
    assert (result.merged.added_sources, read_sources_text(desk)) == ((), before)


def test_a_site_for_a_feed(desk: Desk) -> None:
    """Where a list names only the site, a source that has this site is the one that is meant."""
    desk.follow({"id": "a", "name": "A", "feed": "curation/samples/a.xml", "site": "https://a.example/"})
    outlines = '<outline text="{0}" xmlUrl="{0}.xml" htmlUrl="https://{0}.example"/>'
    result = import_list(desk, outlines.format("a") + outlines.format("b"))
    assert [source.feed for source in result.merged.added_sources] == ["https://b.example"]
    assert [outline.title for outline in result.merged.existing_outlines] == ["a"]


def test_other_schemes(desk: Desk) -> None:
    """feed: means http or https; other schemes are refused, and the result names them."""
    result = import_list(
        desk,
        '<outline text="A" xmlUrl="feed://a.example/f"/><outline text="B" xmlUrl="feed:https://b.example/f"/>'
        '<outline text="C" xmlUrl="ftp://c.example/f"/><outline text="D" xmlUrl="javascript:alert(1)"/>',
    )
    assert [source.feed for source in result.merged.added_sources] == ["http://a.example/f", "https://b.example/f"]
    assert [outline.title for outline in result.merged.refused_outlines] == ["C", "D"]


def test_folders_match_topics(desk: Desk) -> None:
    """Folders and categories match a topic by its name or id, in any spelling."""
    result = import_list(
        desk,
        '<outline text="OPEN source"><outline text="Anderes">'
        '<outline text="A" xmlUrl="https://a.example/" category="/transformation"/></outline></outline>',
    )
    assert result.merged.added_sources[0].topics == ("open-source", "transformation")


def test_unmatched_folders(desk: Desk) -> None:
    """By default an import creates no topics; the result names the folders of feeds that match none."""
    desk.write("curation/sources.yaml", COMMENTED)
    before = (desk.root / "curation/topics.yaml").read_bytes()
    result = import_list(desk, NESTED)
    assert result.merged.unmatched_folders == ("Technik", "Größe & Maß", "Alt")
    assert [source.topics for source in result.merged.added_sources] == [(), ("open-source",)]
    assert (result.new_topics, (desk.root / "curation/topics.yaml").read_bytes()) == ((), before)


def test_folders_become_topics(desk: Desk) -> None:
    """With `with_topics` an import makes topics of all folders, also of known feeds; topics.yaml keeps its bytes."""
    desk.write("curation/sources.yaml", COMMENTED)
    path = desk.root / "curation/topics.yaml"
    path.write_text("# Themen\n" + path.read_text() + "# Ende\n")
    before = path.read_text()
    result = import_list(desk, NESTED, topics=True)
    added = "\n- id: technik\n  name: Technik\n\n- id: groesse-mass\n  name: Größe & Maß\n\n- id: alt\n  name: Alt\n"
    assert path.read_text() == before + added
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    assert current.sources["a"].topics == ("technik",)
    assert current.sources["b"].topics == ("technik", "open-source", "groesse-mass")
    assert current.sources["blog"].topics == ("transformation", "alt")
    assert [topic.name for topic in result.new_topics] == ["Technik", "Größe & Maß", "Alt"]
    assert result.merged.unmatched_folders == ()
    assert [outline.title for outline in result.merged.existing_outlines] == ["x"]


def test_an_import_with_topics_can_be_repeated(desk: Desk) -> None:
    """The same list, imported again with topics, gives them to the sources that the first import added."""
    desk.write(
        "curation/sources.yaml",
        "# Anfang\n"
        "- id: one  # bleibt\n  name: One\n  feed: https://one.example/  # auch\n\n"
        "- {id: two, name: Two, feed: https://two.example/, topics: [transformation]}\n"
        "- id: three\n  topics:\n    - transformation  # zuerst\n    - open-source\n  name: Three\n  feed: https://three.example/\n"
        "- {id: four, name: Four, feed: https://four.example/}\n"
        "- id: five\n  topics:\n  name: Five\n  feed: https://five.example/\n# Ende\n",
    )
    numbers = ("one", "two", "three", "four", "five")
    feeds = "".join(f'<outline text="{number}" xmlUrl="https://{number}.example/"/>' for number in numbers)
    body = f'<outline text="Recht">{feeds}</outline><outline text="Neu" xmlUrl="https://neu.example/"/>'
    plain = import_list(desk, body)
    assert (plain.changed_source_ids, plain.merged.unmatched_folders) == ((), ("Recht",))
    repeated = import_list(desk, body, topics=True)
    assert (repeated.changed_source_ids, repeated.merged.added_sources) == (numbers, ())
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    assert {source.id: source.topics for source in current.sources.values()} == {
        "one": ("recht",),
        "two": ("transformation", "recht"),
        "three": ("transformation", "open-source", "recht"),
        "four": ("recht",),
        "five": ("recht",),
        "neu": (),
    }
    text = read_sources_text(desk)
    for comment in ("# Anfang", "# bleibt", "# auch", "# zuerst", "# Ende"):
        assert comment in text
    assert import_list(desk, body, topics=True).changed_source_ids == ()
    assert read_sources_text(desk) == text


def test_topics_that_cannot_be_written(desk: Desk) -> None:
    """If the lists cannot be edited alone, the result says what to write, and new feeds are added all the same."""
    desk.write(
        "curation/sources.yaml",
        "- &x {id: a, name: A, feed: https://a.example/, topics: &t []}\n"
        "- {id: b, name: B, feed: https://b.example/, topics: *t}\n",
    )
    feeds = '<outline xmlUrl="https://a.example/"/><outline text="C" xmlUrl="https://c.example/"/>'
    body = f'<outline text="Open Source">{feeds}</outline>'
    result = import_list(desk, body, topics=True)
    assert (
        result.edit_problem == "curation/sources.yaml cannot be changed; add to the topics by hand:\n  a: open-source"
    )
    assert [source.id for source in result.merged.added_sources] == ["c"]


def test_a_folder_whose_name_gives_no_id(desk: Desk) -> None:
    """A folder whose name gives no id becomes no topic; the result names it."""
    result = import_list(
        desk, '<outline text="博客"><outline text="A" xmlUrl="https://a.example/"/></outline>', topics=True
    )
    assert (
        result.merged.unmatched_folders,
        result.new_topics,
        [source.topics for source in result.merged.added_sources],
    ) == (
        ("博客",),
        (),
        [()],
    )


def test_a_feed_in_several_folders(desk: Desk) -> None:
    """A feed that is exported once for each of its folders becomes one source with all their topics."""
    result = import_list(
        desk,
        '<outline text="Transformation"><outline text="A" xmlUrl="https://a.example/"/></outline>'
        '<outline text="Open Source"><outline text="A" xmlUrl="http://www.a.example"/></outline>',
    )
    assert [(source.id, source.topics) for source in result.merged.added_sources] == [
        ("a", ("transformation", "open-source"))
    ]


def test_round_trip(desk: Desk) -> None:
    """An exported list gives the same sources when it is imported into an empty edition."""
    desk.follow(
        {"id": "a-b", "name": "A: b", "feed": "https://a.example/f", "site": "https://a.example/", "lang": "de",
         "topics": ["open-source", "transformation"]},
        {"id": "c", "name": "C", "feed": "https://c.example/f"},
    )  # fmt: skip
    before = registry.read_registry(desk.root)[0].sources
    exported = opml.export_opml(desk.root, "Liste")
    desk.follow()
    (desk.root / "list.opml").write_bytes(exported)
    opml.import_opml(desk.root, desk.root / "list.opml")
    after = registry.read_registry(desk.root)[0].sources
    assert set(after.values()) == set(before.values())
    assert len(read_outlines(exported, "x")) == 2


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

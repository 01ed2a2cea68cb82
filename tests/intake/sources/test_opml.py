from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import opml as blogroll
from kuratorium.edition.curation import EntrySelectors, Source, Topic
from kuratorium.intake.sources.merge import Outline
from kuratorium.intake.sources.outlines import read_outlines


def test_round_trip() -> None:
    """A written list is read back with folders and all topics; empty attributes are not written."""
    topics = {"it": Topic(id="it", name="IT & Co"), "presse": Topic(id="presse", name="Presse")}
    sources = [
        Source(id="a", name="Ä <a>", feed="https://a.example/?b&c", site="https://a.example/", topics=("it", "presse"),
               lang="de"),
        Source(id="b", name="B", feed="curation/samples/b.xml", site="https://b.example/"),
    ]  # fmt: skip
    written = blogroll.build_opml(sources, topics, "Meine Liste")
    assert read_outlines(written, "x") == (
        Outline(title="Ä <a>", feed="https://a.example/?b&c", site="https://a.example/", lang="de",
                folders=("IT & Co",), categories=("it", "presse")),
        Outline(title="B", feed="https://b.example/", site="https://b.example/"),
    )  # fmt: skip
    assert written.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    assert b'=""' not in written
    assert b"<title>Meine Liste</title>" in written


def test_a_page_without_a_feed_is_a_link() -> None:
    """A source that is a page is written as a link, which other programs and we do not read as a feed."""
    page = Source(id="a", name="A", feed="https://a.example/", type="page", select=EntrySelectors(entry="article"))
    written = blogroll.build_opml([page], {}, "x")
    assert b'type="link" url="https://a.example/"' in written
    assert [outline.feed for outline in read_outlines(written, "x")] == [""]


def test_lists_hold_no_paths() -> None:
    """A feed that is a file of the edition keeps the address of its site, where programs look for the feed."""
    sources = [
        Source(id="a", name="A", feed="curation/samples/a.xml", site="https://a.example/"),
        Source(id="b", name="B", feed="curation/samples/b.xml"),
    ]
    written = blogroll.build_opml(sources, {}, "x")
    assert b"curation/" not in written
    assert b'type="rss" xmlUrl="https://a.example/" htmlUrl="https://a.example/"' in written
    assert [outline.feed for outline in read_outlines(written, "x")] == ["https://a.example/"]


NAMES = st.text(st.characters(exclude_categories=()), min_size=1)  # also controls, U+FFFE and halves of surrogate pairs


@given(name=NAMES, topic=NAMES, title=NAMES)
def test_a_list_is_well_formed_whatever_names_hold(name: str, topic: str, title: str) -> None:
    """An exported list can be parsed, has every source, and no character that XML forbids or a terminal obeys."""
    sources = [
        Source(id=source_id, name=name, feed=f"https://{source_id}.example/", topics=("it",)) for source_id in "ab"
    ]
    written = blogroll.build_opml(sources, {"it": Topic(id="it", name=topic)}, title)
    outlines = list(ET.fromstring(written).iter("outline"))
    assert [outline.get("xmlUrl") for outline in outlines if outline.get("xmlUrl")] == [
        source.feed for source in sources
    ]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", written.decode())
    assert len(read_outlines(written, "x")) == 2

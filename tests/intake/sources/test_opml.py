from __future__ import annotations

import pytest

from kuratorium.edition import opml as blogroll
from kuratorium.edition.curation import EntrySelectors, Source, Topic
from kuratorium.errors import UsageError
from kuratorium.intake.sources import opml
from kuratorium.intake.sources.merge import Outline

LIST = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.1"><head><title>x</title></head><body>
  <outline text="Technik"><outline text="Tiefer">
    <outline text="Blog &amp; mehr" title="B\xf6rse" xmlURL="https://a.example/feed" htmlUrl="https://a.example/"
      language="de_DE"/>
  </outline></outline>
  <outline text="no feed here"/>
  <outline text="weg" xmlUrl="https://weg.example/" isComment="true"/>
  <outline text="B" xmlUrl=" b.xml " category="/tech/it,Presse"/>
</body></opml>"""


def test_read_opml() -> None:
    """Nested folders and categories are read, also of old versions and spellings; comments are not."""
    assert opml.read_opml(b"\n" + LIST, "x.opml") == (
        Outline(title="Börse", feed="https://a.example/feed", site="https://a.example/", lang="de-DE",
                folders=("Technik", "Tiefer")),
        Outline(title="B", feed="b.xml", categories=("tech", "it", "Presse")),
    )  # fmt: skip


def test_bare_ampersands() -> None:
    """A list whose exporter forgot to escape "&" is read nevertheless."""
    (outline,) = opml.read_opml(b'<opml><body><outline text="A & B &lt;c>" xmlUrl="a?b&c=d"/></body></opml>', "x")
    assert (outline.title, outline.feed) == ("A & B <c>", "a?b&c=d")


def test_round_trip() -> None:
    """A written list is read back with folders and all topics; empty attributes are not written."""
    topics = {"it": Topic(id="it", name="IT & Co"), "presse": Topic(id="presse", name="Presse")}
    sources = [
        Source(id="a", name="Ä <a>", feed="https://a.example/?b&c", site="https://a.example/", topics=("it", "presse"),
               lang="de"),
        Source(id="b", name="B", feed="curation/samples/b.xml"),
    ]  # fmt: skip
    written = blogroll.build_opml(sources, topics, "Meine Liste")
    assert opml.read_opml(written, "x") == (
        Outline(title="Ä <a>", feed="https://a.example/?b&c", site="https://a.example/", lang="de",
                folders=("IT & Co",), categories=("it", "presse")),
        Outline(title="B", feed="curation/samples/b.xml"),
    )  # fmt: skip
    assert written.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    assert b'=""' not in written
    assert b"<title>Meine Liste</title>" in written


def test_a_page_without_a_feed_is_a_link() -> None:
    """A source that is a page is written as a link, which other programs and we do not read as a feed."""
    page = Source(id="a", name="A", feed="https://a.example/", type="page", select=EntrySelectors(entry="article"))
    written = blogroll.build_opml([page], {}, "x")
    assert b'type="link" url="https://a.example/"' in written
    assert opml.read_opml(written, "x") == ()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"<opml><body>", "x.opml is no XML: "),
        (b"", "x.opml is no XML: "),
        (b"<rss/>", "x.opml is no OPML file: its root element is <rss>."),
        (b'<!DOCTYPE opml [<!ENTITY a "aaa">]><opml>&a;</opml>', 'x.opml declares the entity "a"'),
        (
            b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
            'x.opml declares the entity "a"',
        ),
        (b'<?xml version="1.0" encoding="none-such"?><opml/>', "x.opml "),
    ],
)
def test_invalid_lists(document: bytes, message: str) -> None:
    """The error for an invalid file has its name and a hint; entities are refused before they are expanded."""
    with pytest.raises(UsageError) as caught:
        opml.read_opml(document, "x.opml")
    assert str(caught.value).startswith(message)


def test_deep_nesting() -> None:
    """A list may nest deeper than Python's recursion limit."""
    depth = 5000
    document = b"<opml><body>" + b'<outline text="x">' * depth + b'<outline xmlUrl="a"/>' + b"</outline>" * depth
    assert len(opml.read_opml(document + b"</body></opml>", "x")) == 1


def test_public_lists_hold_no_paths() -> None:
    """In the public list, a feed that is a file of the edition is a link to its site, or only a name."""
    sources = [
        Source(id="a", name="A", feed="curation/samples/a.xml", site="https://a.example/"),
        Source(id="b", name="B", feed="curation/samples/b.xml"),
        Source(id="c", name="C", feed="https://c.example/feed"),
    ]
    written = blogroll.build_opml(sources, {}, "x", public=True)
    assert b"curation/" not in written
    assert b'type="link" url="https://a.example/"' in written
    assert b'type="rss" xmlUrl="https://c.example/feed"' in written

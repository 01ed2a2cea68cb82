from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import UsageError
from kuratorium.intake.sources.merge import Outline
from kuratorium.intake.sources.outlines import read_outlines

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


def test_old_versions_and_spellings() -> None:
    """Nested folders and categories are read, also of old versions and spellings; comments are not."""
    assert read_outlines(b"\n" + LIST, "x.opml") == (
        Outline(title="Börse", feed="https://a.example/feed", site="https://a.example/", lang="de",
                folders=("Technik", "Tiefer")),
        Outline(title="B", feed="b.xml", categories=("tech", "it", "Presse")),
    )  # fmt: skip


def test_bare_ampersands() -> None:
    """A list whose exporter forgot to escape "&" is read nevertheless."""
    (outline,) = read_outlines(b'<opml><body><outline text="A & B &lt;c>" xmlUrl="a?b&c=d"/></body></opml>', "x")
    assert (outline.title, outline.feed) == ("A & B <c>", "a?b&c=d")


def read_names(outline: str, encoding: str = "UTF-8", declared: str = "UTF-8") -> list[str]:
    """Return the names in a list whose outlines are written in an encoding."""
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body>{outline}</body></opml>'
    return [outline.title for outline in read_outlines(text.encode(encoding), "x.opml")]


def name(text: str) -> str:
    """Return an outline that is called `text`, as it stands in the document."""
    return f'<outline text="{text}" xmlUrl="https://a.example/"/>'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Z&uuml;rich &ndash; Caf&eacute;", "Zürich – Café"),
        ("R&amp;amp;D &amp;bdquo;Labor&amp;ldquo;", "R&D „Labor“"),
        ("Tom &amp;#038; Jerry &#038; wir", "Tom & Jerry & wir"),
        ("Grün &amp; Blau & Rot", "Grün & Blau & Rot"),
        ("Wert &nirgends; hier", "Wert &nirgends; hier"),
        ("a&#0;b&#xFFFE;c&#99999999999999999999;d\x0be", "abcde"),
        ("StraÃŸe der Ã„mter", "Straße der Ämter"),
        ("Ã\x83Â¶ffentlich", "öffentlich"),
        ("São Paulo, Âncora", "São Paulo, Âncora"),
        ("Zwei\n  Zeilen", "Zwei Zeilen"),
    ],
)
def test_names_are_read_as_they_were_meant(written: str, meant: str) -> None:
    """HTML's entities, bare ampersands, double escapes, forbidden characters and UTF-8 encoded twice are repaired."""
    assert read_names(name(written)) == [meant]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("UTF-8", "ISO-8859-1"),
        ("ISO-8859-1", "ISO-8859-1"),
        ("cp1252", "UTF-8"),
        ("cp1252", "ISO-8859-1"),
        ("UTF-8-SIG", "UTF-8"),
        ("UTF-8", "UTF-16"),
        ("UTF-16", "UTF-16"),
        ("UTF-16-LE", "UTF-16"),
        ("UTF-16-BE", "UTF-8"),
        ("cp1250", "windows-1250"),
    ],
)
def test_the_encoding_is_recognised(encoding: str, declared: str) -> None:
    """Byte order marks and valid UTF-8 beat the declaration; what should be UTF-8 may be Western European."""
    assert read_names(name("Größe und Maß"), encoding, declared) == ["Größe und Maß"]


def test_single_bad_bytes_do_not_garble_the_rest() -> None:
    """A byte that is no UTF-8 is replaced; an encoding that cannot be guessed is refused with the line."""
    document = f"<opml><body>{name('Größe X')}{name('Öl')}</body></opml>".encode().replace(b"X", b"\xff")
    assert [outline.title for outline in read_outlines(document, "x")] == ["Größe \ufffd", "Öl"]
    unknown = f"<opml><body>\n{name('日本語のブログ')}</body></opml>".encode("shift_jis")
    with pytest.raises(UsageError, match=r"^x\.opml:2: this is not UTF-8"):
        read_outlines(unknown, "x.opml")


def test_the_address_of_a_feed() -> None:
    """`url` stands for `xmlUrl` in old lists, the site for a feed that is a file; links and lists are no feeds."""
    document = b"""<opml><body>
      <outline type="rss" text="Old" url="https://old.example/rss"/>
      <outline type="rss" text="File" xmlUrl="../feeds/file.xml" htmlUrl="https://file.example"/>
      <outline type="atom" text="Twice" xmlUrl="https://twice.example/?a=1&amp;amp;b=2"/>
      <outline type="link" text="Page" url="https://page.example/"/>
      <outline type="include" text="List" url="https://list.example/list.opml"/>
      <outline type="rss" text="Local" xmlUrl="file:///etc/hosts"/>
    </body></opml>"""
    assert [(outline.title, outline.feed) for outline in read_outlines(document, "x")] == [
        ("Old", "https://old.example/rss"),
        ("File", "https://file.example"),
        ("Twice", "https://twice.example/?a=1&b=2"),
        ("Page", ""),
        ("List", ""),
        ("Local", "file:///etc/hosts"),
    ]


def test_title_and_text() -> None:
    """The title is the name, else the text; an address only if there is no other name."""
    assert read_names('<outline title="" text="A" xmlUrl="https://a.example"/>') == ["A"]
    assert read_names('<outline title="https://a.example" text="A" xmlUrl="https://a.example"/>') == ["A"]


_READ_IN_A_PROCESS = """
from pathlib import Path
from kuratorium.errors import UsageError
from kuratorium.intake.sources.outlines import read_outlines
try:
    print(len(read_outlines(Path("x.opml").read_bytes(), "x.opml")))
except UsageError as error:
    print(error)
"""
FEED = '<outline type="rss" text="{0}" title="{0}" xmlUrl="https://{0}.example/"/>'


@pytest.mark.parametrize(
    ("body", "folders"),
    [
        ("<outline title='Recht'><outline title='a'>{a}</outline><outline title='B'>{b}</outline></outline>",
         [("Recht",), ("Recht",)]),
        ("<outline text='Subscriptions'>{a}{b}</outline>", [(), ()]),
        ("<outline text='Meine Sammlung'><outline text='IT'>{a}</outline>{b}</outline>", [("IT",), ()]),
        ("<outline text='Verwaltung'>{a}{b}</outline>", [("Verwaltung",), ("Verwaltung",)]),
        ("<outline text='feeds'>{a}</outline>{b}", [("feeds",), ()]),
        ("<outline text='Recht'><outline text='EU'>{a}</outline></outline>{b}", [("Recht", "EU"), ()]),
    ],
    ids=["folder per feed", "name for everything", "everything around parts", "everything", "a part", "nested"],
)  # fmt: skip
def test_folders_that_are_topics(body: str, folders: list[tuple[str, ...]]) -> None:
    """A folder that only wraps one feed of its name, or all feeds, is no topic, but may match one like a category."""
    document = f"<opml><body>{body.format(a=FEED.format('a'), b=FEED.format('b'))}</body></opml>"
    outlines = read_outlines(document.encode(), "x")
    assert [outline.folders for outline in outlines] == folders
    if "Subscriptions" in body:
        assert outlines[0].categories == ("Subscriptions",)


def test_a_list_without_body_or_with_a_broken_head() -> None:
    """Outlines count wherever they are, except in the head."""
    head = "<head><outline text='x' xmlUrl='https://x.example/'/></head>"
    document = f"<opml>{head}<outline text='a' xmlURL='https://a.example/'/></opml>"
    assert [outline.title for outline in read_outlines(document.encode(), "x")] == ["a"]


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
        (b'<!DOCTYPE opml [<!ATTLIST outline xmlUrl CDATA "a">]><opml/>', "x.opml declares default attributes"),
        (b"<opml>" + b" " * (10 * 1024 * 1024), "x.opml is larger than 10 MiB"),
        (b"<opml><body>" + b"<outline xmlUrl='a'/>" * 5_001 + b"</body></opml>", "x.opml names more than 5000 feeds"),
    ],
)
def test_invalid_lists(document: bytes, message: str) -> None:
    """The error for an invalid file has its name and a hint; entities are refused before they are expanded."""
    with pytest.raises(UsageError) as caught:
        read_outlines(document, "x.opml")
    assert str(caught.value).startswith(message)


def test_deep_nesting() -> None:
    """A list may nest deeper than Python's recursion limit."""
    depth = 5000
    document = b"<opml><body>" + b'<outline text="x">' * depth + b'<outline xmlUrl="a"/>' + b"</outline>" * depth
    assert len(read_outlines(document + b"</body></opml>", "x")) == 1


@pytest.mark.parametrize(
    "document",
    [
        "<opml " + " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(28_000)) + "/>",
        "<opml><body>" + '<outline text="a">' * 200_000,
        "<opml><body><outline " + " ".join(f'a{number}=""' for number in range(50_000)) + "/></body></opml>",
        '<opml><body><outline text="' + "&" * 1_000_000 + '"/></body></opml>',
        '<opml><body><outline text="' + "Ã" * 1_000_000 + '" xmlUrl="https://a.example"/></body></opml>',
        '<opml><body><outline text="&#' + "9" * 1_000_000 + ';"/></body></opml>',
    ],
    ids=["namespaces", "nesting", "attributes", "ampersands", "mojibake", "digits"],
)
def test_hostile_lists_end(tmp_path: Path, document: str) -> None:
    """A list of a megabyte that makes parsers take minutes is read or refused, long before the process is killed."""
    (tmp_path / "x.opml").write_text(document)
    ran = subprocess.run(
        [sys.executable, "-c", _READ_IN_A_PROCESS], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert len(ran.stdout) < 200


TITLED = st.text(max_size=300).map(lambda text: f'<opml><outline text="{text}"/></opml>'.encode(errors="surrogatepass"))


@given(st.binary(max_size=300) | TITLED)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No document raises another error than UsageError."""
    with contextlib.suppress(UsageError):
        read_outlines(data, "x.opml")

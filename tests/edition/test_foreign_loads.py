"""What makes a browser ask another host in files that are published as they are, and in templates."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.foreign_loads import LOADING_SUFFIXES, find_foreign_loads

SITE = "https://haus.example/blatt"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n{}\n</svg>'


def list_loads(file: str, text: str, *, is_template: bool = False) -> list[tuple[int, str]]:
    """Return line and message of all that a file loads from another host."""
    found = find_foreign_loads(file, text.encode(), SITE, is_template=is_template)
    return [(violation.line, violation.message) for violation in found]


@pytest.mark.parametrize(
    "element",
    [
        '<script href="https://fern.example/a.js"/>',
        '<script xlink:href="//fern.example/a.js"></script>',
        "<script>import 'https://fern.example/a.js'; x = 1 < 2</script>",
        '<image href="https://fern.example/a.png"/>',
        '<svg:image xmlns:y="http://www.w3.org/1999/xlink" y:href="https://fern.example/a.png"/>',
        '<use xlink:href="https://fern.example/a.svg#z"/>',
        '<feImage href="https://fern.example/a.png"/>',
        "<style>@import 'https://fern.example/a.css';</style>",
        "<style><![CDATA[ rect { fill: url(https://fern.example/a.svg#f) } ]]></style>",
        '<rect fill="url(https://fern.example/a.svg#f)"/>',
        "<rect style=\"mask: url('//fern.example/a.svg')\"/>",
        '<image><animate attributeName="href" values="a.png;https://fern.example/b.png"/></image>',
        '<foreignObject><iframe src="https://fern.example/"></iframe></foreignObject>',
        '<image href="ht&#116;ps://fern.example/a.png"/>',
        '<image title="a>b" href="https://fern.example/a.png"/>',
    ],
)
def test_what_a_drawing_loads_is_found(element: str) -> None:
    """Scripts, pictures, references, styles and frames, with the line."""
    ((line, message),) = list_loads("a.svg", SVG.format(element))
    assert line == 2
    assert "another host: " in message
    assert "fern.example" in message


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://fern.example/a.js"></script>',
        '<link rel="stylesheet" href="https://fern.example/a.css">',
        '<link rel="alternate stylesheet" href="https://fern.example/a.css">',
        "<link rel=preconnect href=https://fern.example>",
        '<iframe src="https://fern.example/"></iframe>',
        '<img alt="" src="a.png" srcset="a.png 1x, https://fern.example/b.png 2x">',
        '<IMG SRC = "HTTPS:\\\\fern.example/a.png">',
        "<p title=it's><img src=\"//fern.example/a.png\"><p title=it's>",
        '<!--><img src="//fern.example/a.png">-->',
        '<video poster="https://fern.example/a.jpg"></video>',
        '<object data="https://fern.example/a.pdf"></object>',
        '<base href="https://fern.example/">',
        '<meta http-equiv="Refresh" content="0; url=https://fern.example/">',
        "<style><!-- p { background: \\75rl(https://fern.example/a.png) } --></style>",
        "<script>fetch('https://fern.example/a.json')</script>",
        '<script>if (a<b) { c = "</b>" }</script><img src="//fern.example/a.png">',
        '<svg><script/><image href="//fern.example/a.png"/></svg>',
    ],
)
def test_what_a_page_loads_is_found(element: str) -> None:
    """Tags are read as browsers read them, however they are spelled and wherever comments and scripts end."""
    ((line, message),) = list_loads("seite.HTML", f"<!doctype html>\n<title>Seite</title>\n{element}\n<p>Ende")
    assert (line, "fern.example" in message) == (3, True)


def test_a_page_of_another_encoding_is_read() -> None:
    """Browsers know UTF-16 by its byte order mark."""
    data = '<img src="https://fern.example/a.png">'.encode("utf-16")
    assert len([*find_foreign_loads("a.html", data, SITE)]) == 1


@pytest.mark.parametrize(
    "rules",
    [
        '@import "https://fern.example/a.css";',
        "@import url(//fern.example/a.css) layer(x);",
        "@font-face { src: local(X), url('https://fern.example/a.woff2') }",
        "p { background: URL( https://fern.example/a.png ) }",
        "p { background: image-set('a.png' 1x, 'https://fern.example/a.png' 2x) }",
        "p { background: u\\72l(https\\3a //fern.example/a.png) }",
    ],
)
def test_what_a_style_sheet_loads_is_found(rules: str) -> None:
    """Imports, fonts and pictures, also with escapes."""
    ((line, message),) = list_loads("theme/static/css/a.css", f"/* url(https://x.example) */\np {{}}\n{rules}\n")
    assert (line, message.startswith("this style loads from another host: ")) == (3, True)
    assert "fern.example/a." in message


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.html", '<a href="https://fern.example/">Link</a> <area href="https://fern.example/">'),
        ("a.html", '<link rel="canonical" href="https://fern.example/a"><link rel="license" href="//fern.example/">'),
        ("a.html", '<meta property="og:image" content="https://fern.example/a.png">'),
        ("a.html", '<blockquote cite="https://fern.example/">Wort</blockquote><form action="https://fern.example/">'),
        ("a.html", '<!-- <img src="https://fern.example/a.png"> -->'),
        ("a.html", '<img src="bilder/a.png"><iframe src="about:blank"></iframe><img src="data:image/png;base64,//8A">'),
        ("a.html", '<img src="https://haus.example/theme/a.png"><script src="//haus.example/a.js"></script>'),
        ("a.html", "<script>// mehr auf https://fern.example/\nlocation = 'https://fern.example/'</script>"),
        ("a.svg", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'),
        (
            "a.svg",
            '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>\n<svg xmlns="&ns;"><path fill="url(#a)"/>',
        ),
        ("a.svg", SVG.format('<a xlink:href="https://fern.example/"><text>Link</text></a>')),
        ("a.svg", SVG.format('<cc:license rdf:resource="https://fern.example/by/4.0/"/>')),
        (
            "a.css",
            "@namespace x url(http://www.w3.org/1999/xhtml); p { background: url(data:image/svg+xml,//www.a.example) }",
        ),
        ("a.css", 'a[href^="https://fern.example"]::after { content: "https://fern.example" }'),
        ("a.js", "// from https://fern.example\nconst home = 'https://fern.example/'"),
    ],
)
def test_links_names_and_the_site_itself_are_no_loads(file: str, text: str) -> None:
    """What waits for a click, namespaces, document types, addresses in text and what the site's own host has."""
    assert list_loads(file, text) == []


@pytest.mark.parametrize(
    ("subset", "element"),
    [
        ('<!ENTITY a "https://fern.example/a.png">', '<image href="&a;"/>'),
        ('<!ENTITY a "//fern"><!ENTITY b "&a;.example">', '<image href="&b;/a.png"/>'),
        ("<!ENTITY a '<image href=&quot;//fern.example/a.png&quot;/>'>", "&a;"),
        ("<!ENTITY a '&#60;image href=\"//fern.example/a.png\"/>'>", "&a;"),
        ("<!ENTITY % a '<!ENTITY b \"x\">'> %a;", ""),
    ],
)
def test_an_entity_hides_nothing(subset: str, element: str) -> None:
    """A drawing may define words of its own; those that may hold elements are an error in themselves."""
    found = list_loads("a.svg", f"<!DOCTYPE svg [{subset}]>\n{SVG.format(element)}")
    assert any("another host" in message for _, message in found)


def test_a_style_sheet_named_by_an_instruction_is_found() -> None:
    """XML has a form of its own for it."""
    text = '<?xml version="1.0"?>\n<?xml-stylesheet type="text/css" href="https://fern.example/a.css"?>\n<svg/>'
    assert list_loads("a.svg", text) == [
        (2, "<?xml-stylesheet href> loads from another host: https://fern.example/a.css")
    ]


def test_a_template_is_read_without_its_marks() -> None:
    """What Jinja puts in is not known; what stands in the file is."""
    template = (
        "{# <img src='https://fern.example/a.png'> #}\n"
        '<img {% if a > b %}alt="{{ "a>b" }}"{% endif %} src="{{ SITEURL }}/a.png">\n'
        '<link rel="stylesheet"\n  href="https://{{ host }}/a.css">\n'
    )
    assert list_loads("theme/templates/a.html", template, is_template=True) == [
        (3, "<link href> loads from another host: https://x/a.css")
    ]


HOSTILE = (
    "<a b='\"",
    '<a "',
    "<!--",
    "<style ",
    "<script>",
    '<!ENTITY a "&a;&a;">',
    "url( ",
    '@import "',
    "/*",
    "{{",
    "\n",
)


@pytest.mark.parametrize("begin", ["", "<style>", "<script>", "<a b=", '<!ENTITY a "&a;&a;&a;">'])
@pytest.mark.parametrize("piece", [*HOSTILE, "image-set('' 1x, ", "<x href='&a;&a;&a;'>", "<?xml-stylesheet "])
def test_a_hostile_file_takes_no_longer(begin: str, piece: str) -> None:
    """The time grows with the length, whatever is never closed."""
    started = time.process_time()
    for suffix in LOADING_SUFFIXES:
        list_loads(f"a{suffix}", begin + piece * (60_000 // len(piece)), is_template=True)
    assert time.process_time() - started < 3


@given(st.lists(st.sampled_from([*HOSTILE, *"<>'\"/= ;)", "-->", "</style>", "x", "}}", "&a;"])).map("".join))
def test_whatever_stands_before_a_picture_in_its_own_line_no_file_fails(text: str) -> None:
    """No order of marks is an error of the program."""
    for suffix in LOADING_SUFFIXES:
        list_loads(f"a{suffix}", text, is_template=True)

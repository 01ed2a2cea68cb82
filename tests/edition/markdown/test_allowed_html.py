import time

import pytest

from kuratorium.edition.foreign_loads import is_foreign_address
from kuratorium.edition.markdown.allowed_html import find_foreign_hosts, find_removed_markup

FOREIGN = [
    "![Bild](https://fern.example/a.png)",
    "![Bild](//fern.example/a.png)",
    "![Bild](/\\fern.example/a.png)",
    "![Bild](<https://fern.example/a.png> 'Titel')",
    "![Bild][b]\n\n[b]: https://fern.example/a.png",
    "![Bild]\n\n[bild]: https://fern.example/a.png",
    "[![Bild](https://fern.example/a.png)](https://amt.example/)",
    "![Bild]({static}//fern.example/a.png)",
    '<img src="https://fern.example/a.png">',
    "<img src=ht&#10;tps://fern.example/a.png>",
    '<img src="a.png" srcset="https://fern.example/a.png 2x">',
    '<picture><source srcset="//fern.example/a.webp"></picture>',
    '<p style="background: url(https://fern.example/a.png)">Text</p>',
    "<style>\n@import url(//fern.example/a.css);\n</style>",
    '<video poster="https://fern.example/a.jpg"></video>',
    '<audio src="https://fern.example/a.mp3"></audio>',
    '<iframe src="https://fern.example/"></iframe>',
    '<link rel="stylesheet" href="https://fern.example/a.css">',
    '<meta http-equiv="refresh" content="0; url=https://fern.example/">',
    '<script src="https://fern.example/a.js"></script>',
    '<object data="https://fern.example/a.pdf"></object>',
    '<svg><image href="https://fern.example/a.png"/></svg>',
    '<table background="https://fern.example/a.png">',
    '<a href="https://amt.example/" ping="https://fern.example/">Link</a>',
    '<iframe srcdoc="<img src=https://fern.example/a.png>"></iframe>',
    "<!--><img src=https://fern.example/a.png>-->",
    "Wort <!---><img src=https://fern.example/a.png>-->",
    "<!-- Notiz --!><img src=https://fern.example/a.png>",
    "<!-- nie beendet <img src=https://fern.example/a.png>",
    '<p><img alt=12" src=https://fern.example/a.png></p>',
    "<p><img alt=Mia's src=https://fern.example/a.png></p>",
    '<img alt="Mast"src="https://fern.example/a.png">',
    '<a title="offen, <img src=https://fern.example/a.png>',
]


@pytest.mark.parametrize("body", FOREIGN)
def test_what_loads_from_another_host_is_found(body: str) -> None:
    """Pictures, styles, frames and all other elements that ask another host by themselves, however they are spelled."""
    (violation,) = find_foreign_hosts(f"Ein Satz.\n\n{body}")
    assert violation.line == 2
    assert "another host" in violation.message
    assert "fern.example" in violation.message
    assert violation.hint


@pytest.mark.parametrize(
    "body",
    [
        "![Bild]({static}/images/a.png)",
        "![Bild](a.png)",
        "[Link](https://fern.example/a.png)",
        "[Bild]: https://fern.example/a.png",
        "<https://fern.example/> und <ada@fern.example>",
        "`![Bild](https://fern.example/a.png)`",
        "```html\n<img src='https://fern.example/a.png'>\n```",
        "    <img src='https://fern.example/a.png'>",
        "<!-- <img src='https://fern.example/a.png'> -->",
        "<blockquote cite='https://fern.example/'>Wort</blockquote>",
        "a < b, c > d",
    ],
)
def test_links_and_code_load_nothing(body: str) -> None:
    """Links wait for a click, and code is shown."""
    assert list(find_foreign_hosts(body)) == []
    assert list(find_removed_markup(body)) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<iframe></iframe>", "<iframe> is removed"),
        ("<script>x()</script>", "<script> is removed from the page, with all that stands in it"),
        ("<form action='/x'>Text</form>", "<form> is removed"),
        ("<object>Text</object>", "<object> is removed"),
        ("<u>Wort</u>", "<u> is removed"),
        ("<p onclick='x()'>Text</p>", 'the attribute "onclick" of <p> is removed'),
        ("<p class='lead embed'>Text</p>", 'the class "embed" is removed'),
        ("Text\n{: .embed-video }", 'the class "embed-video" is removed'),
        ("[Chat](matrix:u/ada:fern.example)", 'the link to "matrix:u/ada:fern.example" is removed'),
        ("[Datei](ftp://fern.example/a)", 'the link to "ftp://fern.example/a" is removed'),
        ("<a href='javascript:x()'>Link</a>", 'the link to "javascript:x()" is removed'),
        ("[Chat]\n\n[Chat]: xmpp:ada@fern.example", 'the link to "xmpp:ada@fern.example" is removed'),
        ("<ftp://fern.example/a>", 'the link to "ftp://fern.example/a" is removed'),
        ("<matrix:u/ada>", "<matrix:u> is removed"),
        ("![Bild](data:image/png;base64,AA)", "a picture within its address (data:) is removed"),
        ("<img src='data:image/png;base64,AA' alt='Bild'>", "a picture within its address (data:) is removed"),
        ("![Bild](blob:https://amt.example/1)", 'the picture at "blob:https://amt.example/1" is removed'),
        ("<img src=blob:https://amt.example/1 alt=Bild>", 'the picture at "blob:https://amt.example/1" is removed'),
        ("<img src='about:blank' alt='Bild'>", 'the picture at "about:blank" is removed'),
        ("<img src='java&#115;cript:x()' alt='Bild'>", 'the picture at "javascript:x()" is removed'),
        ("<p><u title=Mia's>Wort</u></p>", "<u> is removed"),
    ],
)
def test_what_the_page_will_not_show_is_found(body: str, message: str) -> None:
    """Elements, attributes, classes and schemes beyond the allow-list are named, with their line."""
    (violation,) = find_removed_markup(f"Ein Satz.\n\n{body}")
    assert violation.line in {2, 3, 4}
    assert violation.message.startswith(message)
    assert violation.hint


def test_what_stays_is_not_reported() -> None:
    """Allowed elements and schemes, mail and telephone included."""
    body = (
        "# Titel\n\n<h1>Titel</h1> <b class='lead'>fett</b> <a href='/x' title='y'>Link</a>\n\n"
        "[Anruf](tel:+4930123456) [SMS](sms:+4930123456) [Mail](mailto:ada@amt.example) [Seite]({filename}x.md)"
    )
    assert list(find_removed_markup(body)) == []


@pytest.mark.parametrize(
    ("address", "is_foreign"),
    [
        ("https://fern.example/a", True),
        ("HTTP:\\\\fern.example/a", True),
        ("\t//fern.example", True),
        ("{static}https://fern.example/a", True),
        ("ftp://fern.example/a", True),
        ("{static}/images/a.png", False),
        ("images/a.png", False),
        ("../a:b.png", False),
        ("#anker", False),
        ("data:image/png;base64,AA", False),
    ],
)
def test_addresses_are_read_as_browsers_read_them(address: str, is_foreign: bool) -> None:
    """White space is dropped, a backslash is a slash, and Pelican's keyword is not part of the address."""
    assert is_foreign_address(address) is is_foreign


@pytest.mark.parametrize("name", ["math", "svg", "template", "script"])
def test_what_is_removed_with_its_text_is_told_so(name: str) -> None:
    """The allow-list removes some elements with all that stands in them; the message says so."""
    (violation,) = find_removed_markup(f"Davor.\n\n<{name}>Worte</{name}>")
    assert (violation.line, violation.message) == (
        2,
        f"<{name}> is removed from the page, with all that stands in it",
    )


def test_a_target_in_angle_brackets_is_no_element() -> None:
    """Markdown takes such a target with blanks and brackets."""
    assert list(find_removed_markup("[z](<https://a.example/a b>) ![c](<images/eck[2].png>)")) == []


def test_an_address_in_angle_brackets_needs_its_scheme() -> None:
    """HTML takes it for an element, and nothing of it stays; one with a scheme is a link."""
    (violation,) = find_removed_markup("Siehe <www.amt.example>, <https://amt.example> und <a@amt.example>.")
    assert violation.message == "<www.amt.example> is removed from the page: it is no link"
    assert violation.hint == "Write <https://www.amt.example> in its place."


@pytest.mark.parametrize(
    "part", ['<a "', '<a title="', "<a x=b'c ", "<!--", "<!--!>", "<!-- --", '<img alt=a"b ', "<a\n\n>"]
)
def test_long_broken_markup_takes_time_in_proportion(part: str) -> None:
    """No tag or comment looks for its end through all the rest of a text."""
    seconds = [measure_seconds(part * count) for count in (1_000, 8_000)]
    assert seconds[1] < 0.5 + 24 * seconds[0]


def measure_seconds(body: str) -> float:
    """Return the seconds that the rules take for a body."""
    start = time.process_time()
    assert list(find_foreign_hosts(body)) == []
    list(find_removed_markup(body))
    return time.process_time() - start

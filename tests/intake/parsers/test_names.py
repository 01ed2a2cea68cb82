from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import dispatch, names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada@lox.engineering (Ada Lox)", "Ada Lox"),
        ("Ada Lox <ada@lox.photography>", "Ada Lox"),
        ("Ada Lox<ada@lox.koeln>", "Ada Lox"),
        ("Ada Lox (mailto:ada@lox.example)", "Ada Lox"),
        ("Ada Lox, ada@lox.online", "Ada Lox"),
        ('"Lox, Ada" &lt;ada@lox.museum&gt;', "Lox, Ada"),
        ("mailto:ada@lox.example?subject=Frage (Ada)", "Ada"),
        ("ada@lox.example, bo@lox.example", ""),
        ("post@stadt.berlin", ""),
        ("ada [at] lox [dot] example", ""),
        ("Ada Lox (ada(at)lox.example)", "Ada Lox"),
        ("ada at lox dot example", ""),
        ("root@localhost", ""),
        ("J\u00f6rg <j\u00f6rg@wei\u00df.example>", "J\u00f6rg"),
        ("@ada", "@ada"),
        ("Ada Lox at work", "Ada Lox at work"),
        ("Ada (at) Work", "Ada (at) Work"),
        ("(Redaktion)", "Redaktion"),
        ("Ada Lox \uff08ada\uff20lox.example\uff09", "Ada Lox"),
        ("ada@@lox.example", ""),
        ("https://lox.example/ada", "https://lox.example/ada"),
        ("Ada Lox, www.lox.example", "Ada Lox"),
        ("Von Ada Lox", "Ada Lox"),
        ("by Ada Lox", "Ada Lox"),
        ("von Lox", "von Lox"),
        ("von der Lox", "von der Lox"),
        ("Max von und zu Stein", "Max von und zu Stein"),
        ("Ernst & Young", "Ernst & Young"),
        ("Ada Lox, Jr.", "Ada Lox, Jr."),
    ],
)
def test_a_mail_address_is_no_name(text: str, name: str) -> None:
    """Of a name with a mail address, however written and whatever its top-level domain, only the name is kept."""
    assert names.clean_name(text) == name


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("mia@kolb.example (Mia Kolb), jan@ruf.example (Jan Ruf)", ("Mia Kolb", "Jan Ruf")),
        ("mia@kolb.example (Mia Kolb) und jan@ruf.example (Jan Ruf)", ("Mia Kolb", "Jan Ruf")),
        ("mia@kolb.example (Mia Kolb) jan@ruf.example (Jan Ruf)", ("Mia Kolb", "Jan Ruf")),
        ("Mia Kolb <mia@kolb.example>, Jan Ruf <jan@ruf.example>", ("Mia Kolb", "Jan Ruf")),
        ("Mia Kolb <mia@kolb.example> , Jan Ruf", ("Mia Kolb", "Jan Ruf")),
        ('"Kolb, Mia" <mia@kolb.example>; "Ruf, Jan" <jan@ruf.example>', ("Kolb, Mia", "Ruf, Jan")),
        ("Kolb, Mia <mia@kolb.example>, Ruf, Jan <jan@ruf.example>", ("Kolb, Mia", "Ruf, Jan")),
        ("Mia Kolb, mia@kolb.example, Jan Ruf, jan@ruf.example", ("Mia Kolb", "Jan Ruf")),
        ("mia@kolb.example, Mia Kolb, jan@ruf.example, Jan Ruf", ("Mia Kolb", "Jan Ruf")),
        ("Mia Kolb, Jr. <mia@kolb.example>", ("Mia Kolb, Jr.",)),
        ("Mia Kolb, Jr. <mia@kolb.example>, Jan Ruf <jan@ruf.example>", ("Mia Kolb, Jr.", "Jan Ruf")),
        ("Kolb & Ruf <post@kolb.example>", ("Kolb & Ruf",)),
        ("post@kolb.example (Mia Kolb, Jan Ruf)", ("Mia Kolb, Jan Ruf",)),
        ("Mia Kolb, Jan Ruf", ("Mia Kolb, Jan Ruf",)),
        # brackets within brackets, escaped markup, accounts of the fediverse
        ("mia@kolb.example (Mia Kolb (epd))", ("Mia Kolb (epd)",)),
        ("mia@kolb.example (Mia) (epd)", ("(Mia) (epd)",)),
        ("mia@kolb.example ((Mia Kolb))", ("Mia Kolb",)),
        ("&lt;i&gt;Mia Kolb&lt;/i&gt;", ("Mia Kolb",)),
        ("&amp;lt;i&amp;gt;Mia Kolb&amp;lt;/i&amp;gt; &lt;mia@kolb.example&gt;", ("Mia Kolb",)),
        ("@mia@kolb.example", ("@mia@kolb.example",)),
        ("Mia Kolb (@mia@kolb.example)", ("Mia Kolb",)),
        ("@mia@kolb.example, @jan@ruf.example", ("@mia@kolb.example", "@jan@ruf.example")),
    ],
)
def test_mail_addresses_tell_people_apart(field: str, people: tuple[str, ...]) -> None:
    """A field names several people if mail addresses show where one ends; well-formed and broken RSS agree."""
    assert names.split_names(field) == people
    for element, broken in (("author", ""), ("author", "<br>"), ("dc:creator", ""), ("dc:creator", "<br>")):
        item = f"<item><title>x</title>{broken}<{element}>{html.escape(field)}</{element}></item>"
        document = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{item}</channel></rss>'
        assert dispatch.parse_feed(document.encode()).entries[0].authors == people


@pytest.mark.parametrize(
    "authors",
    [
        '"author": "Mia Kolb"',
        '"author": ["Mia Kolb"]',
        '"author": [{"name": "Mia Kolb"}]',
        '"authors": "Mia Kolb"',
        '"authors": ["Mia Kolb", null, 7, {"url": "https://kolb.example/"}]',
        '"authors": {"name": "Mia Kolb"}',
        '"authors": [], "author": {"name": "Mia Kolb"}',
    ],
)
def test_authors_in_json_of_any_shape(authors: str) -> None:
    """JSON Feed and RSS in JSON may write authors as texts, as one object, or as a list of either."""
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", {authors}}}]}}'
    assert dispatch.parse_feed(document.encode()).entries[0].authors == ("Mia Kolb",)
    if '"authors"' not in authors:  # RSS has none
        document = f'{{"rss": {{"channel": {{"title": "x", "item": [{{"title": "y", {authors}}}]}}}}}}'
        assert dispatch.parse_feed(document.encode()).entries[0].authors == ("Mia Kolb",)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("Mia Kolb", "mia kolb", "MIA KOLB"), ("Mia Kolb",)),
        (("mia kolb", "Mia Kolb"), ("Mia Kolb",)),
        (("Kolb, Mia", "Mia Kolb"), ("Mia Kolb",)),
        (("mia.kolb", "Mia Kolb"), ("Mia Kolb",)),
        (("Joerg Weiss", "Jörg Weiß"), ("Jörg Weiß",)),
        (("Dr. Mia Kolb", "Mia Kolb (epd)"), ("Dr. Mia Kolb",)),
        (("mia@kolb.example (Mia Kolb)", "Mia  Kolb"), ("Mia Kolb",)),
        (("Mia Kolb, Jan Ruf, Eva Falk", "Mia Kolb, Jan Ruf"), ("Mia Kolb, Jan Ruf, Eva Falk",)),
        (("Mia Kolb, Jan Ruf", "Mia Kolb, Jan Ruf, Eva Falk"), ("Mia Kolb, Jan Ruf, Eva Falk",)),
        (("Mia Kolb", "Jan Ruf", "Mia Kolb und Jan Ruf"), ("Mia Kolb", "Jan Ruf")),
        (("Mia Kolb", "Jan Ruf", "Mia Kolb, Eva Falk, Jan Ruf"), ("Mia Kolb", "Jan Ruf", "Eva Falk")),
        (("Mia Kolb", "Mia Kolb, Chief Editor"), ("Mia Kolb, Chief Editor",)),
        # other people, and what is not known to be one
        (("Mia Kolb", "Mio Kolb", "M. Kolb"), ("Mia Kolb", "Mio Kolb", "M. Kolb")),
        (("Anna B. Tal", "Anna C. Tal"), ("Anna B. Tal", "Anna C. Tal")),
        (("Ernst & Young", "Ernst"), ("Ernst & Young", "Ernst")),
        (("Dr.", "Prof."), ("Dr.", "Prof.")),
    ],
)
def test_a_person_is_named_once(fields: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Several fields that name one person, in whatever spelling, give the name once, in its best spelling."""
    assert names.read_names(fields) == expected
    items = "".join(f"<dc:creator>{html.escape(field)}</dc:creator>" for field in fields)
    document = f'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><item>{items}</item></channel>'
    assert dispatch.parse_feed(f"{document}</rss>".encode()).entries[0].authors == expected


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (("Ada Lox", "@adalox", "admin"), ("Ada Lox",)),
        (("@adalox",), ("@adalox",)),
        (("admin", "root"), ("admin", "root")),
        (("Root Beer", "Ada Lox"), ("Root Beer", "Ada Lox")),
    ],
)
def test_accounts_do_not_sign_beside_names(authors: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Accounts are named only where a feed names nobody else."""
    assert names.limit_names(authors) == expected


@given(st.text("a@.<>()[] at:mailto", max_size=1200))
def test_any_text_is_cleaned(text: str) -> None:
    """No text ends in an error or keeps an address, nor does it take long."""
    cleaned = names.clean_name(text)
    assert len(text) > 1000 or not names.has_mail_address(cleaned) or names.clean_name(cleaned) != text


@pytest.mark.parametrize("broken", ["", "<br>"])
def test_authors_of_every_format(broken: str) -> None:
    """Well-formed and broken RSS, Atom and JSON feeds give the name without the address."""
    rss = f"<item><title>x</title>{broken}<author>a@b.hamburg (Ada Lox)</author></item>"
    atom = f"<entry><title>x</title>{broken}<author><name>Ada Lox a@b.hamburg</name></author></entry>"
    json = '{"version": "https://jsonfeed.org/version/1", "items": [{"author": {"name": "Ada Lox <a@b.koeln>"}}]}'
    for document in (
        f'<rss version="2.0"><channel>{rss}</channel></rss>',
        f'<feed xmlns="http://www.w3.org/2005/Atom">{atom}</feed>',
        json,
    ):
        assert dispatch.parse_feed(document.encode()).entries[0].authors == ("Ada Lox",)


@pytest.mark.parametrize(
    ("author", "credit"),
    [
        ('"authors": [{"url": "https://eva.example/"}]', ()),
        ('"author": {"name": "eva@b.example"}', ()),
        ('"authors": ["eva@b.example"]', ()),
        ('"authors": [{"name": ""}], "author": {}', ("Chef",)),
        ('"authors": []', ("Chef",)),
    ],
)
def test_a_json_item_with_a_nameless_author_is_not_the_feeds(author: str, credit: tuple[str, ...]) -> None:
    """The authors of a JSON Feed are those of items without any, not of items whose author gives no name."""
    document = f'{{"authors": [{{"name": "Chef"}}], "items": [{{"id": "1", "title": "x", {author}}}]}}'
    assert dispatch.parse_feed(document.encode()).entries[0].authors == credit


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("Mia Kolb und Jan Ruf", ("Mia Kolb", "Jan Ruf")),
        ("Mia Kolb and Jan Ruf", ("Mia Kolb", "Jan Ruf")),
        ("Von Mia Kolb UND Jan Ruf", ("Mia Kolb", "Jan Ruf")),
        ("Mia Kolb & Jan Ruf, Lea Amt", ("Mia Kolb", "Jan Ruf", "Lea Amt")),
        ("Mia Kolb, Jan Ruf, and Lea Amt", ("Mia Kolb", "Jan Ruf", "Lea Amt")),
        ("Dr. Mia M. Kolb-Groß und Jan von der Öhe", ("Dr. Mia M. Kolb-Groß", "Jan von der Öhe")),
        ("MIA KOLB UND JAN RUF", ("MIA KOLB", "JAN RUF")),
        ("Mia Kolb, Jan Ruf", ("Mia Kolb, Jan Ruf",)),
        ("Mia Kolb und Mia Kolb", ("Mia Kolb",)),
    ],
)
def test_an_and_between_whole_names_tells_people_apart(field: str, people: tuple[str, ...]) -> None:
    """An "and" between first and last names joins several people; a comma alone proves nothing."""
    assert names.read_names([field]) == people


@pytest.mark.parametrize(
    "field",
    [
        "Müller & Söhne GmbH",
        "Redaktion und Verlag",
        "Max von und zu Stein",
        "Kolb und Ruf",
        "Kolb, Mia und Ruf, Jan",
        "Mia Kolb und Team",
        "Mia Kolb und das Team",
        "Mia Kolb & Jan Ruf GmbH",
        "Hans Kolb und Söhne",
        "Kolb Ruf & Amt Verlag",
        "Mia Kolb, Redakteurin, und Jan Ruf",
        "Institut für Bau und Raum Bonn",
        "Amt für Kunst & Kultur",
        "Mia Kolb and 3 others",
        "Mia Kolb and Jan Ruf in New York",
        "Mia Kolb und Jan Ruf (epd)",
        "Mia Kolb und Kolb Verlags GmbH",
        "Mia Kolb und die Redaktion Bonn",
        "Rock & Roll",
        "mia kolb und jan ruf",
        "und",
        " und ",
        "Mia Kolb und ",
        ", und ,",
    ],
)
def test_the_name_of_a_firm_or_an_office_is_never_split(field: str) -> None:
    """A name with an "and" stays whole if its parts are not all people with first and last name."""
    assert names.split_people(field) == (field,)


def test_people_of_the_edition_are_told_apart_by_commas() -> None:
    """In a list of names that people.yaml knows, a comma parts people, also those of one word."""
    known = {"mia kolb", "jan ruf", "nonna"}
    assert names.split_people("Mia Kolb, Jan Ruf", known) == ("Mia Kolb", "Jan Ruf")
    assert names.split_people("Nonna und Lea Amt", known) == ("Nonna", "Lea Amt")
    assert names.split_people("Mia Kolb, Chefin", known) == ("Mia Kolb, Chefin",)


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("noreply@blogger.com (Unknown)", ()),
        ("noreply@blogger.com (Eva Falk)", ("Eva Falk",)),
        ("Unknown", ()),
        ("no-reply", ()),
        ("undefined", ()),
        ("N/A", ()),
        ("Unknown Artist", ("Unknown Artist",)),
        ("Redaktion", ("Redaktion",)),
        ("Anonymous", ("Anonymous",)),
    ],
)
def test_what_programs_write_for_no_name_is_none(field: str, authors: tuple[str, ...]) -> None:
    """Blogger and forms name somebody where nobody is known; a byline that people chose stays."""
    assert names.read_names([field]) == authors


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("Eva, Max und Jo", ("Eva", "Max", "Jo")),
        ("Anna-Lena, Max and Jo", ("Anna-Lena", "Max", "Jo")),
        ("Max und Jo", ("Max und Jo",)),
        ("Berg, Hahn & Partner", ("Berg, Hahn & Partner",)),
        ("Redaktion, Verlag und Team", ("Redaktion, Verlag und Team",)),
        ("Jahn, Ina", ("Jahn, Ina",)),
    ],
)
def test_a_page_may_name_people_by_their_first_names(field: str, people: tuple[str, ...]) -> None:
    """Of a page's author, single words in a list with commas and an "and" are people; a firm is none."""
    assert names.read_names([field], may_be_first_names=True) == people

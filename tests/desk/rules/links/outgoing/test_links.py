"""Which addresses an edition links to."""

from datetime import UTC, datetime

import pytest

from kuratorium.desk.rules.links.outgoing.links import list_outgoing_links
from kuratorium.edition.loader import read_edition
from tests.editions import TinyEdition, work

FILES = (
    "content/essays/rueckblick.md",
    "content/lookbacks/damals.md",
    "curation/people.yaml",
    "curation/topics.yaml",
    "curation/series.yaml",
)


def addresses(tiny: TinyEdition, own_site: str = "https://weichenwerk.example") -> list[str]:
    """Return the addresses of the links of an edition but that of its first note."""
    links = list_outgoing_links(read_edition(tiny.root)[0], own_site)
    return [link.address for link in links if "erste-notiz" not in link.address]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[Wort](https://a.example/x)", ["https://a.example/x"]),
        ('[Wort](https://a.example/x "Titel")', ["https://a.example/x"]),
        ("[Wort](<https://a.example/x>)", ["https://a.example/x"]),
        ("[Wort](https://a.example/x_(y)) und (so)", ["https://a.example/x_(y)"]),
        ("[Wort][1]\n\n[1]: https://a.example/x", ["https://a.example/x"]),
        ("<https://a.example/x>", ["https://a.example/x"]),
        ('<a href="https://a.example/?a=1&amp;b=2">Wort</a>', ["https://a.example/?a=1&b=2"]),
        ("[Wort](https://a.example/x#teil) [Wort](https://a.example/x)", ["https://a.example/x"]),
        ("[Wort](https://bücher.example/ä)", ["https://xn--bcher-kva.example/%C3%A4"]),
        ("> Satz\n> — A: [T](https://a.example/x)", ["https://a.example/x"]),
        ("[Wort](//a.example/x) [Wort](www.b.example)", ["https://a.example/x", "https://www.b.example"]),
        ("`[Wort](https://a.example/x)`", []),
        ("    [Wort](https://a.example/x)", []),
        ("[Wort](https://ada:geheim@a.example/x)", []),
        ("[Wort](https://weichenwerk.example/x)", []),
        ("[Wort](mailto:ada@a.example) [Wort](/x) [Wort](javascript:alert(1))", []),
    ],
)
def test_links_of_a_body(tiny: TinyEdition, body: str, expected: list[str]) -> None:
    """Links in all forms of Markdown and HTML count, once each; code, own pages and passwords do not."""
    tiny.essay("aufsatz", body=f"Ein Satz.\n\n{body}\n")
    assert addresses(tiny) == expected


def test_links_of_front_matter_and_people(tiny: TinyEdition) -> None:
    """Works, where one was found, and the addresses of people are links; those of drafts are not."""
    via = {"name": "Amtsblog", "url": "https://via.example/"}
    tiny.note("eins", bookmark_of=[work("https://a.example/1"), work("https://a.example/2")], via=via)
    tiny.note("zwei", bookmark_of=[work("https://a.example/3")], status="draft")
    people = [{"id": "anna-berg", "name": "Anna Berg", "links": {"site": "https://anna.example/"}}]
    tiny.yaml("people", [*people, {"id": "carl-dorn", "name": "C"}, {"id": "eva-falk", "name": "E"}])
    assert addresses(tiny) == [
        "https://a.example/1",
        "https://a.example/2",
        "https://via.example/",
        "https://anna.example/",
    ]


def test_links_that_readers_do_not_see_yet(tiny: TinyEdition) -> None:
    """At a date, links of unreleased interviews and of later posts do not count: a visit would tell of them."""
    tiny.essay("spaeter", body="[Wort](https://a.example/x)", date="2026-10-20T08:00:00+02:00")
    tiny.interview("offen", body="@anna-berg: Warum?\n\n@eva-falk: [Darum](https://b.example/x).", release="open")
    tiny.essay("heute", body="[Wort](https://c.example/x)")
    edition = read_edition(tiny.root)[0]

    def visited(day: int) -> set[str]:
        links = list_outgoing_links(edition, "", datetime(2026, 10, day, tzinfo=UTC))
        return {link.address for link in links if link.address.endswith(".example/x")}

    assert visited(14) == {"https://c.example/x"}
    assert visited(21) == {"https://a.example/x", "https://c.example/x"}
    assert {link.address for link in list_outgoing_links(edition, "")} >= {"https://a.example/x", "https://b.example/x"}


def test_links_of_pictures_registries_and_works_looked_back_on(tiny: TinyEdition) -> None:
    """What leads readers elsewhere is a link, wherever it is written."""
    image = {"file": "images/x.jpg", "alt": "Ein Haus", "credit": "Ada, <https://bild.example/ada>", "license": "CC0"}
    past = {"url": "https://alt.example/", "title": "Damals", "date": "2016-10-01", "publication": "Amtsblatt"}
    tiny.post(
        "content/essays/rueckblick.md",
        image=image | {"credit_url": "https://bild.example/"},
        syndication=["https://kopie.example/"],
    )
    tiny.post("content/lookbacks/damals.md", lookback_of=past, changed_since=["Alles."])
    names = {"anna-berg": "Anna Berg", "carl-dorn": "Carl Dorn", "eva-falk": "Eva Falk"}
    people = [{"id": key, "name": name} for key, name in names.items()]
    tiny.yaml("people", [{**people[0], "bio": "Schreibt für [das Blatt](https://blatt.example/)."}, *people[1:]])
    topic = {"id": "transformation", "name": "Wandel", "intro": "Siehe [dort](https://thema.example/)."}
    tiny.yaml("topics", [topic])
    tiny.yaml("series", [{"id": "reihe", "name": "Reihe", "intro": "Mit <https://reihe.example/>."}])
    links = {link.address: link for link in list_outgoing_links(read_edition(tiny.root)[0], "")}
    assert {file.partition("/")[2]: [key for key in links if links[key].file == file] for file in FILES} == {
        "essays/rueckblick.md": ["https://kopie.example/", "https://bild.example/", "https://bild.example/ada"],
        "lookbacks/damals.md": ["https://alt.example/"],
        "people.yaml": ["https://blatt.example/"],
        "topics.yaml": ["https://thema.example/"],
        "series.yaml": ["https://reihe.example/"],
    }
    assert links["https://alt.example/"].work


def test_a_long_text_is_read_in_linear_time(tiny: TinyEdition) -> None:
    """Openings of links without end are no trap."""
    tiny.essay("aufsatz", body="Ein Satz.\n\n" + "[a](https://a.example/(((" * 3_000)
    assert len(addresses(tiny)) <= 3_000

"""The search for sponsors: every form in which readers see or open their names and domains."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kuratorium.edition.curation import Image, Imprint, Person, Policy, Series, Sponsor
from kuratorium.edition.model import Correction, FrontMatter, PostFile, SeriesPosition
from kuratorium.edition.registry import Registry
from kuratorium.edition.rules.sponsors import check_sponsor_disclosure
from kuratorium.edition.works import Work

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def find_lines(
    body: str, *, names: tuple[str, ...] = ("Zzz",), domains: tuple[str, ...] = (), **front: Any
) -> list[Any]:
    """Return the line or field of each mention of a sponsor with these names and domains."""
    sponsor = Sponsor(name=names[0], aliases=names[1:], domains=domains)
    registry = Registry(
        sources={},
        people={"ina-jahn": Person(id="ina-jahn", name="Ina Jahn", role="Chefin der Stahl AG")},
        topics={},
        series={"gast": Series(id="gast", name="Zu Gast bei der Stahl AG")},
        policy=Policy(imprint=Imprint(responsible="Ina Jahn"), sponsors=(sponsor,)),
    )
    meta = FrontMatter(uid="abcdef123456", title="Titel", date=NOW, **front)
    post = PostFile(file="content/essays/x.md", format="essay", meta=meta, body=body, body_line=0)
    return [violation.path or violation.line for violation in check_sponsor_disclosure(post, registry)]


@pytest.mark.parametrize(
    "text",
    [
        "Mehr auf stahl.example.",
        "Mehr auf www.stahl.example/preise, sagt sie.",
        "Mehr: **stahl**.example",
        "Anfragen an info@stahl.example.",
        "[Mail](mailto:info@stahl.example?subject=x)",
        "<vertrieb@shop.stahl.example>",
        "[Preise](www.stahl.example)",
        "[Preise](//stahl.example)",
        "[Preise](https://stahl.example.)",
        "[Preise](https://stahl.example.:443/)",
        "[Preise](https://gast:wort@stahl.example:8080/)",
        "[Preise](https://stahl&#46;example)",
        "[Archiv](https://archiv.example/2020/https://stahl.example/preise)",
        "[p]: STAHL.example",
        "Konto @team@stahl.example",
        "Siehe sta\u00adhl.example",
        "Siehe \uff53\uff54\uff41\uff48\uff4c.example",
    ],
)
def test_a_domain_is_found_in_words_links_and_mail_addresses(text: str) -> None:
    """With a port, a user, a final dot or a subdomain, it is the sponsor's."""
    assert find_lines(f"Eins.\n\n{text}", domains=("stahl.example",)) == [2]


@pytest.mark.parametrize(
    "text",
    [
        "edelstahl.example, edel-stahl.example",
        "stahl.example.org, stahl.examples, stahl.example-shop.org",
        "[Kritik](https://zeitung.example/stahl.example-klagt)",
        "[Kritik](https://zeitung.example/?host=stahl.example)",
        "[Kritik](www.zeitung.example/stahl.example)",
    ],
)
def test_another_domain_is_not_the_sponsors(text: str) -> None:
    """A longer name is another host, and the path of another site names none."""
    assert find_lines(text, domains=("stahl.example",)) == []


@pytest.mark.parametrize("domain", ["bäder.example", "ba\u0308der.example", "xn--bder-loa.example", "BÄDER.example"])
@pytest.mark.parametrize(
    "link",
    ["https://bäder.example/", "https://ba\u0308der.example", "https://www.XN--bder-loa.example/x", "bäder.example"],
)
def test_an_umlaut_in_a_domain_has_all_its_spellings(domain: str, link: str) -> None:
    """Policy and post may write letters or ASCII, and an umlaut as one character or two."""
    assert find_lines(f"Eins.\n[Bad]({link})", domains=(domain,)) == [1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Grün AG", "Die **Grün** AG."),
        ("Grün AG", "Die __Grün AG__s Halle."),
        ("Grün AG", "Die G*rü*n AG."),
        ("Grün AG", "Die [Grün](https://gruen.example/a_(b)) AG."),
        ("Grün AG", "Die [Grün][1] AG."),
        ("Grün AG", "Die <b>Grün</b> AG."),
        ("Grün AG", "Die Grün<br>AG."),
        ("Grün AG", "Die `Grün` AG und ==mehr==."),
        ("Grün AG", "Die ==Grün AG.=="),
        ("Grün AG", "Die Gr&uuml;n&nbsp;AG."),
        ("Grün AG", "Die Gr&#252;n&#xA0;AG."),
        ("Berg & Söhne", "Von Berg &amp; Söhne."),
        ("Berg & Söhne", "Von Berg und Söhne."),
        ("Berg und Söhne", "Von Berg & Söhne."),
        ("Berg + Söhne", "Von Berg\n& Söhnes Werk."),
        ("Berg & Söhne", "Von Berg&Söhne."),
        ("Berg & Söhne", "Von Berg+ Söhne."),
        ("Berg & Söhne", "Von Berg&amp;Söhne."),
        ("Berg&Söhne", "Von Berg & Söhne, Berg und Söhne."),
        ("Rechenhaus", "Die Halle des Rechenhauses."),
        ("GRÜN", "Die GRÜN_Cloud."),
        ("GRÜN", "Die my_grün."),
        ("D'Angelo", "Bei D\u2019Angelo."),
        ("D\u2019Angelo", "Bei D'Angelo's."),
        ("D'Angelo", "Bei D&rsquo;Angelo."),
        ("D'Angelo", "Bei D\u02bcangelo, D\u00b4Angelo und D`Angelo."),
    ],
)
def test_a_name_is_found_as_readers_see_it(name: str, text: str) -> None:
    """Marks of Markdown, HTML, entities and the form of an apostrophe hide no name."""
    assert find_lines(f"Eins.\n\n{text}", names=("Zzz", name)) == [2]


@pytest.mark.parametrize(
    "text", ["Grünag", "Grün, AG", "Immergrün AG", "Grün AGB", "Berg, Söhne", "BergSöhne", "DAngelo"]
)
def test_other_words_are_not_the_name(text: str) -> None:
    """A longer word, and the words of a name with a sign between them, are others."""
    assert find_lines(text, names=("Grün AG", "Berg & Söhne", "D'Angelo")) == []


@pytest.mark.parametrize(
    ("field", "front"),
    [
        (("corrections", 0), {"corrections": (Correction(date=NOW.date(), text="Es war die Stahl AG."),)}),
        (("changed_since", 1), {"changed_since": ("Nichts.", "Die *Stahl* AG.")}),
        (("syndication", 0), {"syndication": ("https://stahl.example/kopie",)}),
        (("image",), {"image": Image(file="images/a.jpg", alt="Halle der Stahl AG", credit="x")}),
        (("series",), {"series": SeriesPosition(id="gast", position=1)}),
        (("authors", 0), {"authors": ("ina-jahn",)}),
        (("bookmark_of", 0), {"bookmark_of": (Work(url="https://a.example/", title="A", archived="https://b.example/https://stahl.example/"),)}),
    ],
)  # fmt: skip
def test_every_field_that_readers_see_is_searched(field: tuple[Any, ...], front: dict[str, Any]) -> None:
    """The mention may stand beside the text, also in a record of curation/."""
    assert find_lines("Text.", names=("Stahl AG",), domains=("stahl.example",), **front) == [field]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Siemens", "das Siemensche Werk"),
        ("Siemens", "die Siemens'schen Werke"),
        ("Bosch", "im Bosch-eigenen Netz"),
        ("Bosch", "im Boscheigenen Netz"),
        ("Grimm", "die Grimmschen Märchen"),
        ("Deutsche Stahl", "ein Angebot der Deutschen Stahl"),
        ("Grünes Netz", "im Grünen Netz"),
    ],
)
def test_adjectives_of_a_name_are_the_name(name: str, text: str) -> None:
    """German makes adjectives of names, and inflects those that are part of a name."""
    assert find_lines(f"Es geht um {text}.", names=(name,)) == [0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("Bosch", "Boschung und Boscherei"), ("Stahl", "stählern, Stahlschein, Stahlscheibe, eigenes Stahlscheren")),
        *(("Deutsche Stahl", "deutschem Stahlbeton"), ("Deutsche Stahl", "deutsch, Stahl"), ("Ada Berg", "Adas Berg")),
    ],
)
def test_longer_words_are_no_adjectives_of_a_name(name: str, text: str) -> None:
    """Only the ends of adjectives are known, so that a compound is another word."""
    assert find_lines(f"Es geht um {text}.", names=(name,)) == []

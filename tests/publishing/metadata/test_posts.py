"""What the page of a post says it is, by format, as an editor's files give it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition, work
from tests.publishing.metadata.schema_org import find_errors, find_nodes, read_graph

SITE = "https://weichenwerk.example/"


def read_post(output: Path, path: str) -> dict[str, Any]:
    """Return the first node of a page, which is what the page is about; the whole graph keeps to schema.org."""
    nodes = read_graph(output / path)
    assert [*find_errors(nodes)] == []
    return nodes[0]


def build(tiny: TinyEdition, path: str) -> dict[str, Any]:
    """Build the site and return what a page is about."""
    build_site(tiny.root)
    return read_post(tiny.root / "output", path)


def test_a_note_cites_what_it_recommends(tiny: TinyEdition) -> None:
    """It is a BlogPosting based on the works, each with outlet, authors, date, language, and whether it costs money."""
    url = "https://amtsblog.example/teuer"
    tiny.note("zahlen", bookmark_of=[work(url, published="2026-09-01", paywall=True), work("https://b.example/frei")])
    note = build(tiny, "notizen/zahlen.html")
    assert note["@type"] == "BlogPosting"
    assert note["@id"] == f"{SITE}notizen/zahlen.html#post"
    assert note["mainEntityOfPage"] == f"{SITE}notizen/zahlen.html"
    assert note["isBasedOn"] == [url, "https://b.example/frei"]
    assert note["citation"][0] == {
        "@type": "CreativeWork",
        "name": "Das Werk",
        "url": url,
        "author": [{"@type": "Person", "name": "Gerd Hahn"}],
        "publisher": {"@type": "Organization", "name": "Amtsblog"},
        "datePublished": "2026-09-01",
        "inLanguage": "de",
        "isAccessibleForFree": False,
    }
    assert "isAccessibleForFree" not in note["citation"][1]
    assert note["author"] == [
        {
            "@type": "Person",
            "@id": f"{SITE}menschen/anna-berg.html#person",
            "name": "Anna Berg",
            "url": f"{SITE}menschen/anna-berg.html",
            "jobTitle": "Kuratorin",
        }
    ]


def test_a_work_in_print_has_its_issue_and_pages(tiny: TinyEdition) -> None:
    """The work is an article of an issue of its newspaper; without an issue it is part of the newspaper."""
    printed = {"title": "Gedruckt", "publication": "Die Zeitung", "page": "12–13"}
    tiny.note("papier", bookmark_of=[printed | {"issue": "42/2026"}, printed])
    first, second = build(tiny, "notizen/papier.html")["citation"]
    newspaper = {"@type": "Periodical", "name": "Die Zeitung"}
    assert (first["@type"], first["pagination"]) == ("Article", "12–13")
    assert first["isPartOf"] == [{"@type": "PublicationIssue", "issueNumber": "42/2026", "isPartOf": [newspaper]}]
    assert second["isPartOf"] == [newspaper]


def test_dates_are_those_of_the_post(tiny: TinyEdition) -> None:
    """Published as written; modified by hand or by a correction, which is named."""
    tiny.essay("neu")
    tiny.essay("korrigiert", corrections=[{"date": "2026-10-05", "text": "Es waren 31."}])
    build_site(tiny.root)
    new, corrected = (read_post(tiny.root / "output", f"essays/{slug}.html") for slug in ("neu", "korrigiert"))
    assert new["@type"] == corrected["@type"] == "Article"
    assert new["datePublished"] == new["dateModified"] == "2026-10-01T08:00:00+02:00"
    assert corrected["dateModified"] == "2026-10-05T00:00:00+02:00"
    assert corrected["correction"] == [
        {"@type": "CorrectionComment", "text": "Es waren 31.", "datePublished": "2026-10-05"}
    ]


def test_versions_in_other_languages_are_linked(tiny: TinyEdition) -> None:
    """The original has its translations, and each of them has the original."""
    tiny.essay("original", uid="original-0001")
    tiny.essay("english", lang="en", translation_of="original-0001")
    build_site(tiny.root)
    original, english = (read_post(tiny.root / "output", f"essays/{slug}.html") for slug in ("original", "english"))
    assert original["workTranslation"] == [{"@id": english["@id"]}]
    assert english["translationOfWork"] == {"@id": original["@id"]}
    assert (original["inLanguage"], english["inLanguage"]) == ("de", "en")


def test_a_sponsor_is_named_where_it_paid(tiny: TinyEdition) -> None:
    """By its name in the policy, if the disclosure mentions it; a relation is no sponsorship."""
    policy = {
        "imprint": {"responsible": "Anna Berg"},
        "sponsors": [{"name": "Pumpen AG", "aliases": ["Pumpen"]}, {"name": "Ventile KG"}],
    }
    tiny.yaml("policy", {"as_of": "2026-10-14T09:00:00+02:00", **policy})
    tiny.essay("bezahlt", disclosure={"kind": "sponsor", "text": "Bezahlt von PUMPEN."})
    tiny.essay("anonym", disclosure={"kind": "sponsor", "text": "Bezahlt von Freunden."})
    tiny.essay("bekannt", disclosure={"kind": "relation", "text": "Pumpen AG fördert uns."})
    build_site(tiny.root)
    paid, unnamed, related = (
        read_post(tiny.root / "output", f"essays/{slug}.html") for slug in ("bezahlt", "anonym", "bekannt")
    )
    assert paid["sponsor"] == [{"@type": "Organization", "name": "Pumpen AG"}]
    assert unnamed["sponsor"] == [{"@type": "Organization", "description": "Bezahlt von Freunden."}]
    assert "sponsor" not in related
    assert paid["headline"] == "Anzeige: Titel von bezahlt"


def test_a_lookback_is_based_on_what_it_looks_back_on(sample_output: Path) -> None:
    """On our own older post, or on that and the works that it names."""
    lookback = read_post(sample_output, "rueckblicke/der-bildschirm-war-nicht-schuld.html")
    assert lookback["@type"] == "BlogPosting"
    assert lookback["isBasedOn"] == [f"{SITE}notizen/elf-gespraeche.html"]


def test_a_talk_is_an_event_until_it_is_over(sample_output: Path) -> None:
    """Before: when, where and with whom. Then: an episode of its series, recorded at that event."""
    event = read_post(sample_output, "gespraeche/weichenstellung-3-restrisiko.html")
    assert event["@type"] == "Event"
    assert event["startDate"] == "2026-11-05T17:00:00+01:00"
    assert event["location"][0]["@type"] == "VirtualLocation"
    episode = read_post(sample_output, "gespraeche/weichenstellung-1-ausstieg.html")
    assert episode["@type"] == "PodcastEpisode"
    assert episode["recordedAt"]["startDate"] == "2026-06-18T17:00:00+02:00"
    assert [place["@type"] for place in episode["recordedAt"]["location"]] == ["VirtualLocation", "Place"]
    assert episode["partOfSeries"]["@id"] == f"{SITE}reihen/weichenstellung.html#series"
    assert episode["episodeNumber"] == 1
    podcast = read_post(sample_output, "gespraeche/zwischenruf-1-uhrzeit.html")["partOfSeries"]
    assert (sample_output / podcast["webFeed"].removeprefix(SITE)).is_file()
    assert read_post(sample_output, "reihen/zwischenruf.html")["about"] == {
        **podcast,
        "description": read_post(sample_output, "reihen/zwischenruf.html")["description"],
        "publisher": {"@id": f"{SITE}#organization"},
    }
    assert [guest["name"] for guest in episode["contributor"]] == ["Ruth Feldkamp", "Tobias Kienle"]


def test_a_past_talk_without_a_recording_is_an_article(tiny: TinyEdition) -> None:
    """About the event: there is nothing to hear."""
    tiny.talk("vorbei", start="2026-09-05T17:00:00+02:00", end="2026-09-05T18:00:00+02:00")
    article = build(tiny, "gespraeche/vorbei.html")
    assert article["@type"] == "Article"
    assert article["about"]["@type"] == "Event"


def test_the_publisher_says_how_it_works(sample_output: Path) -> None:
    """Every page names the publisher, with the pages on its principles, corrections and money."""
    (publisher,) = find_nodes(read_graph(sample_output / "index.html")[-1:], "Organization")
    assert publisher["@id"] == f"{SITE}#organization"
    assert publisher["publishingPrinciples"] == f"{SITE}wie-wir-kuratieren.html"
    for name in ("correctionsPolicy", "ownershipFundingInfo"):
        path, _, anchor = publisher[name].removeprefix(SITE).partition("#")
        assert f'id="{anchor}"'.encode() in (sample_output / path).read_bytes()

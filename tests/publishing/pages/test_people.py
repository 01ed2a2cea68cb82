from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from kuratorium.edition.curation import Person
from kuratorium.edition.model import Work
from kuratorium.publishing.pages.people import find_activities
from tests.publishing.makers import ADA, BEN, catalog, post

SamplePage = Callable[[str], BeautifulSoup]


def parts(soup: BeautifulSoup) -> dict[str, list[str]]:
    """Heading -> what is linked below it, within the site."""
    return {
        section.h2.get_text(strip=True): [
            str(link["href"]) for link in section.select(".row-title a, .headline a, .row-by a")
        ]
        for section in soup.select("main section.shelf")
        if section.h2
    }


def test_a_member_of_the_board_has_a_page_with_what_they_wrote_and_lead(sample_page: SamplePage) -> None:
    """Bio, membership, topics, links that say rel=me, conversations they led, posts they signed."""
    soup = sample_page("menschen/aylin-demirtas.html")
    assert "Mitglied des Kuratoriums" in soup.select_one(".role").text  # type: ignore[union-attr]
    assert [link["rel"] for link in soup.select(".links a")] == [["me"], ["me"]]
    assert {link["href"] for link in soup.select(".opening-person a")} >= {"../themen/journalismus.html"}
    found = parts(soup)
    assert "../interviews/tobias-kienle-journalismus-verwaltungs-it.html" in found["Hat gefragt"]
    assert "../notizen/uebergabe-ohne-schnitt.html" in found["Hat hier geschrieben"]
    assert not {*found["Hat gefragt"]} & {*found["Hat hier geschrieben"]}


def test_who_writes_elsewhere_has_a_page_with_what_was_recommended(sample_page: SamplePage) -> None:
    """The work leads to the original, beside it stands who recommends it; and where they were asked."""
    soup = sample_page("menschen/tobias-kienle.html")
    assert "Mitglied" not in soup.select_one(".role").text  # type: ignore[union-attr]
    found = parts(soup)
    assert "../notizen/was-im-vermerk-steht.html" in found["Hier empfohlen"]
    assert any(link.startswith("https://kienles-zettelkasten.example/") for link in found["Hier empfohlen"])
    assert "../interviews/tobias-kienle-journalismus-verwaltungs-it.html" in found["Wurde gefragt"]
    assert "Kienles Zettelkasten" in soup.select_one(".opening-person").text  # type: ignore[union-attr]


def test_the_list_of_people_begins_with_the_board(sample_page: SamplePage) -> None:
    """Four members, then the others, each with what they did here."""
    board, others = sample_page("menschen.html").select("main section")
    assert (board.h2.text, len(board.select("li"))) == ("Das Kuratorium", 4)  # type: ignore[union-attr]
    assert "3-mal empfohlen" in next(one.text for one in others.select("li") if "Lindqvist" in one.text)


def test_works_and_quotations_know_people_by_their_whole_name() -> None:
    """Case and accents aside; half a name is nobody, and a name that two have is neither."""
    mara, other, same = (
        Person(id=one, name=name) for one, name in (("mara", "Mara Öz"), ("x", "Jan Ott"), ("y", "Jan Ott"))
    )
    recommends = post(1, works=(Work(url="https://a.example/1", title="A", authors=("mara oz", "Jan Ott", "Roth")),))
    quotes = post(2)
    found = find_activities(
        catalog(
            recommends,
            quotes,
            people=(ADA, BEN, mara, other, same),
            quoted_names={recommends.uid: ("Amtsblog", "Mara Öz"), quotes.uid: ("Mara Öz", "Roth")},
        )
    )
    assert [(pick.post.uid, pick.work_index) for pick in found["mara"].recommendations] == [("u-000001", 0)]
    assert [one.uid for one in found["mara"].quoting_posts] == ["u-000002"]
    assert found["x"].recommendations == found["y"].recommendations == found["ben"].recommendations == ()
    assert found["ben"].quoting_posts == ()

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup
from msgspec.structs import replace

from kuratorium.edition.curation import Person
from kuratorium.edition.model import Event, Post
from kuratorium.edition.works import Work
from kuratorium.publishing.page import LIST_PAGE_SIZE, HtmlPage
from kuratorium.publishing.pages.people import find_activity, plan_people_pages
from tests.publishing.makers import ADA, BEN, NOON, catalog, post, site

SamplePage = Callable[[str], BeautifulSoup]


def parts(soup: BeautifulSoup) -> dict[str, list[str]]:
    """Return the links of each section of a page by its heading."""
    return {
        section.h2.get_text(strip=True): [
            str(link["href"]) for link in section.select(".row-title a, .headline a, .row-by a")
        ]
        for section in soup.select("main section.shelf")
        if section.h2
    }


def test_a_member_of_the_board_has_a_page_with_what_they_wrote_and_lead(sample_page: SamplePage) -> None:
    """It has membership, topics, links with rel=me, the conversations they hosted and the posts they signed."""
    soup = sample_page("menschen/aylin-demirtas.html")
    assert "Mitglied des Kuratoriums" in soup.select_one(".role").text  # type: ignore[union-attr]
    assert [link["rel"] for link in soup.select(".links a")] == [["me"], ["me"]]
    assert {link["href"] for link in soup.select(".opening-person a")} >= {"../themen/journalismus.html"}
    links = parts(soup)
    assert "../interviews/tobias-kienle-journalismus-verwaltungs-it.html" in links["Hat gefragt"]
    assert "../notizen/uebergabe-ohne-schnitt.html" in links["Hat hier geschrieben"]
    assert not {*links["Hat gefragt"]} & {*links["Hat hier geschrieben"]}


def test_who_writes_elsewhere_has_a_page_with_what_was_recommended(sample_page: SamplePage) -> None:
    """It links recommended works and the posts that recommend them, and the interviews with the person."""
    soup = sample_page("menschen/tobias-kienle.html")
    assert "Mitglied" not in soup.select_one(".role").text  # type: ignore[union-attr]
    links = parts(soup)
    assert "../notizen/was-im-vermerk-steht.html" in links["Hier empfohlen"]
    assert any(link.startswith("https://kienles-zettelkasten.example/") for link in links["Hier empfohlen"])
    assert "../interviews/tobias-kienle-journalismus-verwaltungs-it.html" in links["Wurde gefragt"]
    assert "Kienles Zettelkasten" in soup.select_one(".opening-person").text  # type: ignore[union-attr]


def test_the_list_of_people_begins_with_the_board(sample_page: SamplePage) -> None:
    """Members of the board come first, then the others, each with counts of what they did here."""
    board, others = sample_page("menschen.html").select("main section")
    assert (board.h2.text, len(board.select(".person-card"))) == ("Das Kuratorium", 4)  # type: ignore[union-attr]
    assert "3-mal empfohlen" in next(element.text for element in others.select("li") if "Lindqvist" in element.text)


def test_works_and_quotations_know_people_by_their_whole_name() -> None:
    """Case and accents do not matter; part of a name matches nobody, nor does a name that two people share."""
    mara, other, same = (
        Person(id=person_id, name=name) for person_id, name in (("mara", "Mara Öz"), ("x", "Jan Ott"), ("y", "Jan Ott"))
    )
    recommends = post(1, works=(Work(url="https://a.example/1", title="A", authors=("mara oz", "Jan Ott", "Roth")),))
    quotes = post(2)
    published = catalog(
        recommends,
        quotes,
        people=(ADA, BEN, mara, other, same),
        quoted_names={recommends.uid: ("Amtsblog", "Mara Öz"), quotes.uid: ("Mara Öz", "Roth")},
    )
    activities = {person.id: find_activity(person, published) for person in published.people}
    assert [(item.post.uid, item.work_index) for item in activities["mara"].recommendations] == [("u-000001", 0)]
    assert [quoting.uid for quoting in activities["mara"].quoting_posts] == ["u-000002"]
    assert activities["x"].recommendations == activities["y"].recommendations == activities["ben"].recommendations == ()
    assert activities["ben"].quoting_posts == ()


def test_older_pages_of_a_person_declare_only_what_they_show() -> None:
    """A recommended work and a quotation change the first page of a person; the older ones stay as they are."""
    authored = [post(number) for number in range(1, 3 * LIST_PAGE_SIZE + 1)]
    recommends = post(90, authors=(BEN,), works=(Work(url="https://a.example/1", title="A", authors=("Ada Lamm",)),))
    quotes = post(91, authors=(BEN,))

    def find_pages(*others: Post, **fields: Any) -> dict[str, HtmlPage]:
        pages = plan_people_pages(catalog(*authored, *others, **fields), site())
        return {page.path: page for page in pages if isinstance(page, HtmlPage) and "/ada" in page.path}

    before = find_pages()
    after = find_pages(recommends, quotes, quoted_names={quotes.uid: ("Ada Lamm",)})
    assert len(before) == 3
    assert [path for path, page in after.items() if page != before[path]] == [next(iter(before))]


def test_what_is_coming_is_first_on_a_persons_page(sample_page: SamplePage) -> None:
    """A talk to come stands above what was, and its row says on which day it takes place."""
    rows = sample_page("menschen/ruth-feldkamp.html").select(".row")
    assert rows[0].time is not None
    assert rows[0].time["datetime"] == "2026-11-05T17:00:00+01:00"
    assert rows[0].time.get_text() == "5. Nov."
    assert [row.time.get_text() for row in rows[1:] if row.time] == ["2026"] * (len(rows) - 1)
    hosted = (post(1), post(2, event=Event(start=NOON), upcoming=True))
    activity = find_activity(ADA, catalog(*(replace(listed, hosts=(ADA,)) for listed in hosted)))
    assert [listed.uid for listed in activity.hosted_posts] == ["u-000002", "u-000001"]

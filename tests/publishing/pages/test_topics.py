from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from kuratorium.edition.curation import Topic
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.outputs import plan_pages
from tests.publishing.makers import ADA, BEN, LEAD, OPEN, catalog, post, site

SamplePage = Callable[[str], BeautifulSoup]


def headings(soup: BeautifulSoup) -> list[str]:
    """The headings of a page's sections."""
    return [heading.get_text(strip=True) for heading in soup.select("main section > h2")]


def test_a_topic_asks_its_question_and_names_who_leads_it(sample_page: SamplePage) -> None:
    """Question, intro with its Markdown, curators with a link to their pages, the feed."""
    soup = sample_page("themen/souveraenitaet.html")
    assert soup.select_one(".question").text == "Was können Sie morgen noch selbst entscheiden?"  # type: ignore[union-attr]
    assert soup.select_one(".intro strong").text == "kündigen kann"  # type: ignore[union-attr]
    assert [link["href"] for link in soup.select(".people-small .p-name")] == [
        "../menschen/jonas-albrecht.html",
        "../menschen/marlene-vogt.html",
    ]
    assert soup.select_one("a.feed")["href"] == "../themen/souveraenitaet.xml"  # type: ignore[index]


def test_a_topic_begins_with_what_editors_pin(sample_page: SamplePage) -> None:
    """In their order; then what is coming, everything by format, sources and neighbours; nothing stands twice."""
    soup = sample_page("themen/souveraenitaet.html")
    assert headings(soup)[:3] == ["Zum Einstieg", "Demnächst", "Notizen"]
    assert headings(soup)[-2:] == ["Verwandte Themen", "Quellen zu diesem Thema"]
    pinned = [link["href"] for link in soup.select(".pinned .headline a")]
    assert pinned == [
        "../gespraeche/weichenstellung-1-ausstieg.html",
        "../notizen/ausstieg-ueben-oder-vereinbaren.html",
    ]
    posts = [link["href"] for link in soup.select("main .headline a")]
    assert len(posts) == len(set(posts))
    assert "Werkbank IT" in soup.select_one(".followed").text  # type: ignore[union-attr]


def test_a_second_topic_of_the_sample_has_its_own(sample_page: SamplePage) -> None:
    """Each topic pins what it likes, or nothing."""
    soup = sample_page("themen/fuehrung.html")
    assert [link["href"] for link in soup.select(".pinned .headline a")] == ["../essays/organigramm-frau-petersen.html"]
    assert not sample_page("themen/markenbotschafter.html").select(".pinned")


def planned(topic: Topic, *numbers: int, **fields: object) -> dict[str, Page]:
    """The plan of a site with one topic and these notes on it, by path."""
    posts = [post(number, topics=(topic,)) for number in numbers]
    found = catalog(*posts, topics=(topic,), **fields)
    return {page.path: page for page in plan_pages(found, site(topics=(topic,)))}


def test_what_has_no_room_on_a_topic_has_a_list() -> None:
    """Up to six of a format stand on the page; where there are more, its heading leads to all of them."""
    few, many = planned(OPEN, *range(1, 7)), planned(OPEN, *range(1, 8))
    assert [shelf.path for shelf in few["themen/offen.html"].context["shelves"]] == [""]  # type: ignore[attr-defined]
    (shelf,) = many["themen/offen.html"].context["shelves"]  # type: ignore[misc]
    assert (shelf.path, len(shelf.posts)) == ("themen/offen/notizen.html", 6)
    assert "themen/offen/notizen.html" not in few
    assert len(many["themen/offen/notizen.html"].context["posts"]) == 7  # type: ignore[arg-type]


def test_a_pinned_post_that_is_not_published_is_not_shown() -> None:
    """A draft, what is not due and what is hidden are left out; the rest keeps its order."""
    topic = Topic(id="offen", name="Offen", pinned=("u-000003", "u-000009", "u-000001"))
    context = planned(topic, 1, 2, 3)["themen/offen.html"].context
    assert [one.uid for one in context["pinned"]] == ["u-000003", "u-000001"]  # type: ignore[attr-defined]
    assert [one.uid for shelf in context["shelves"] for one in shelf.posts] == ["u-000002"]  # type: ignore[attr-defined]


def test_topics_are_related_by_the_posts_they_share() -> None:
    """Those that share most come first; one that shares none is not related."""
    third, fourth = Topic(id="recht", name="Recht", order=3), Topic(id="leer", name="Leer", order=4)
    posts = [
        post(1, topics=(OPEN, third)),
        post(2, topics=(OPEN, third, LEAD)),
        post(3, topics=(fourth,)),
    ]
    found = catalog(*posts, topics=(OPEN, LEAD, third, fourth), people=(ADA, BEN))
    pages = {page.path: page for page in plan_pages(found, site())}
    assert pages["themen/offen.html"].context["related"] == (third, LEAD)
    assert pages["themen/leer.html"].context["related"] == ()

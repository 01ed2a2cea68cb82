from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from kuratorium.edition.curation import Topic
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.outputs import plan_pages
from tests.publishing.makers import ADA, BEN, LEAD, OPEN, catalog, post, site

SamplePage = Callable[[str], BeautifulSoup]


def headings(soup: BeautifulSoup) -> list[str]:
    """Return the headings of a page's sections."""
    return [heading.get_text(strip=True) for heading in soup.select("main section > h2")]


def test_a_topic_asks_its_question_and_names_who_leads_it(sample_page: SamplePage) -> None:
    """The page has question, intro with its Markdown, linked curators, and the feed."""
    soup = sample_page("themen/souveraenitaet.html")
    assert soup.select_one(".question").text == "Was können Sie morgen noch selbst entscheiden?"  # type: ignore[union-attr]
    assert soup.select_one(".intro strong").text == "kündigen kann"  # type: ignore[union-attr]
    assert [link["href"] for link in soup.select(".people-small .p-name")] == [
        "../menschen/jonas-albrecht.html",
        "../menschen/marlene-vogt.html",
    ]
    assert soup.select_one("a.feed")["href"] == "../themen/souveraenitaet.xml"  # type: ignore[index]


def test_a_topic_begins_with_what_editors_pin(sample_page: SamplePage) -> None:
    """Upcoming talks come first, then pinned posts, formats, related topics and sources; no post is listed twice."""
    soup = sample_page("themen/souveraenitaet.html")
    assert headings(soup)[:3] == ["Demnächst", "Zum Einstieg", "Notizen"]
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
    """Each topic has its own pinned posts, or none."""
    soup = sample_page("themen/fuehrung.html")
    assert [link["href"] for link in soup.select(".pinned .headline a")] == ["../essays/organigramm-frau-petersen.html"]
    assert not sample_page("themen/markenbotschafter.html").select(".pinned")


def plan(topic: Topic, *numbers: int, **fields: object) -> dict[str, Page]:
    """Return the planned pages of a site with one topic and these notes on it, by path."""
    posts = [post(number, topics=(topic,)) for number in numbers]
    published = catalog(*posts, topics=(topic,), **fields)
    return {page.path: page for page in plan_pages(published, site(topics=(topic,)))}


def test_what_has_no_room_on_a_topic_has_a_list() -> None:
    """The page shows up to six posts of a format; if there are more, its heading links to the list of all."""
    few, many = plan(OPEN, *range(1, 7)), plan(OPEN, *range(1, 8))
    assert [shelf.path for shelf in few["themen/offen.html"].context["shelves"]] == [""]  # type: ignore[attr-defined]
    (shelf,) = many["themen/offen.html"].context["shelves"]  # type: ignore[misc]
    assert (shelf.path, len(shelf.posts)) == ("themen/offen/notizen.html", 6)
    assert "themen/offen/notizen.html" not in few
    assert len(many["themen/offen/notizen.html"].context["posts"]) == 7  # type: ignore[arg-type]


def test_a_pinned_post_that_is_not_published_is_not_shown() -> None:
    """Uids without a published post are left out; the others keep the editors' order."""
    topic = Topic(id="offen", name="Offen", pinned=("u-000003", "u-000009", "u-000001"))
    context = plan(topic, 1, 2, 3)["themen/offen.html"].context
    assert [listed.uid for listed in context["pinned"]] == ["u-000003", "u-000001"]  # type: ignore[attr-defined]
    assert [listed.uid for shelf in context["shelves"] for listed in shelf.posts] == ["u-000002"]  # type: ignore[attr-defined]


def test_topics_are_related_by_the_posts_they_share() -> None:
    """Topics that share most posts come first; one that shares none is not related."""
    third, fourth = Topic(id="recht", name="Recht", order=3), Topic(id="leer", name="Leer", order=4)
    posts = [
        post(1, topics=(OPEN, third)),
        post(2, topics=(OPEN, third, LEAD)),
        post(3, topics=(fourth,)),
    ]
    published = catalog(*posts, topics=(OPEN, LEAD, third, fourth), people=(ADA, BEN))
    pages = {page.path: page for page in plan_pages(published, site())}
    assert pages["themen/offen.html"].context["related"] == (third, LEAD)
    assert pages["themen/leer.html"].context["related"] == ()

from datetime import timedelta

from kuratorium.edition.model import Event
from kuratorium.edition.works import Work
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.home import choose_lead_story
from kuratorium.publishing.pages.outputs import plan_pages
from tests.publishing.makers import ADA, BEN, NOON, catalog, post, site


def plan(published: Catalog) -> dict[str, Page]:
    """Return the planned pages by path."""
    return {page.path: page for page in plan_pages(published, site())}


def test_a_site_is_made_of_these_pages() -> None:
    """Every kind of page is planned, each once."""
    paths = set(plan(catalog(post(1, tags=("Recht",), guests=(BEN,)), post(2, hidden=True))))
    assert paths == {
        "index.html",
        "notizen/nr-1.html",
        "notizen/nr-2.html",
        "notizen.html",
        "themen.html",
        "themen/offen.html",
        "themen/fuehrung.html",
        "menschen.html",
        "menschen/ada.html",
        "menschen/ben.html",
        "schlagworte.html",
        "suche.html",
        "schlagworte/recht.html",
        "archiv.html",
        "archiv/2026.html",
        "archiv/2026/09.html",
        "404.html",
        "abo.html",
        "abo.opml",
        *(
            f"{name}{ending}"
            for name in ("feed", "themen/offen", "themen/fuehrung", "notizen", "menschen/ada", "menschen/ben")
            for ending in (".xml", ".atom", ".json")
        ),
        *("index.card.png", "notizen/nr-1.card.png", "notizen/nr-2.card.png"),
        *("themen/offen.card.png", "themen/fuehrung.card.png", "menschen/ada.card.png", "menschen/ben.card.png"),
        *("sitemap.xml", "sitemap/2026-09.xml", "sitemap/pages.xml"),
    }


def test_an_empty_edition_has_a_front_page_topics_people_and_feeds() -> None:
    """They are planned without any post."""
    pages = plan(catalog())
    assert pages["index.html"].context["lead"] is None
    assert pages["themen/offen.html"].context["shelves"] == ()
    assert pages["feed.xml"].context["items"] == ()
    assert "archiv.html" not in pages


def test_the_strongest_of_the_latest_leads() -> None:
    """Strength decides among the latest ten; of equals the newest; an upcoming talk never leads."""
    posts = [post(number, strength=2 if number in {3, 5} else 1) for number in range(1, 12)]
    assert choose_lead_story(posts) == posts[2]
    assert choose_lead_story([*posts[:10], post(11, strength=3)]) == posts[2]
    talk = post(0, format="talk", upcoming=True, strength=3, event=Event(start=NOON + timedelta(days=9)))
    assert choose_lead_story([talk, *posts]) == posts[2]
    assert choose_lead_story([]) is None


def test_no_post_stands_twice_on_the_front_page() -> None:
    """The lead and what is upcoming are not repeated among the latest of their format."""
    talk = post(0, format="talk", upcoming=True, event=Event(start=NOON + timedelta(days=9)))
    home = plan(catalog(talk, *(post(number) for number in range(1, 4))))["index.html"].context
    shown = [home["lead"], *home["upcoming"], *(listed for shelf in home["shelves"] for listed in shelf.posts)]
    assert sorted(listed.uid for listed in shown) == ["u-000000", "u-000001", "u-000002", "u-000003"]


def test_a_post_knows_its_neighbours_and_others_on_its_topic() -> None:
    """Newer, older, and at most three related posts, never itself."""
    page = plan(catalog(*(post(number) for number in range(1, 7))))["notizen/nr-2.html"].context
    assert (page["newer"].uid, page["older"].uid) == ("u-000001", "u-000003")
    assert [listed.uid for listed in page["related"]] == ["u-000001", "u-000003", "u-000004"]


def test_a_new_post_leaves_the_pages_of_all_but_its_neighbours_as_they_are() -> None:
    """Related posts are the nearest in time: of forty on one topic a new post changes the pages of the youngest two."""
    before = plan(catalog(*(post(number) for number in range(1, 41))))
    after = plan(catalog(*(post(number) for number in range(41))))
    others = [path for path, page in before.items() if page.body_keys and page.writer == "html"]
    assert [path for path in others if after[path] != before[path]] == ["notizen/nr-1.html", "notizen/nr-2.html"]


def test_a_hidden_post_is_related_to_what_was_published_around_it() -> None:
    """It has a place in time though no list shows it."""
    pages = plan(catalog(*(post(number, hidden=number == 3) for number in range(1, 7))))
    assert [listed.uid for listed in pages["notizen/nr-3.html"].context["related"]] == [
        "u-000002",
        "u-000004",
        "u-000001",
    ]


def test_a_post_leaves_the_archives_of_other_years_as_they_are() -> None:
    """A year's page links to the other years without the number of their posts."""
    old, young = post(400), post(1)
    before, after = plan(catalog(young, old)), plan(catalog(post(0), young, old))
    assert after["archiv/2025.html"] == before["archiv/2025.html"]
    assert after["archiv/2026.html"] != before["archiv/2026.html"]


def test_a_post_changes_the_archive_of_its_month_alone() -> None:
    """A year lists its months with the number of their posts, newest first; a month links to the others without it."""
    old, young = post(40), post(2)
    before, after = plan(catalog(young, old)), plan(catalog(post(1), young, old))
    months = after["archiv/2026.html"].context["months"]
    assert [(month.path, month.count) for month in months] == [("archiv/2026/09.html", 2), ("archiv/2026/08.html", 1)]
    assert [listed.uid for listed in after["archiv/2026/09.html"].context["posts"]] == ["u-000001", "u-000002"]
    assert after["archiv/2026/08.html"] == before["archiv/2026/08.html"]


def test_lists_are_paged_from_the_oldest() -> None:
    """Of 49 posts the oldest 24 have a page that never changes; the front page has the rest."""
    pages = plan(catalog(*(post(number) for number in range(49))))
    old = pages["themen/offen/notizen/seite/1.html"].context
    front = pages["themen/offen/notizen.html"].context
    assert (len(front["posts"]), len(old["posts"])) == (25, 24)
    assert (front["pager"].older, old["pager"].newer) == (
        "themen/offen/notizen/seite/1.html",
        "themen/offen/notizen.html",
    )
    assert (old["pager"].number, front["pager"].number, front["pager"].total) == (1, 2, 2)


def test_a_hidden_post_is_not_offered_to_search_engines() -> None:
    """Hidden posts, redirects and the page for lost addresses are not indexed; the rest is."""
    pages = plan(catalog(post(1), post(2, hidden=True), aliases={"alt/weg": "notizen/nr-1.html"}))
    indexed = {path: page.context["meta"].indexed for path, page in pages.items() if page.writer == "html"}
    assert {path for path, yes in indexed.items() if not yes} == {"notizen/nr-2.html", "404.html", "alt/weg/index.html"}


def test_the_page_for_lost_addresses_links_from_the_host() -> None:
    """It is shown at any address, so its links are not relative; a site in a folder keeps its folder."""
    (root,) = [page.context["meta"].root for page in plan_pages(catalog(), site()) if page.path == "404.html"]
    at = site(url="https://stadt.example/weiche")
    (folder,) = [page.context["meta"].root for page in plan_pages(catalog(), at) if page.path == "404.html"]
    assert (root, folder) == ("/", "/weiche/")


def test_a_feed_declares_the_texts_and_sources_of_its_items_only() -> None:
    """Sources that no item recommends are not among the inputs of a feed."""
    work = Work(url="https://amt.example/1", title="Eins", source="amt")
    sources = {"amt": "https://amt.example/feed", "fern": "https://fern.example/feed"}
    pages = plan(catalog(post(1, works=(work,)), *(post(n, topics=()) for n in range(2, 60)), source_urls=sources))
    assert pages["themen/offen.xml"].body_keys == ("u-000001",)
    assert pages["themen/offen.xml"].context["sources"] == {"amt": "https://amt.example/feed"}
    assert len(pages["feed.xml"].body_keys) == 50


def test_the_plan_is_a_pure_function() -> None:
    """The same catalog gives the same plan, page for page."""
    published = catalog(*(post(number, tags=("a", "b")) for number in range(60)))
    assert plan_pages(published, site()) == plan_pages(published, site())
    assert [page.path for page in plan_pages(published, site())] == [
        page.path for page in plan_pages(published, site())
    ]


def test_every_person_has_a_page_with_what_they_signed_and_said() -> None:
    """Hosted, guest and authored posts are listed apart; a conversation is not listed again among authored posts."""
    posts = (post(1, authors=(ADA,), hosts=(ADA,), guests=(BEN,)), post(2, authors=(ADA,)))
    pages = plan(catalog(*posts))
    ada, ben = pages["menschen/ada.html"].context, pages["menschen/ben.html"].context
    assert [listed.uid for listed in ada["posts"]] == ["u-000002"]
    assert ([listed.uid for listed in ada["hosted_posts"]], ada["guest_posts"]) == (["u-000001"], ())
    assert ([listed.uid for listed in ben["guest_posts"]], ben["hosted_posts"]) == (["u-000001"], ())

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.languages import plan_language_pages
from tests.editions import TinyEdition
from tests.publishing.build.test_run import soup
from tests.publishing.makers import catalog, post, site


def plan(published: Catalog) -> dict[str, Page]:
    """Return the lists by language, by path."""
    return {page.path: page for page in plan_language_pages(published, site())}


def test_a_site_in_one_language_has_no_such_lists() -> None:
    """Its posts are all on the other lists."""
    assert plan(catalog(post(1), post(2))) == {}


def test_each_language_has_a_list_and_one_of_each_format_that_has_both() -> None:
    """Essays are in one language only: their own list would repeat that of all essays."""
    posts = (post(1), post(2, lang="en"), post(3, lang="en", format="essay"), post(4))
    pages = plan(catalog(*posts))
    assert {path: [one.uid for one in page.context["posts"]] for path, page in pages.items()} == {
        "sprachen/de.html": ["u-000001", "u-000004"],
        "sprachen/en.html": ["u-000002", "u-000003"],
        "sprachen/de/notizen.html": ["u-000001", "u-000004"],
        "sprachen/en/notizen.html": ["u-000002"],
    }


def test_older_pages_do_not_know_of_other_languages() -> None:
    """A post in a third language changes the first page of each list, and no full one."""
    english = [post(number, lang="en") for number in range(1, 61)]
    before = plan(catalog(post(0), *english))
    after = plan(catalog(post(0), *english, post(99, lang="fr")))
    assert before["sprachen/en/seite/1.html"] == after["sprachen/en/seite/1.html"]
    assert before["sprachen/en.html"] != after["sprachen/en.html"]


def test_readers_reach_a_language_from_the_archive_and_from_a_format(tiny: TinyEdition) -> None:
    """The list says its language, leads back to all posts, and announces the feed of the language."""
    tiny.note("eins")
    tiny.note("two", lang="en")
    build_site(tiny.root)
    assert "sprachen/en.html" in [link["href"] for link in soup(tiny.root, "archiv.html").select("main a")]
    assert "sprachen/en/notizen.html" in [link["href"] for link in soup(tiny.root, "notizen.html").select("main a")]
    page = soup(tiny.root, "sprachen/en/notizen.html")
    assert page.h1.get_text() == "Notizen: Englisch"
    assert page.select_one("a[aria-current=page]")["href"] == "../../sprachen/en/notizen.html"
    assert page.select_one(".opening a")["href"] == "../../notizen.html"
    assert "../../feed-en.xml" in [link["href"] for link in page.select("link[rel=alternate]")]

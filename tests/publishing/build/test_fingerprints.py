from datetime import UTC, datetime
from typing import Any

import pytest

from kuratorium.publishing.build import fingerprints
from kuratorium.publishing.page import Page, Shelf
from kuratorium.publishing.pages.outputs import plan_pages
from tests.publishing.makers import ADA, BEN, LEAD, OPEN, catalog, post, site

SITE = site()
POSTS = [post(1), post(2, format="talk", guests=(BEN,), tags=("Netz",)), post(3, hidden=True)]
KNOWN: dict[tuple[str, str], Any] = {
    ("SiteMeta", ""): SITE,
    **{("Post", one.uid): one for one in POSTS},
    **{("Person", one.id): one for one in (ADA, BEN)},
    **{("Topic", one.id): one for one in (OPEN, LEAD)},
}


def writer(**bodies: str) -> fingerprints.PageInputsEncoder:
    """A writer for these bodies; every template hangs on the same."""
    digests = {one.uid: "d" for one in POSTS} | {"content/pages/impressum.md": "d"} | bodies
    return fingerprints.PageInputsEncoder(lambda template: f"theme of {template}", digests)


def written(**context: object) -> bytes:
    """The recipe of a page with this context."""
    return writer().encode(Page(path="x.html", template="x", context=context))


def test_every_page_of_a_site_is_made_again_from_its_recipe() -> None:
    """What a recipe holds is all that the page declared, whatever kind of output it is."""
    pages = plan_pages(catalog(*POSTS, aliases={"alt": "notizen/nr-1.html"}), SITE)
    for page in pages:
        recipe = fingerprints.decode_page_inputs(writer().encode(page))
        assert fingerprints.restore_page(page.path, recipe, lambda kind, name: KNOWN[kind, name]) == page
    assert {page.writer for page in pages} == {"html", "rss"}


def test_a_recipe_written_again_is_the_same_text() -> None:
    """A build that only reads recipes and one that plans the whole site agree on what they are."""
    for page in plan_pages(catalog(*POSTS), SITE):
        recipe = writer().encode(page)
        assert (
            fingerprints.replace_body_digests(
                fingerprints.decode_page_inputs(recipe), dict.fromkeys(page.body_keys, "d")
            )
            == recipe
        )


@pytest.mark.parametrize(
    "inputs",
    [
        {"post": post(1, title="Anders")},
        {"post": post(2)},
        {"shelf": Shelf(format="note", path="notizen.html", posts=(post(1, title="Anders"),))},
        {"when": datetime(2026, 10, 1, 8, tzinfo=UTC)},
        {"number": 8},
        {"new": ""},
    ],
    ids=["title", "post", "shelf", "offset", "number", "name"],
)
def test_any_other_input_is_another_recipe(inputs: dict[str, object]) -> None:
    """Whatever a template could see of it: a post's title, another post, a date's offset, one more name."""
    base: dict[str, object] = {
        "post": post(1),
        "shelf": Shelf(format="note", path="notizen.html", posts=(post(1),)),
        "when": datetime.fromisoformat("2026-10-01T10:00:00+02:00"),
        "number": 7,
    }
    assert written(**base) == written(**base)
    assert written(**{**base, **inputs}) != written(**base)


@pytest.mark.parametrize("value", [{1, 2}, object(), b"x"], ids=["set", "object", "bytes"])
def test_what_no_recipe_can_hold_is_refused(value: object) -> None:
    """An input without an order, or of an unknown kind, would be one whose changes nobody sees."""
    with pytest.raises(TypeError, match="page cannot declare"):
        written(value=value)


def test_what_changed_is_said_in_words() -> None:
    """Each input by its name, posts by their uid."""
    page = Page(path="x.html", template="x", context={"post": post(1), "number": 1}, body_keys=("u-000001",))
    was = fingerprints.decode_page_inputs(writer().encode(page))
    other = Page(
        path="x.html", template="x", context={"post": post(1, title="B"), "number": 2}, body_keys=("u-000001",)
    )
    now = fingerprints.decode_page_inputs(writer(**{"u-000001": "e"}).encode(other))
    assert fingerprints.describe_changes(was, now) == [
        "the text of u-000001 changed",
        "post: post u-000001 changed",
        "number changed",
    ]
    assert fingerprints.describe_changes(was, was) == []

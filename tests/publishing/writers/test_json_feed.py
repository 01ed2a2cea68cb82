import json

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.curation import Image
from kuratorium.edition.works import Work
from tests.publishing.makers import ADA, BEN, NOON, catalog, post, write_feed

# The types of JSON Feed 1.1's fields, as far as we write them (https://www.jsonfeed.org/version/1.1/).
FEED_FIELDS = {
    **dict.fromkeys(("version", "title", "home_page_url", "feed_url", "next_url", "description", "language"), str),
    **dict.fromkeys(("icon", "favicon"), str),
    **dict.fromkeys(("authors", "items", "hubs"), list),
}
ITEM_FIELDS = {
    **dict.fromkeys(("id", "url", "external_url", "title", "content_html", "summary", "image", "language"), str),
    **dict.fromkeys(("date_published", "date_modified"), str),
    **dict.fromkeys(("authors", "tags"), list),
}


def read_feed(path: str = "feed.json", **fields: object) -> dict:
    """Return the feed of one post, after a check of the names and types of its fields."""
    feed = json.loads(write_feed(catalog(post(**fields)), path))
    assert all(isinstance(value, FEED_FIELDS[name]) for name, value in feed.items())
    assert all(isinstance(value, ITEM_FIELDS[name]) for item in feed["items"] for name, value in item.items())
    return feed


def test_a_feed_reader_finds_everything_it_needs() -> None:
    """What RSS and Atom say, in the fields of the specification; what there is not has no field."""
    work = Work(url="https://a.example/1", title="Das Erste")
    image = Image(file="images/a.png", alt="Ein Amt", credit="Eva Maß")
    feed = read_feed(works=(work,), authors=(ADA, BEN), image=image, modified=NOON, lang="en", tags=("Vergabe",))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["icon"] == feed["favicon"] == "https://weiche.example/icon-512.png"
    assert (feed["feed_url"], feed["language"]) == ("https://weiche.example/feed.json", "de")
    (item,) = feed["items"]
    assert item["id"] == "u-000001"
    assert item["external_url"] == "https://a.example/1"
    assert item["image"] == "https://weiche.example/images/a.png"
    assert item["date_modified"] == "2026-10-01T12:00:00+00:00"
    assert [author["name"] for author in item["authors"]] == ["Ada Lamm", "Ben Roth"]
    assert (item["tags"], item["language"]) == (["Offenes Amt", "Vergabe"], "en")
    assert not {"external_url", "image", "date_modified", "language"} & read_feed()["items"][0].keys()


@given(st.text(), st.text())
def test_any_text_is_read_back(title: str, body: str) -> None:
    """Whatever stands in a title or text, JSON gives it back."""
    (item,) = json.loads(write_feed(catalog(post(title=title)), "feed.json", body=body))["items"]
    assert item.get("title", "") == title
    assert body in item["content_html"]

from datetime import UTC, datetime
from typing import Any

import pytest

from kuratorium.edition.curation import Podcast, Series, Source
from kuratorium.edition.model import Event, SeriesPosition
from kuratorium.edition.pictures.model import Picture
from kuratorium.edition.podcasts.model import Audio, Chapter, Media
from kuratorium.publishing.build import fingerprints
from kuratorium.publishing.page import PAGE_TYPES, HtmlPage
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.template_inputs import PageMeta, Shelf
from kuratorium.publishing.writers.render import WRITERS
from tests.publishing.makers import ADA, BEN, LEAD, NOON, OPEN, catalog, post, site

SITE = site()
META = PageMeta(path="x.html", title="X", kind="list", lang="de")
POSTS = [post(1), post(2, format="talk", guests=(BEN,), tags=("Netz",)), post(3, hidden=True)]
RECORDS: dict[tuple[str, str], Any] = {
    ("SiteMeta", ""): SITE,
    **{("Post", listed.uid): listed for listed in POSTS},
    **{("Person", person.id): person for person in (ADA, BEN)},
    **{("Topic", topic.id): topic for topic in (OPEN, LEAD)},
}


def encoder(**bodies: str) -> fingerprints.PageInputsEncoder:
    """Return an encoder with these digests of bodies, "d" for any other."""
    digests = {listed.uid: "d" for listed in POSTS} | {"content/pages/impressum.md": "d"} | bodies
    return fingerprints.PageInputsEncoder(lambda template: f"theme of {template}", digests)


def page_with(*body_keys: str, **inputs: object) -> HtmlPage:
    """Return a page with these inputs."""
    return HtmlPage(path="x.html", template="x", site=SITE, meta=META, inputs=inputs, body_keys=body_keys)


def encode(**inputs: object) -> bytes:
    """Encode a page with these inputs."""
    return encoder().encode(page_with(**inputs))


def test_every_page_can_be_restored_from_its_stored_inputs() -> None:
    """Stored inputs hold all that a page declares, for every kind of output."""
    talk = post(2, format="talk", path="gespraeche/nr-2.html", event=Event(start=NOON), has_timecodes=True,
                media=Media(audio=Audio(file="media/a.mp3"), chapters=(Chapter(start="00:00", title="Anfang"),)),
                series=SeriesPosition(id="abende", position=1))  # fmt: skip
    posts = (post(1, lookback_of="u-000002"), talk, post(3, format="digest", path="presseschau/nr-3.html"))
    source, series = Source(id="amt", name="Amt", feed="https://amt.example/feed"), Series(id="abende", name="Abende")
    published = catalog(
        *posts,
        aliases={"alt": "notizen/nr-1.html"},
        followed_sources=(source,),
        series=(series,),
        podcast=Podcast(category="Arts"),
        pictures={"images/a.jpg": Picture(file="images/a.jpg", digest="0", width=600, height=400)},
    )
    pages = plan_pages(published, SITE)
    records = RECORDS | {("Post", listed.uid): listed for listed in posts}
    records |= {("Source", "amt"): source, ("Series", "abende"): series}
    for page in pages:
        inputs = fingerprints.decode_page_inputs(encoder().encode(page))
        assert fingerprints.restore_page(page.path, inputs, lambda *key: records[key]) == page
    assert {page.writer for page in pages} == PAGE_TYPES.keys()


def test_other_words_of_a_post_change_stored_inputs_as_planning_anew_would() -> None:
    """A page's inputs with a post's new title and summary are, byte for byte, those of a plan of the whole site."""
    others = (
        post(2, format="lookback", lookback_of="u-000001"),
        post(3, format="digest", path="presseschau/nr-3.html"),
    )
    old, new = (post(1, event=Event(start=NOON), title=title, summary=title, has_timecodes=True) for title in "ab")
    before, after = (plan_pages(catalog(subject, *others), SITE) for subject in (old, new))
    changed = 0
    for old_page, new_page in zip(before, after, strict=True):
        stored, planned = encoder().encode(old_page), encoder().encode(new_page)
        updated = fingerprints.update_inputs(fingerprints.decode_page_inputs(stored), {}, {new.uid: new})
        assert updated == planned
        assert (new.uid in fingerprints.find_post_uids(stored)) or stored == planned
        changed += stored != planned
    assert changed > 5


def test_every_kind_of_output_has_a_writer() -> None:
    """The table of page types and that of writers have the same keys."""
    assert PAGE_TYPES.keys() == WRITERS.keys()


def test_inputs_encoded_anew_are_the_same_bytes() -> None:
    """A build that only reads stored inputs and one that plans the whole site compute the same fingerprints."""
    for page in plan_pages(catalog(*POSTS), SITE):
        encoded = encoder().encode(page)
        inputs = fingerprints.decode_page_inputs(encoded)
        assert fingerprints.update_inputs(inputs, dict.fromkeys(page.body_keys, "d"), {}) == encoded


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
def test_any_other_input_changes_the_fingerprint(inputs: dict[str, object]) -> None:
    """Whatever a template can see of an input counts: a post's title, another post, a date's offset, one more name."""
    base: dict[str, object] = {
        "post": post(1),
        "shelf": Shelf(format="note", path="notizen.html", posts=(post(1),)),
        "when": datetime.fromisoformat("2026-10-01T10:00:00+02:00"),
        "number": 7,
    }
    assert encode(**base) == encode(**base)
    assert encode(**{**base, **inputs}) != encode(**base)


@pytest.mark.parametrize("value", [{1, 2}, object(), b"x"], ids=["set", "object", "bytes"])
def test_inputs_of_other_types_are_refused(value: object) -> None:
    """A set has no order, and changes of an unknown record would not change the fingerprint."""
    with pytest.raises(TypeError, match="page cannot declare"):
        encode(value=value)


def test_changes_of_inputs_are_described_in_words() -> None:
    """Each input is named, and posts by their uid."""
    page = page_with("u-000001", post=post(1), number=1)
    before = fingerprints.decode_page_inputs(encoder().encode(page))
    changed = page_with("u-000001", post=post(1, title="B"), number=2)
    after = fingerprints.decode_page_inputs(encoder(**{"u-000001": "e"}).encode(changed))
    assert fingerprints.describe_changes(before, after) == [
        "the text of u-000001 changed",
        "post: post u-000001 changed",
        "number changed",
    ]
    assert fingerprints.describe_changes(before, before) == []

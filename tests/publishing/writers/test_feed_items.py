from datetime import UTC, datetime
from gettext import NullTranslations

import feedparser
import pytest
from msgspec.structs import replace

from kuratorium.edition.curation import Image
from kuratorium.edition.model import Event, Post, Speaker
from kuratorium.edition.podcasts.model import Audio, Chapter, Media
from kuratorium.edition.works import Work
from kuratorium.publishing.page import FeedPage
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.writers import feed_items
from kuratorium.publishing.writers.feed_items import FeedItem, FeedWording, FeedWriter, PreviousItems, Serialiser
from kuratorium.publishing.writers.render import SERIALISERS
from tests.publishing.makers import BEN, LEAD, OPEN, catalog, post, site, write_feed

WORK = Work(url="https://amt.example/a", title="Wer zahlt", publication="Amt")


def read_content(**fields: object) -> str:
    """Return the content of the only item, as a feed reader sees it."""
    (item,) = feedparser.parse(write_feed(catalog(post(**fields)))).entries
    return str(item.content[0].value)


def test_a_reader_learns_why_now_and_how_strongly() -> None:
    """Both stand before the text, with the work: without the page, nobody would know why it was picked."""
    content = read_content(works=(WORK,), strength=3, why_now="Heute <entscheidet> der Rat.")
    why = "<p><strong>Why now:</strong> Heute &lt;entscheidet&gt; der Rat.</p>"
    assert content.index("Recommended (Must-read): <a") < content.index(why) < content.index("Text &amp; mehr")


def test_a_picture_comes_with_its_credit() -> None:
    """Its author has the right to be named (§ 13 UrhG), also in a feed; links in the credit stay links."""
    image = Image(file="images/a b.png", alt='Ein "Amt"', credit="Eva [Maß](https://m.example/)", license="CC BY 4.0")
    content = read_content(image=image)
    assert '<img alt="Ein &quot;Amt&quot;" src="https://weiche.example/images/a b.png"' in content
    assert '<figcaption>Eva <a href="https://m.example/">Maß</a> – CC BY 4.0</figcaption>' in content


def test_the_time_of_a_turn_stands_apart_from_the_name() -> None:
    """The theme parts them by CSS, which no feed reader loads."""
    body = '<p class="turn-speaker"><b>Ada Lamm</b><a class="turn-time" href="#t-1">00:01</a></p>'
    (item,) = feedparser.parse(write_feed(catalog(post()), body=body)).entries
    address = "https://weiche.example/notizen/nr-1.html#t-1"
    assert f'<b>Ada Lamm</b> <a class="turn-time" href="{address}"' in item.content[0].value


def test_a_talk_to_come_says_who_takes_part() -> None:
    """When, where, the calendar, and the guests with their roles."""
    event = Event(start=datetime(2026, 11, 5, 16, tzinfo=UTC), end=datetime(2026, 11, 5, 17, tzinfo=UTC))
    guests = (BEN, Speaker(name="Eva <Falk>", role="Amt"))
    content = read_content(format="talk", path="gespraeche/a.html", event=event, upcoming=True, guests=guests)
    assert "<p>With Ben Roth, Eva &lt;Falk&gt; (Amt)</p>" in content
    assert "Add to my calendar" in content


def test_a_past_talk_has_recording_and_chapters() -> None:
    """Each chapter leads to its place in the recording."""
    event = Event(start=datetime(2026, 9, 5, 16, tzinfo=UTC), end=datetime(2026, 9, 5, 17, tzinfo=UTC))
    media = Media(audio=Audio(file="media/a.mp3"), chapters=(Chapter(start="01:05", title="Der & Streit"),))
    content = read_content(format="talk", path="gespraeche/a.html", event=event, media=media)
    assert '<a href="https://weiche.example/media/a.mp3">Listen to the recording</a>' in content
    assert '<li><a href="https://weiche.example/media/a.mp3#t=65">01:05</a> Der &amp; Streit</li>' in content


@pytest.mark.parametrize("memory", [200, 1])
def test_an_item_is_made_ready_once_for_all_feeds(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    """Of all types, in one language; if memory has no place for it, its text waits in a file, with the same bytes."""
    monkeypatch.setattr(feed_items, "_MAX_ITEMS_IN_MEMORY", memory)
    posts = [post(number, topics=(OPEN, LEAD), lang="en" if number == 2 else "de") for number in range(1, 5)]
    pages = [page for page in plan_pages(catalog(*posts), site()) if isinstance(page, FeedPage)]
    wording, asked = FeedWording(NullTranslations(), str, str), list[str]()

    def find_body(uid: str, _: str) -> str:
        asked.append(uid)
        return f"<p>Größe {uid} 🛤</p>"

    writer = FeedWriter(find_body, wording)
    written = [writer.write(page, SERIALISERS[page.serialisation]) for page in pages]
    count = len(asked)
    alone = [FeedWriter(find_body, wording).write(page, SERIALISERS[page.serialisation]) for page in pages]
    assert written == alone
    assert len(asked) - count == sum(len(page.items) for page in pages)
    if memory > 1:  # all but the English post, which the English feed has without its language
        assert sorted(asked[:count]) == sorted([listed.uid for listed in posts] + [posts[1].uid])
    else:
        assert count < len(asked) - count


@pytest.mark.parametrize("limit", [2_000, 1])
def test_an_item_of_an_earlier_build_serves_while_nothing_of_it_differs(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Its post, its text and what it looks back on: each edit shows, and the feed has the bytes of a first build."""
    monkeypatch.setattr(feed_items, "_MAX_PREVIOUS_ITEMS", limit)
    wording, previous = FeedWording(NullTranslations(), str, str), PreviousItems()
    old = post(1)

    def make_posts(title: str) -> list[Post]:
        return [replace(old, title=title), post(2), post(3, format="lookback", lookback_of=old.uid)]

    for title, text in [("Alt", "a"), ("Alt", "b"), ("Neu", "b"), ("Neu", "b"), ("Alt", "a")]:
        pages = [page for page in plan_pages(catalog(*make_posts(title)), site()) if isinstance(page, FeedPage)]

        def find_body(uid: str, _: str, text: str = text) -> str:
            return f"<p>{uid} {text}</p>"

        writer = FeedWriter(find_body, wording, previous_items=previous)
        for page in pages:
            serialiser = SERIALISERS[page.serialisation]
            assert writer.write(page, serialiser) == FeedWriter(find_body, wording).write(page, serialiser)


def test_an_item_of_an_earlier_build_is_not_written_again() -> None:
    """An edit writes one item anew; all others stay."""
    wording, previous = FeedWording(NullTranslations(), str, str), PreviousItems()
    feed = next(
        page
        for page in plan_pages(catalog(post(1), post(2)), site())
        if isinstance(page, FeedPage) and page.serialisation == "atom"
    )
    written = list[str]()

    def write_item(item: FeedItem) -> str:
        written.append(item.uid)
        return item.uid

    changed = post(1).uid
    for text in ("a", "b"):

        def find_body(uid: str, _: str, text: str = text) -> str:
            return text if uid == changed else ""

        FeedWriter(find_body, wording, previous_items=previous).write(feed, Serialiser(lambda _: b"", write_item))
    assert sorted(written) == sorted([changed, post(2).uid, changed])

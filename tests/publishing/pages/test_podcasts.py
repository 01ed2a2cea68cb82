from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
from bs4 import BeautifulSoup
from mutagen import File

from kuratorium.publishing.build_command import build_site
from tests.editions import PODCAST, POLICY, TinyEdition, draw_picture
from tests.sounds import sound

PageOf = Callable[[str], BeautifulSoup]
OVER = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
SITE = "https://weichenwerk.example/"
SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}


def record(tiny: TinyEdition, number: int, **fields: object) -> Path:
    """Add a past talk with a recording to the series of evenings; return its file."""
    tiny.write(f"content/media/ton-{number}.mp3", sound(60 * number))
    base = {
        "uid": f"abend-00000{number}",
        "series": {"id": "abende", "position": number},
        "event": OVER,
        "media": {"audio": {"file": f"media/ton-{number}.mp3"}},
    }
    return tiny.talk(f"abend-{number}", body="@anna-berg (00:01): Warum?", **(base | fields))


def outputs(tiny: TinyEdition) -> dict[str, bytes]:
    """Return the files of the site."""
    return {
        path.relative_to(tiny.root / "output").as_posix(): path.read_bytes()
        for path in (tiny.root / "output").rglob("*")
        if path.is_file()
    }


def rebuild_from_nothing(tiny: TinyEdition) -> dict[str, bytes]:
    """Return what a build makes of the edition that finds no cache and no site."""
    build_site(tiny.root, output=tiny.root.parent / "frisch")
    fresh = tiny.root.parent / "frisch"
    return {path.relative_to(fresh).as_posix(): path.read_bytes() for path in fresh.rglob("*") if path.is_file()}


def test_the_sample_is_heard_in_a_podcast_app(sample_output: Path) -> None:
    """Every address of its podcast leads to a file of the site, and size and length are those of the recording."""
    data = (sample_output / "reihen/zwischenruf/podcast.xml").read_bytes()
    feed = feedparser.parse(data)
    assert not feed.bozo
    (entry,) = feed.entries
    (enclosure,) = entry.enclosures
    file = sample_output / enclosure.href.removeprefix(SITE)
    assert int(enclosure.length) == file.stat().st_size
    assert int(entry.itunes_duration) == round(File(file).info.length)
    channel = ET.fromstring(data).find("channel")
    assert channel is not None
    addresses = [
        *(
            element.attrib["url"]
            for name in ("transcript", "chapters")
            for element in channel.iterfind(f"item/podcast:{name}", SPACES)
        ),
        *(element.attrib["href"] for element in channel.iterfind("item/podcast:person", SPACES)),
        *(element.attrib["href"] for element in channel.iterfind("itunes:image", SPACES)),
        *(element.text or "" for element in channel.iterfind("image/url")),
    ]
    assert len(addresses) == 7
    assert all((sample_output / address.removeprefix(SITE)).is_file() for address in addresses)


def test_the_page_of_a_series_announces_its_podcast(sample_page: PageOf) -> None:
    """To programs in its head, to readers below its intro; a series without recordings announces none."""
    page = sample_page("reihen/zwischenruf.html")
    (alternate,) = page.select('link[rel=alternate][href$="podcast.xml"]')
    assert (alternate["type"], alternate["title"]) == ("application/rss+xml", "Zwischenruf (Podcast)")
    assert [link["href"] for link in page.select("main .opening .links a")] == [
        *("../reihen/zwischenruf/podcast.xml", "../abo.html#podcasts"),
    ]
    assert not sample_page("reihen/weichenstellung.html").select('[href$="podcast.xml"]')
    talk = sample_page("gespraeche/zwischenruf-1-uhrzeit.html")
    assert talk.select_one(".follow a[href$='podcast.xml']").get_text() == "Podcast Zwischenruf"


def test_the_page_for_subscribers_says_how_to_hear(sample_page: PageOf, sample_output: Path) -> None:
    """The address to copy, the feed, and a link that opens the device's own app; the list of feeds has it, too."""
    (item,) = sample_page("abo.html").select("#podcasts li")
    path = "reihen/zwischenruf/podcast.xml"
    assert item.select_one(".subscription-name").get_text() == "Zwischenruf"
    assert item.code.get_text() == f"{SITE}{path}"
    assert [link["href"] for link in item.select(".links a")] == [path, f"podcast://weichenwerk.example/{path}"]
    outlines = ET.parse(sample_output / "abo.opml").findall("body/outline")
    assert f"{SITE}{path}" in [outline.attrib["xmlUrl"] for outline in outlines]


def test_an_edit_touches_only_the_podcast_that_lists_the_post(tiny: TinyEdition) -> None:
    """A new title changes its own podcast, and draws no cover; any state is what a first build makes of it."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    tiny.yaml("series", [{"id": "abende", "name": "Abende"}, {"id": "morgen", "name": "Morgen"}])
    record(tiny, 1)
    record(tiny, 2, series={"id": "morgen", "position": 1})
    build_site(tiny.root)
    before = outputs(tiny)
    record(tiny, 1, title="Ein anderer Abend")
    changed = build_site(tiny.root).changed_paths
    assert "reihen/abende/podcast.xml" in changed
    assert not [path for path in changed if path.startswith("reihen/morgen")]
    assert {path for path in changed if path.endswith(".png")} == {"gespraeche/abend-1.card.png"}
    assert b"Ein anderer Abend" in outputs(tiny)["reihen/abende/podcast.xml"]
    assert outputs(tiny) == rebuild_from_nothing(tiny)
    record(tiny, 1)
    build_site(tiny.root)
    assert outputs(tiny) == before


def test_another_recording_changes_its_podcast(tiny: TinyEdition) -> None:
    """Size and length are read anew when the file changes, although no text did."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    record(tiny, 1)
    build_site(tiny.root)
    tiny.write("content/media/ton-1.mp3", sound(90) + bytes(10))
    build_site(tiny.root)
    (entry,) = feedparser.parse(outputs(tiny)["reihen/abende/podcast.xml"]).entries
    assert (entry.itunes_duration, entry.enclosures[0].length) == ("90", "427")
    assert outputs(tiny) == rebuild_from_nothing(tiny)


def test_a_podcast_begins_and_ends_with_its_recordings(tiny: TinyEdition) -> None:
    """The first recording makes one, the last one that goes, or the policy, ends it; its cover goes with it."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    talk = record(tiny, 1, media=None)

    def podcasts() -> list[str]:
        build_site(tiny.root)
        assert outputs(tiny) == rebuild_from_nothing(tiny)
        return sorted(path.rpartition(".")[2] for path in outputs(tiny) if "/podcast" in path)

    assert podcasts() == []
    record(tiny, 1)
    assert podcasts() == ["png", "xml"]
    tiny.yaml("policy", POLICY)
    assert podcasts() == []
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    assert podcasts() == ["png", "xml"]
    talk.unlink()
    assert podcasts() == []


def test_a_podcast_has_all_its_episodes(tiny: TinyEdition) -> None:
    """Podcast apps know no archives: of sixty, the first is still there; a hidden one is not."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    for number in range(1, 61):
        record(tiny, number, uid=f"abend-{number:06}", status="hidden" if number == 7 else "published")
    build_site(tiny.root)
    entries = feedparser.parse(outputs(tiny)["reihen/abende/podcast.xml"]).entries
    assert len(entries) == 59
    assert {entry.itunes_episode for entry in entries} == {str(number) for number in range(1, 61) if number != 7}


def test_a_cover_that_only_the_policy_names_is_published(tiny: TinyEdition) -> None:
    """Also from a folder of content/ that is not copied as a whole, and although a draft names it, too."""
    cover = tiny.root / "content/bilder/titel.png"
    image = {"file": "bilder/titel.png", "alt": "Ein Mikrofon", "credit": "Anna Berg"}
    tiny.write("content/bilder/titel.png", draw_picture(1400, 1400))
    tiny.yaml("policy", POLICY | {"podcast": PODCAST | {"image": image}})
    tiny.note("entwurf", status="draft", image=image)
    record(tiny, 1)
    build_site(tiny.root)
    assert (tiny.root / "output/bilder/titel.png").read_bytes() == cover.read_bytes()


def test_two_seasons_may_count_from_one(tiny: TinyEdition) -> None:
    """The seasons of a series stand one after the other, each with numbers of its own."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    record(tiny, 1, series={"id": "abende", "season": 2, "position": 1})
    record(tiny, 2, series={"id": "abende", "season": 1, "position": 1})
    record(tiny, 3, series={"id": "abende", "season": 1, "position": 2})
    build_site(tiny.root)
    page = BeautifulSoup(outputs(tiny)["reihen/abende.html"], "html.parser")
    assert [link["href"].rpartition("/")[2] for link in page.select(".station .headline a")] == [
        *("abend-2.html", "abend-3.html", "abend-1.html"),
    ]


def test_a_talk_is_announced_goes_live_and_becomes_an_episode(tiny: TinyEdition) -> None:
    """A build at each of these moments says so, and none before: apps read it from the feed."""
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    record(tiny, 1)
    tiny.talk("naechster", series={"id": "abende", "position": 2}, body="Worum es geht.")

    def find_states(moment: str) -> list[str]:
        build_site(tiny.root, as_of=datetime.fromisoformat(f"2026-11-05T{moment}+01:00"))
        channel = ET.fromstring(outputs(tiny)["reihen/abende/podcast.xml"]).find("channel")
        assert channel is not None
        return [item.attrib["status"] for item in channel.iterfind("podcast:liveItem", SPACES)]

    assert find_states("16:59:59") == ["pending"]
    assert find_states("17:00:00") == ["live"]
    assert find_states("17:59:59") == ["live"]
    assert find_states("18:00:00") == []
    assert find_states("16:00:00") == ["pending"]

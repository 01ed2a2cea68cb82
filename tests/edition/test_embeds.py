import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import embeds, loader
from kuratorium.edition.embeds import EMBEDS, Provider, build_embed
from kuratorium.publishing.build_command import build_site
from tests.editions import POLICY, TinyEdition, draw_picture

TRACKS = Provider(
    id="tracks",
    name="Tracks",
    kind="track",
    button="Load the track",
    pattern=r"\d+",
    example="42",
    page_url=lambda identifier: f"https://tracks.example/{identifier}",
    frame_url=lambda identifier: f"https://player.tracks.example/{identifier}",
)


@pytest.mark.parametrize(
    ("provider", "identifier", "page", "frame"),
    [
        ("youtube", "dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
         "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("vimeo", "123456789", "https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?dnt=1"),
        ("peertube", "https://video.example/w/9c9de5e8", "https://video.example/w/9c9de5e8",
         "https://video.example/videos/embed/9c9de5e8"),
        ("mastodon", "https://social.example/@name/123456", "https://social.example/@name/123456",
         "https://social.example/@name/123456/embed"),
        ("openstreetmap", "52.5163,13.3777,16",
         "https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777#map=16/52.5163/13.3777",
         ("https://www.openstreetmap.org/export/embed.html?bbox=13.37495%2C52.51493%2C13.38045%2C52.51767"
          "&marker=52.5163%2C13.3777")),
        ("facebook", "https://www.facebook.com/name/posts/123456", "https://www.facebook.com/name/posts/123456",
         ("https://www.facebook.com/plugins/post.php"
          "?href=https%3A%2F%2Fwww.facebook.com%2Fname%2Fposts%2F123456&show_text=true")),
        ("instagram", "p/C1a2B3c4D5e", "https://www.instagram.com/p/C1a2B3c4D5e/",
         "https://www.instagram.com/p/C1a2B3c4D5e/embed/captioned/"),
        ("x", "name/status/1234567890", "https://x.com/name/status/1234567890",
         "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=1234567890"),
        ("linkedin", "urn:li:activity:7123456789012345678",
         "https://www.linkedin.com/feed/update/urn:li:activity:7123456789012345678/",
         "https://www.linkedin.com/embed/feed/update/urn:li:activity:7123456789012345678"),
        ("bluesky", "name.example/3kabcdefgh2x", "https://bsky.app/profile/name.example/post/3kabcdefgh2x",
         "https://embed.bsky.app/embed/name.example/app.bsky.feed.post/3kabcdefgh2x"),
        ("spotify", "episode/4rOoJ6Egrf8K2IrywzwOMk", "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk",
         "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk"),
        ("soundcloud", "name/title", "https://soundcloud.com/name/title",
         "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fname%2Ftitle"),
        ("ard", "Y3JpZDovL2FyZC5leGFtcGxlLzEyMzQ1",
         "https://www.ardmediathek.de/video/Y3JpZDovL2FyZC5leGFtcGxlLzEyMzQ1",
         "https://www.ardmediathek.de/embed/Y3JpZDovL2FyZC5leGFtcGxlLzEyMzQ1"),
    ],
)  # fmt: skip
def test_an_embed_has_a_page_and_a_frame(provider: str, identifier: str, page: str, frame: str) -> None:
    """The page shows the thing at its host; the frame loads it from the host that the page names to the reader."""
    embed = build_embed(provider, identifier)
    assert embed
    assert (embed.page_url, embed.frame_url) == (page, frame)
    assert f"https://{embed.host}/" in embed.frame_url
    assert next(record.example for record in EMBEDS if record.id == provider) == identifier


@pytest.mark.parametrize(
    ("provider", "identifier"),
    [
        ("youtube", 'x" onload="alert(1)'),
        ("youtube", "../../evil"),
        ("vimeo", "abc"),
        ("peertube", "javascript:alert(1)/w/a"),
        ("peertube", "https://video.example/w/a?autoplay=1"),
        ("mastodon", "http://social.example/@name/1"),
        ("mastodon", "https://social.example/@name/1/../../x"),
        ("openstreetmap", "52.5,13.4,99"),
        ("facebook", "https://www.facebook.com.evil.example/name/posts/1"),
        ("facebook", "https://www.facebook.com/name/posts/1?x=1"),
        ("instagram", "p/../../x"),
        ("x", "https://x.com/name/status/1"),
        ("x", "name/status/1&id=2"),
        ("linkedin", "urn:li:person:123456"),
        ("bluesky", "name/3kabcdefgh2x"),
        ("bluesky", "did:plc:abc/../x"),
        ("spotify", "episode/4rOoJ6Egrf8K2IrywzwOM?"),
        ("soundcloud", "name/title/../../x"),
        ("ard", "https://www.ardmediathek.de/video/x"),
        ("zdf", "https://www.zdf.de.evil.example/video/x"),
        ("zdf", "https://www.zdf.de//evil.example"),
        ("unknown", "abc"),
    ],
)
def test_an_invalid_identifier_embeds_nothing(provider: str, identifier: str) -> None:
    """Only an identifier that matches its provider's pattern becomes part of an address."""
    assert build_embed(provider, identifier) is None


def test_every_provider_embeds_its_example() -> None:
    """An error message shows the example, so it must be right; whoever has a frame says what becomes of the data."""
    for record in EMBEDS:
        embed = build_embed(record.id, record.example)
        assert embed
        assert embed.page_url.startswith("https://")
        if record.host:
            assert record.host == embed.host
            assert record.privacy_url.startswith("https://")
        else:
            assert not embed.frame_url or record.example.startswith("https://"), "such embeds name their own host"


def test_what_has_no_frame_is_a_link_in_a_box(tiny: TinyEdition) -> None:
    """Where a provider has no frame without a script of its own, the page links to it, and loads nothing."""
    tiny.yaml("policy", POLICY | {"embeds": ["zdf"]})
    tiny.essay("schicht", body='Hier:\n\n[[zdf:https://www.zdf.de/video/name-100 title="Die Schicht" duration=44:00]]')
    build_site(tiny.root)
    figure = BeautifulSoup((tiny.root / "output/essays/schicht.html").read_bytes(), "html.parser").select_one(".embed")
    assert figure
    assert not figure.select("iframe, input")
    link = figure.select_one("a")
    assert link
    assert (link["href"], link.get_text()) == ("https://www.zdf.de/video/name-100", "Beim ZDF ansehen")
    words = " ".join(figure.get_text().split())
    assert words == "ZDF 44:00 Die Schicht Beim ZDF ansehen"


def test_the_still_of_an_embed_is_a_picture_of_the_edition(tiny: TinyEdition) -> None:
    """It lies below content/, is drawn anew, and the box says title and duration; any other file is an error."""
    tiny.write("content/images/still.jpg", draw_picture(800, 450, "JPEG"))
    tiny.write("content/media/ton.mp3", b"MP3")
    post = tiny.essay("film", body="Hier:\n\n[[youtube:abcdefgh poster=images/still.jpg title=Film duration=12:30]]")
    build_site(tiny.root)
    figure = BeautifulSoup((tiny.root / "output/essays/film.html").read_bytes(), "html.parser").select_one(".embed")
    assert figure
    assert figure.iframe
    consent = BeautifulSoup(str(figure.iframe["srcdoc"]), "html.parser")
    assert consent.img
    still = tiny.root / "output/essays" / str(consent.img["src"])
    assert still.resolve().parent == tiny.root / "output/pictures"
    assert still.is_file()
    assert consent.h1
    assert consent.h1.get_text() == "Film"
    assert "12:30" in consent.get_text()
    for name, message in (("media/ton.mp3", "content/media/ton.mp3 is no picture"), ("../x.jpg", "there is no file")):
        post.write_text(post.read_text().replace("images/still.jpg", name))
        (problem,) = loader.read_edition(tiny.root)[1]
        assert problem.message.startswith(message)
        post.write_text(post.read_text().replace(name, "images/still.jpg"))


def test_a_new_provider_needs_only_its_record(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its record, a provider of a new kind is valid in policy and text, and its page shows its own button."""
    monkeypatch.setitem(embeds.PROVIDERS_BY_ID, TRACKS.id, TRACKS)
    tiny.yaml("policy", POLICY | {"embeds": ["tracks"]})
    tiny.essay("musik", body="Hier:\n\n[[tracks:42]]")
    build_site(tiny.root)
    page = BeautifulSoup((tiny.root / "output/essays/musik.html").read_bytes(), "html.parser")
    frame = page.select_one("figure.embed-track iframe")
    assert frame
    button = BeautifulSoup(str(frame["srcdoc"]), "html.parser").select_one("p a")
    assert button
    assert (button["href"], button.get_text()) == ("https://player.tracks.example/42", "Load the track")

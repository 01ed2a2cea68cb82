import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import embeds
from kuratorium.edition.embeds import EMBEDS, Provider, build_embed
from kuratorium.publishing.build_command import build_site
from tests.editions import POLICY, TinyEdition

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
        ("unknown", "abc"),
    ],
)
def test_an_invalid_identifier_embeds_nothing(provider: str, identifier: str) -> None:
    """Only an identifier that matches its provider's pattern becomes part of an address."""
    assert build_embed(provider, identifier) is None


def test_an_embed_is_a_line_of_its_own_outside_code() -> None:
    """Within a sentence or within fenced code, the brackets are text."""
    body = "[[youtube:abcdefgh]]\n\n```\n[[vimeo:12345]]\n```\n\nDas [[vimeo:12345]] nicht.\n\n[[vimeo:12345]]  "
    assert list(embeds.find_embeds(body)) == [(0, "youtube", "abcdefgh"), (8, "vimeo", "12345")]


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

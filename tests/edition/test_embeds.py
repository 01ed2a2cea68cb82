import pytest

from kuratorium.edition import embeds
from kuratorium.edition.embeds import EMBEDS, build_embed


@pytest.mark.parametrize(
    ("provider", "what", "page", "frame"),
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
def test_every_provider_has_a_page_and_a_frame(provider: str, what: str, page: str, frame: str) -> None:
    """The page is where a reader sees it there, the frame what loads once they ask, from the host they are told."""
    made = build_embed(provider, what)
    assert made
    assert (made.page_url, made.frame_url) == (page, frame)
    assert f"https://{made.host}/" in made.frame_url
    assert next(one.example for one in EMBEDS if one.id == provider) == what


@pytest.mark.parametrize(
    ("provider", "what"),
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
def test_what_is_no_things_name_is_nothing(provider: str, what: str) -> None:
    """Only what the provider calls its things by comes into an address."""
    assert build_embed(provider, what) is None


def test_lines_of_code_are_no_embeds() -> None:
    """A line is one by itself only, and not where code is shown."""
    body = "[[youtube:abcdefgh]]\n\n```\n[[vimeo:12345]]\n```\n\nDas [[vimeo:12345]] nicht.\n\n[[vimeo:12345]]  "
    assert list(embeds.find_embeds(body)) == [(0, "youtube", "abcdefgh"), (8, "vimeo", "12345")]

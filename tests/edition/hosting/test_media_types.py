import pytest

from kuratorium.edition.hosting.media_types import LONG_CACHING, SHORT_CACHING, find_caching, find_media_type


@pytest.mark.parametrize(
    ("path", "head", "media_type"),
    [
        ("index.html", b"", "text/html; charset=utf-8"),
        ("feed.xml", b"<?xml version='1.0'?>\n<rss version='2.0'>", "application/rss+xml"),
        ("feed.atom", b"", "application/atom+xml"),
        ("a.xml", b"<?xml version='1.0'?><feed xmlns='x'>", "application/atom+xml"),
        ("sitemap.xml", b"<?xml version='1.0'?><urlset>", "application/xml"),
        ("feed.json", b'{"version":"https://jsonfeed.org/version/1.1"', "application/feed+json"),
        ("chapters.json", b'{"version":"1.2.0"', "application/json"),
        ("quellen.opml", b"", "text/x-opml; charset=utf-8"),
        ("ton/abend.vtt", b"", "text/vtt; charset=utf-8"),
        ("gespraeche.ics", b"", "text/calendar; charset=utf-8"),
        ("site.webmanifest", b"", "application/manifest+json"),
        ("bild.AVIF", b"", "image/avif"),
        ("pagefind/fragment/de_1.pf_fragment", b"", "application/octet-stream"),
        ("_headers", b"", "application/octet-stream"),
    ],
)
def test_each_file_has_its_type(path: str, head: bytes, media_type: str) -> None:
    """Feed readers, calendars and players go by it; a feed in XML or JSON is known by its beginning."""
    assert find_media_type(path, head) == media_type


def test_only_names_with_a_digest_are_kept_for_ever() -> None:
    """Everything else is asked for again."""
    assert find_caching("theme/site.0123456789.css") == find_caching("pictures/a-b.avif") == LONG_CACHING
    assert find_caching("index.html") == find_caching("theme/sound.svg") == SHORT_CACHING

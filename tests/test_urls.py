from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium import urls


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/a", "https://base.example/a"),
        ("b?c=d#e", "https://base.example/x/b?c=d#e"),
        ("//other.example/a", "https://other.example/a"),
        ("HTTPS://Other.example/ä ö", "https://Other.example/%C3%A4%20%C3%B6"),
        ("https://müller.example/", "https://xn--mller-kva.example/"),
        (" https://a.example/\n ", "https://a.example/"),
        ("https://name:word@a.example/", "https://a.example/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a.example:port/", ""),
        ("https://a<b>.example/", ""),
        ("https://a..example/", ""),
        (f"https://{'a' * 64}.example/", ""),
        ("https://[::1]:8/", "https://[::1]:8/"),
        ("", ""),
    ],
)
def test_absolute(link: str, address: str) -> None:
    """Only http and https addresses come out, absolute and escaped."""
    assert urls.make_absolute_url(link, "", "no base", "https://base.example/x/") == address


@given(st.text(), st.sampled_from(["", "https://base.example/", "file:///etc/"]))
def test_absolute_is_safe(link: str, base: str) -> None:
    """Whatever a feed says, the result is empty or an http(s) address that needs no quoting in YAML or HTML."""
    assert re.fullmatch(r"(https?://[^\s/\"'<>\\][^\s\"<>\\]*)?", urls.make_absolute_url(link, base))


@pytest.mark.parametrize(
    "other", ["http://www.blog.example/feed/", "https://BLOG.example:443/feed", "https://blog.example/feed#x"]
)
def test_normal(other: str) -> None:
    """Spellings of one address compare equal."""
    assert urls.normalize_url(other) == urls.normalize_url("https://blog.example/feed")


def test_normal_keeps_apart() -> None:
    """Paths, queries, other ports and files are other addresses."""
    addresses = ["https://a.example/b", "https://a.example/B", "https://a.example/b?c", "https://a.example:8/b", "a/b"]
    assert len({urls.normalize_url(address) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    "other",
    [
        "https://a.example/x?a=1&b=2&utm_source=feed&UTM_medium=rss",
        "https://a.example/x/?b=2&mtm_campaign=c&a=1",
        "http://www.a.example/x?fbclid=1&a=1&gclid=2&b=2&#top",
        "https://a.example/x?b=2&a=1&wt_mc=rss.red.x&mc_cid=1&_hsenc=2",
        "https://a.example/x?b=2&a=1&ref=www.blog.example",
        "https://a.example/x?b=2&a=1&ref=https%3A%2F%2Fblog.example%2Ffeed",
    ],
)
def test_normal_without_what_tracks(other: str) -> None:
    """The order of a query and what only tracks readers make no other address."""
    assert urls.normalize_url(other, "https://blog.example/rss") == "a.example/x?a=1&b=2"


@pytest.mark.parametrize("query", ["ref=main", "ref=other.example", "id=1", "utm", "Ref=blog.example.org"])
def test_normal_keeps_what_may_matter(query: str) -> None:
    """Other parameters stay, and so does a `ref` that does not name the feed's host."""
    assert urls.normalize_url(f"https://a.example/x?{query}", "https://blog.example/rss") == f"a.example/x?{query}"
    assert urls.normalize_url("https://a.example/x?ref=blog.example") == "a.example/x?ref=blog.example"


@pytest.mark.parametrize(
    ("link", "published"),
    [
        ("http://www.a.example/x/?b=2&utm_source=feed&a=1&b=3#teil", "http://www.a.example/x/?b=2&a=1&b=3#teil"),
        ("https://a.example/x?wt_mc=rss.red.x&fbclid=1", "https://a.example/x"),
        ("https://a.example/x?utm_medium=rss#xtor=RSS-1", "https://a.example/x"),
        ("https://a.example/x?#a&b=utm_source", "https://a.example/x?#a&b=utm_source"),
        ("https://a.example/x?u=https%3A%2F%2Fb.example%2F%3Futm_source%3Dx&&", None),
        ("https://a.example/x?ref=blog.example&page=2", "https://a.example/x?page=2"),
        ("https://a.example/x?ref=main", None),
        ("", None),
    ],
)
def test_untracked(link: str, published: str | None) -> None:
    """What tracks readers goes out of an address; scheme, host, slashes, order and all else stay."""
    assert urls.remove_tracking(link, "https://www.blog.example/rss") == (link if published is None else published)


@given(st.text(), st.text())
def test_untracked_is_the_same_address(link: str, feed: str) -> None:
    """Whatever is written there, it compares equal to what is left of it, and nothing more can be left out."""
    kept = urls.remove_tracking(link, feed)
    assert urls.normalize_url(kept, feed) == urls.normalize_url(link, feed) or not urls.is_http_url(link)
    assert urls.remove_tracking(kept, feed) == kept


def test_aliases() -> None:
    """An article goes by its link and, where that is known, by its canonical one."""
    both = urls.list_comparable_urls("https://feeds.example/~r/x/1?utm_source=a", "https://www.a.example/x/")
    assert both == {"feeds.example/~r/x/1", "a.example/x"}
    assert urls.list_comparable_urls("https://a.example/x") == {"a.example/x"}


@pytest.mark.parametrize(
    ("address", "tells"), [("/", False), ("", False), ("/#a", False), ("/a", True), ("/?p=1", True)]
)
def test_front_pages_name_no_article(address: str, tells: bool) -> None:
    """A path or a query names an article, a host alone does not."""
    assert urls.is_article_url(urls.normalize_url(f"https://www.a.example{address}")) is tells


@given(st.text(), st.text())
def test_normal_of_anything(address: str, feed: str) -> None:
    """Whatever is written there is compared without an error, and its normal form stays as it is."""
    assert isinstance(urls.normalize_url(address, feed), str)


@given(
    st.from_regex(r"https?://[a-zW.0-9:@%\[\]-]{0,12}[/a-z?#=\xa0 \t;&é]{0,10}", fullmatch=True)
    | st.from_regex(r"https?://(www\.)*[a-z.]{0,8}(/[^?# ]*)?", fullmatch=True)
)
def test_a_bare_address_compares_as_any_other(address: str) -> None:
    """An address of host and path alone is written by a shorter way, and comes out as by the longer one."""
    longer = f"HTTP{address[4:]}"
    assert urls.normalize_url(longer) in {urls.normalize_url(address), longer.strip()}

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
        ("HTTPS://Other.example/ä ö", "https://other.example/%C3%A4%20%C3%B6"),
        ("https://müller.example/", "https://xn--mller-kva.example/"),
        ("https://www.fußweg.example/a", "https://www.xn--fuweg-mqa.example/a"),
        ("https://οδός.example/", "https://xn--pxavk3b.example/"),
        ("https://क्‍ष.example/", "https://xn--11b2ezcw70k.example/"),
        ("https://a\u200db.example/", ""),
        ("https://☃.example/", "https://xn--n3h.example/"),
        ("https://MÜ\u00adLLER。example:8080/", "https://xn--mller-kva.example:8080/"),
        ("https://localhäst:8080/", "https://xn--localhst-5za:8080/"),
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
def test_a_link_becomes_an_absolute_address(link: str, address: str) -> None:
    """Results are http and https addresses, absolute and escaped; other links become empty."""
    assert urls.make_absolute_url(link, "", "no base", "https://base.example/x/") == address


@pytest.mark.parametrize(
    "link", ["https://https://a.example/b", "http://https//a.example/b", "https://HTTP:/a.example"]
)
def test_a_scheme_written_twice_is_no_address(link: str) -> None:
    """It would lead to a host "https"."""
    assert urls.make_absolute_url(link, "https://base.example/") == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("feed://blog.example/rss", "https://blog.example/rss"),
        ("feed:http://blog.example/rss", "http://blog.example/rss"),
        ("http:/blog.example", "http://blog.example"),
        ("//blog.example/a b", "https://blog.example/a%20b"),
        ("\u201ehttps://b\u00e4der.example\u201c", "https://xn--bder-loa.example"),
        ("localhost:8000/feed", "https://localhost:8000/feed"),
        ("mailto:info@blog.example", ""),
        ("javascript:alert(1)", ""),
        ("Kein Wort. Nirgends", ""),
        ("https://", ""),
    ],
)
def test_the_address_that_was_meant(text: str, meant: str) -> None:
    """What people write for an address is recognised; a text without a host is none."""
    assert urls.propose_url(text) == meant


@given(st.text() | st.from_regex(r"((https?|feed):?/{0,2}){0,3}[a-z.:/ ]{0,12}"))
def test_a_proposed_address_is_safe(text: str) -> None:
    """For any text, what is proposed is an http(s) address that stays as it is."""
    if proposed := urls.propose_url(text):
        assert urls.make_absolute_url(proposed) == proposed


@given(st.text(), st.sampled_from(["", "https://base.example/", "file:///etc/"]))
def test_an_absolute_address_is_safe(link: str, base: str) -> None:
    """For any text, the result is empty or an http(s) address that needs no quoting in YAML or HTML."""
    assert re.fullmatch(r"(https?://[^\s/\"'<>\\][^\s\"<>\\]*)?", urls.make_absolute_url(link, base))


@pytest.mark.parametrize("address", ["https://NL.example./", "HTTPS://nl.Example.:443/A", "//NL.EXAMPLE./a"])
def test_a_host_is_written_in_one_way(address: str) -> None:
    """A host is in lower case and without a final dot; two spellings compare equal."""
    absolute = urls.make_absolute_url(address, "https://a.example/")
    assert absolute.startswith(("https://nl.example/", "https://nl.example:443/"))
    assert urls.normalize_url("https:" + address[address.index("//") :]) == urls.normalize_url(absolute)


def test_an_address_without_end_is_none() -> None:
    """An address has at most 8,000 characters, as RFC 9110 (section 4.1) asks of servers."""
    assert urls.make_absolute_url("https://a.example/" + "a" * 7_982) != ""
    assert urls.make_absolute_url("https://a.example/" + "a" * 7_983) == ""


@pytest.mark.parametrize(
    "other", ["http://www.blog.example/feed/", "https://BLOG.example:443/feed", "https://blog.example/feed#x"]
)
def test_spellings_of_an_address_are_equal(other: str) -> None:
    """Scheme, `www.`, default port, trailing slash, case of the host and fragment make no difference."""
    assert urls.normalize_url(other) == urls.normalize_url("https://blog.example/feed")


def test_different_addresses_stay_different() -> None:
    """Another path, query or port is another address."""
    addresses = ["https://a.example/b", "https://a.example/B", "https://a.example/b?c", "https://a.example:8/b", "a/b"]
    assert len({urls.normalize_url(address) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    "other",
    [
        "https://a.example/x?a=1&b=2&utm_source=feed&UTM_medium=rss",
        "https://a.example/x/?b=2&mtm_campaign=c&a=1",
        "http://www.a.example/x?fbclid=1&a=1&gclid=2&b=2&#top",
        "https://a.example/x?b=2&a=1&wt_mc=rss.red.x&mc_cid=1&_hsenc=2",
        "https://a.example/x;JSESSIONID=4D2?b=2&a=1&CFID=1&CFTOKEN=2",
        "https://a.example/x?b=2&a=1&ref=www.blog.example",
        "https://a.example/x?b=2&a=1&ref=https%3A%2F%2Fblog.example%2Ffeed",
    ],
)
def test_tracking_parameters_make_no_difference(other: str) -> None:
    """Tracking, session ids and the order of a query do not matter, nor does a `ref` to the feed's host."""
    assert urls.normalize_url(other, "https://blog.example/rss") == "a.example/x?a=1&b=2"


@pytest.mark.parametrize("query", ["ref=main", "ref=other.example", "id=1", "utm", "Ref=blog.example.org"])
def test_other_parameters_make_a_difference(query: str) -> None:
    """Other parameters stay, and so does a `ref` that is not the feed's host."""
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
        ("https://a.example/x;jsessionid=1F;v=2?PHPSESSID=3&b", "https://a.example/x;v=2?b"),
        ("https://a.example/x;jsessionid=1F", "https://a.example/x"),
        ("https://a.example/x?sid=7&sid=00112233445566778899aabbccddeeff", "https://a.example/x?sid=7"),
        ("", None),
    ],
)
def test_only_tracking_is_removed(link: str, published: str | None) -> None:
    """Tracking parameters are removed; scheme, host, slashes, order and all else stay."""
    assert urls.remove_tracking(link, "https://www.blog.example/rss") == (link if published is None else published)


@given(st.text(), st.text())
def test_an_address_without_tracking_is_equal(link: str, feed: str) -> None:
    """Any address is equal to its form without tracking, from which nothing more can be removed."""
    clean = urls.remove_tracking(link, feed)
    assert urls.normalize_url(clean, feed) == urls.normalize_url(link, feed) or not urls.is_http_url(link)
    assert urls.remove_tracking(clean, feed) == clean


def test_an_article_has_a_link_and_a_canonical_address() -> None:
    """Both are compared, if the canonical address is known."""
    both = urls.list_comparable_urls("https://feeds.example/~r/x/1?utm_source=a", "https://www.a.example/x/")
    assert both == {"feeds.example/~r/x/1", "a.example/x"}
    assert urls.list_comparable_urls("https://a.example/x") == {"a.example/x"}


@pytest.mark.parametrize(
    ("address", "is_article"), [("/", False), ("", False), ("/#a", False), ("/a", True), ("/?p=1", True)]
)
def test_a_front_page_is_not_an_article(address: str, is_article: bool) -> None:
    """An address with a path or query can be an article's; a host alone cannot."""
    assert urls.is_article_url(urls.normalize_url(f"https://www.a.example{address}")) is is_article


@given(st.text(), st.text())
def test_any_text_can_be_normalized(address: str, feed: str) -> None:
    """No text raises an error."""
    assert isinstance(urls.normalize_url(address, feed), str)


@given(
    st.from_regex(r"https?://[a-zW.0-9:@%\[\]-]{0,12}[/a-z?#=\xa0 \t;&é]{0,10}", fullmatch=True)
    | st.from_regex(r"https?://(www\.)*[a-z.]{0,8}(/[^?# ]*)?", fullmatch=True)
)
def test_simple_addresses_are_normalized_like_others(address: str) -> None:
    """The shortcut for addresses of host and path gives the result of the full function."""
    equivalent = f"HTTP{address[4:]}"
    assert urls.normalize_url(equivalent) in {urls.normalize_url(address), equivalent.strip()}


def test_a_host_beyond_ascii_equals_its_form_in_dns() -> None:
    """An address is the same with letters or with xn--; one with "ss" instead of "ß" is another site."""
    assert urls.normalize_url("https://www.fußweg.example/a") == urls.normalize_url("http://xn--fuweg-mqa.example/a/")
    assert urls.normalize_url("https://fussweg.example/a") != urls.normalize_url("https://fußweg.example/a")
    assert urls.get_host("https://a\u200db.example/") == "a\u200db.example"  # none that browsers would ask
    assert urls.get_host("https://www.Fußweg.example/") == "xn--fuweg-mqa.example"


@pytest.mark.parametrize(
    "other",
    [
        "http://mobil.a.example//akte/index.php?x=b&source=rss",
        "https://amp.a.example/akte/amp/?x=b&amp_js_v=1",
        "https://a-example.cdn.ampproject.org/v/s/www.a.example/amp/akte?x=b&outputType=amp",
        "https://a.example/%61kte.amp?m=1&x=b#top",
        "https://www3.a.example/akte/Default.html;jsessionid=1?x=b",
    ],
)
def test_the_forms_of_a_page_are_one(other: str) -> None:
    """Pages for telephones and feeds are the page itself; `normalize_url` alone tells them apart."""
    assert urls.identify_page(other) == "a.example/akte?x=b" != urls.normalize_url(other)


@given(st.text())
def test_any_text_can_be_identified(address: str) -> None:
    """No text raises an error."""
    assert isinstance(urls.identify_page(address), str)


@pytest.mark.parametrize(
    ("fragment", "is_mark"),
    [("rss", True), ("ref=rss-feed", True), ("comments", True), ("", True), ("rss-import", False)],
)
def test_some_fragments_name_no_part_of_a_page(fragment: str, is_mark: bool) -> None:
    """A fragment that only says that a feed led to the page is no part of it."""
    assert urls.is_feed_mark(fragment) is is_mark


@pytest.mark.parametrize("path", ["/x/../2026/a", "/./2026/a/.", "/../2026/a", "/2026/b/../a/"])
def test_steps_of_dots_lead_to_the_same_page(path: str) -> None:
    """Browsers take ".." and "." out of an address, so that an article dismissed there stays dismissed."""
    assert urls.normalize_url(f"https://blog.example{path}") == "blog.example/2026/a"
    assert urls.normalize_url("https://blog.example/a..b/.well-known/c.html") == "blog.example/a..b/.well-known/c.html"


@pytest.mark.parametrize(
    ("address", "shown", "has"),
    [
        ("https://mia:wort@a.example/x", "https://…@a.example/x", True),
        ("https://mia@a.example/", "https://…@a.example/", True),
        ("https://mia:w@rt@a.example/", "https://…@a.example/", True),
        ("feed:mia:wort@a.example/x", "feed:…@a.example/x", True),
        ("https://a.example/@mia", "https://a.example/@mia", False),
        ("https://a.example/?to=mia:b@c.example", "https://a.example/?to=mia:b@c.example", False),
        ("mailto:mia@a.example", "mailto:mia@a.example", False),
    ],
)
def test_passwords_of_addresses_are_hidden(address: str, shown: str, has: bool) -> None:
    """Before the host stand a user name and a password; a name in the path or in a mail address is none."""
    assert urls.hide_credentials(f"Siehe {address}.") == f"Siehe {shown}."
    assert urls.has_credentials(address) is has


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        *(("https://www.blog.example/", True), ("http://m.blog.example/x", True), ("https://blog.example:8/", True)),
        *(("https://anderer.example/", False), ("https://nblog.example/", False), ("https://example/", False)),
    ],
)
def test_subdomains_are_of_one_site(other: str, is_same: bool) -> None:
    """A host and those below it are one site; a name that only ends alike is another."""
    assert urls.is_same_site("https://blog.example/a", other) is is_same
    assert urls.is_same_site(other, "https://blog.example/a") is is_same

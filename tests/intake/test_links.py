from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake import links


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
    assert links.absolute(link, "", "no base", "https://base.example/x/") == address


@given(st.text(), st.sampled_from(["", "https://base.example/", "file:///etc/"]))
def test_absolute_is_safe(link: str, base: str) -> None:
    """Whatever a feed says, the result is empty or an http(s) address that needs no quoting in YAML or HTML."""
    assert re.fullmatch(r"(https?://[^\s/\"'<>\\][^\s\"<>\\]*)?", links.absolute(link, base))


@pytest.mark.parametrize(
    "other", ["http://www.blog.example/feed/", "https://BLOG.example:443/feed", "https://blog.example/feed#x"]
)
def test_normal(other: str) -> None:
    """Spellings of one address compare equal."""
    assert links.normal(other) == links.normal("https://blog.example/feed")


def test_normal_keeps_apart() -> None:
    """Paths, queries, other ports and files are other addresses."""
    addresses = ["https://a.example/b", "https://a.example/B", "https://a.example/b?c", "https://a.example:8/b", "a/b"]
    assert len({links.normal(address) for address in addresses}) == len(addresses)

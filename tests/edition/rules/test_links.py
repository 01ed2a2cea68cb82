from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.model import StandalonePage, StandalonePageFrontMatter
from kuratorium.edition.rules import links

DECOMPOSED = unicodedata.normalize("NFD", "content/images/brücke.png")


def page(body: str, file: str = "content/essays/x.md") -> StandalonePage:
    """Return a text with `body`."""
    return StandalonePage(file=file, meta=StandalonePageFrontMatter(title="x"), body=body, body_line=5)


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("![x]({static}/images/rotes%20haus.png)", "content/images/rotes haus.png"),
        ("![x](<{static}/images/rotes haus.png>)", "content/images/rotes haus.png"),
        ("![x]({static}/images/rotes haus.png)", "content/images/rotes haus.png"),
        ('![x]({static}/images/plan(2).png "Ein Titel")', "content/images/plan(2).png"),
        (r"![x]({static}/images/plan\(2.png)", "content/images/plan(2.png"),
        ("![x]({static}/images/brücke.png)", DECOMPOSED),
        (f"![x]({{static}}/{DECOMPOSED.removeprefix('content/')})", "content/images/brücke.png"),
        ("![x]({static}/images/br%C3%BCcke.png)", DECOMPOSED),
        ("![x](images/rot.png)", "content/images/rot.png"),
        ("![x](/images/rot.png)", "content/images/rot.png"),
        ("![x](rot.png)", "content/essays/rot.png"),
        ("[x](../pages/impressum.md?a#b)", "content/pages/impressum.md"),
        ("[x]: impressum.md", "content/essays/impressum.md"),
        ('<img alt="a"\n src="images/a&amp;b.png">', "content/images/a&b.png"),
        ("<a href='|filename|y.md'>", "content/essays/y.md"),
    ],
)
def test_a_file_is_found_however_its_name_is_written(link: str, file: str) -> None:
    """Encoded, in angle brackets, with blanks, brackets or composed letters, with or without a keyword."""
    text = page(f"Oben.\n\n{link}")
    assert list(links.check_links(text, {file}.__contains__)) == []
    assert list(links.find_dead_links(text, {file}.__contains__, lambda _: False)) == []
    reported = [
        *links.check_links(text, lambda _: False),
        *links.find_dead_links(text, lambda _: False, lambda _: False),
    ]
    assert [violation.line for violation in reported] == [7 if "\n" not in link else 8]


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://a.example/y.md)", "[x](mailto:a@b.example)", "[x](a@b.example?subject=c)", "[x](www.a.example/b)",
        "[x](//a.example/b)", "[x](#teil)", "[x]()", "`[x](y.md)`", "``a ` [x](y.md)``", "~~~\n[x](y.md)\n~~~",
        "```html\n<a href=\"y.md\">\n```", "<!-- [x](y.md)\n\n-->", "[^1]: siehe y.md", "[[youtube:abc]]", "x](",
    ],
)  # fmt: skip
def test_what_names_no_file_is_not_reported(text: str) -> None:
    """Addresses with a scheme or a host, parts of the page, code and comments hold no link to a file."""
    assert list(links.find_links(page(text))) == []


def test_a_dead_link_is_reported_with_its_line_and_what_to_write() -> None:
    """An address without its scheme gets another hint than a file that is not there."""
    text = page("Siehe [da](amtsblog.example/a) und\n[dort](nirgends.md); [hier](/notizen/erste.html) ist eine Seite.")
    host, file = links.find_dead_links(text, lambda _: False, lambda path: path.endswith("erste.html"))
    assert (host.line, host.message) == (5, 'the link "amtsblog.example/a" leads nowhere')
    assert host.hint == "For another site write the whole address: https://amtsblog.example/a."
    assert (file.line, file.message) == (6, 'the link "nirgends.md" leads nowhere')
    assert "({filename}other-post.md)" in file.hint


def test_a_link_never_names_a_file_outside_the_edition() -> None:
    """No spelling of a path leads above the root."""
    for path in ("../../../x", "%2e%2e/%2e%2e/%2e%2e/x", r"\../../../x", "/../../x"):
        target = links.parse_target(path)
        assert target
        assert [file for file in links.list_candidates("content/essays/x.md", target) if ".." in file.split("/")] == []


@given(st.lists(st.sampled_from(["](", "[", "(", "<a ", "`", "``", "{static}", "\n", "```", "x", '"', ">", "]:"])))
def test_any_text_is_read(parts: list[str]) -> None:
    """Unfinished links, tags and code raise nothing, and each link has a line of the text."""
    body = "".join(parts)
    assert all(0 <= link.line <= body.count("\n") for link in links.find_links(page(body)))


@pytest.mark.parametrize("part", ["](", "](a(", "](a ", "<a ", "<a href=", "`", "[x]: ", "](\\\\", "<!--"])
def test_a_long_text_is_searched_in_one_pass(part: str) -> None:
    """Unfinished links are looked at once each, or this would take hours."""
    assert len(list(links.find_links(page(part * (100_000 // len(part)))))) <= 100_000


@pytest.mark.parametrize(
    "link",
    ["![x]({filename}y.md)", "![x](y.md)", "[![x](/essays/y.md)](https://a.example/)", '<img src="{filename}y.md">'],
)
def test_a_picture_is_no_text(link: str) -> None:
    """A picture whose file is a post shows nothing; a link to the post is fine."""
    (violation,) = links.check_links(page(f"Siehe {link}."), lambda file: file == "content/essays/y.md")
    assert violation.message.endswith('y.md" is a text')
    assert not list(
        links.check_links(page("Siehe ![a](x.png) [x](y.md)."), lambda file: file.endswith(("y.md", "png")))
    )

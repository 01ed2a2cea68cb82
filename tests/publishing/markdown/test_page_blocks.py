from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.markdown.page_blocks import split_at_blocks
from tests.editions import PEOPLE, TinyEdition
from tests.publishing.build.test_run import soup

BODY = """\
Wer wir sind:
[[people]]
- eins
[[topics]]

Danach.

```
[[sources]]
```

<!--block sources-->

[[quatsch]]
"""


def test_a_page_is_cut_at_its_blocks() -> None:
    """The segments alternate between text and blocks, and nothing of the text is lost."""
    segments = split_at_blocks("<p>Eins.</p>\n<!--block people-->\n<p>Zwei.</p>")
    assert [segment.block or segment.html.strip() for segment in segments] == ["<p>Eins.</p>", "people", "<p>Zwei.</p>"]


def test_a_page_shows_what_its_blocks_name(tiny: TinyEdition) -> None:
    """The board with roles and links, and the topics; code, comments and unknown blocks are none."""
    people = [PEOPLE[0] | {"links": {"site": "https://anna.example/"}, "bio": "Liest Haushalte."}, *PEOPLE[1:]]
    tiny.yaml("people", people)
    tiny.page("wir", body=BODY)
    build_site(tiny.root)
    text = soup(tiny.root, "wir.html").select_one(".prose")
    assert [name.get_text() for name in text.select(".people h3")] == ["Anna Berg", "Carl Dorn"]
    assert text.select_one(".people a[rel=me]")["href"] == "https://anna.example/"
    assert "Liest Haushalte." in text.select_one(".people").get_text()
    topics = [link["href"] for link in text.select(".line a")]
    assert topics == ["themen/transformation.html", "themen/open-source.html"]
    assert not text.select(".block-sources")
    assert "[[sources]]" in text.get_text()
    assert "[[quatsch]]" in text.get_text()
    assert "Danach." in text.get_text()


def test_a_page_follows_the_board_and_not_the_posts(tiny: TinyEdition) -> None:
    """A new member is on it after the next build; a new note leaves the page alone."""
    tiny.page("wir", body="[[people]]\n\n[[sources]]")
    tiny.note("eins")
    build_site(tiny.root)
    page = tiny.root / "output/wir.html"
    written = page.stat().st_mtime_ns
    tiny.note("zwei")
    build_site(tiny.root)
    assert page.stat().st_mtime_ns == written
    tiny.yaml("people", [*PEOPLE, {"id": "gerd-hoff", "name": "Gerd Hoff", "member": True}])
    build_site(tiny.root)
    names = [name.get_text() for name in soup(tiny.root, "wir.html").select(".people h3")]
    assert names == ["Anna Berg", "Carl Dorn", "Gerd Hoff"]
    assert [source.get_text() for source in soup(tiny.root, "wir.html").select(".block-sources li")] == ["Amtsblog"]


def test_without_a_board_everybody_is_shown(tiny: TinyEdition) -> None:
    """An edition that names no member."""
    tiny.yaml("people", [{**person, "member": False} for person in PEOPLE])
    tiny.page("wir", body="[[people]]")
    build_site(tiny.root)
    assert len(soup(tiny.root, "wir.html").select(".people h3")) == len(PEOPLE)

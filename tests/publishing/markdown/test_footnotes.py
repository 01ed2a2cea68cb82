import pytest

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.markdown.footnotes import label_backlinks
from tests.editions import TinyEdition, tiny_edition
from tests.publishing.makers import document, registry


@pytest.mark.parametrize(("lang", "label"), [("de", "Zurück zum Text"), ("en", "Back to the text")])
def test_the_way_back_from_a_footnote_has_words(tmp_path, lang: str, label: str) -> None:
    """In pages and feeds, screen readers say where the arrow leads, and phones show it as text."""
    tiny: TinyEdition = tiny_edition(tmp_path)
    settings = (tiny.root / "pelicanconf.py").read_text().replace('DEFAULT_LANG = "de"', f'DEFAULT_LANG = "{lang}"')
    tiny.write("pelicanconf.py", settings)
    tiny.essay("fussnote", body="Ein Satz.[^1]\n\n[^1]: Mehr dazu.")
    build_site(tiny.root)
    link = f'<a class="footnote-backref" href="#fnref:1" lang="{lang}" aria-label="{label}">↩\ufe0e</a>'
    assert link in (tiny.root / "output/essays/fussnote.html").read_text()
    assert f'aria-label="{label}"&gt;↩\ufe0e&lt;/a&gt;' in (tiny.root / "output/feed.xml").read_text()


def test_only_links_back_are_labelled() -> None:
    """A text that looks like one, and an attribute that holds one, stay as they are."""
    html = MarkdownConverter(registry()).convert(
        document('`footnote-backref` <span title=\'<a class="footnote-backref" href="#x">↩\ufe0e</a>\'>x</span>')
    )
    assert label_backlinks(html, "Zurück", "de") == html


def test_what_scrolls_can_be_reached_by_keyboard() -> None:
    """Code and tables may be wider than a small window, and scroll in their own place."""
    converter = MarkdownConverter(registry())
    html = converter.convert(document("```\nx\n```\n\n    y\n\n|a|b|\n|-|-|\n|c|d|\n\n<pre>z</pre>"))
    assert html.count('<pre tabindex="0">') == 3
    assert html.count('<table tabindex="0">') == 1
    quoted = converter.convert(document("<span title='<pre onclick=x'>x</span>"))
    assert "onclick=x'" not in quoted
    assert quoted.count("<span") == 1

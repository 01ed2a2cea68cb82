from __future__ import annotations

import pytest

from kuratorium.edition.curation import EntrySelectors
from kuratorium.intake.parsers import html, plain_text


def test_captions_of_pictures_are_no_text() -> None:
    """What describes a picture is left out: figcaption, WordPress's older captions and alternative texts."""
    figure = '<figure><img alt="Rathaus" src="a.jpg"><FIGCAPTION class="x">Foto: <b>Amt</b></FIGCAPTION></figure>'
    assert plain_text.html_to_text(f"<p>Eins</p>{figure}<p>Zwei</p>") == "Eins Zwei"
    assert plain_text.html_to_text('Eins<p class="wp-caption-text">Foto</p>Zwei') == "Eins Zwei"
    assert plain_text.html_to_text(figure) == ""
    assert plain_text.html_to_text("Eins <figcaption>nie geschlossen") == "Eins nie geschlossen"
    for hostile in ("<figcaption>" * 20_000 + "x", "<p " + "wp-caption-text " * 20_000 + ">x", "<p>" * 20_000 + "x"):
        assert plain_text.html_to_text(f"{hostile}<figcaption>") == "x"


@pytest.mark.parametrize(
    "caption",
    [
        '<table class="tr-caption-container"><tr><td class="tr-caption" style="x">Foto</td></tr></table>',
        "<div class='image-caption'>Foto</div>",
        '<p><span class="media caption">Foto</span></p>',
        '[caption id="a1" width="300"]<img src="a.jpg"> Foto[/caption]',
        '<p><a href="a.jpg"><img src="a.jpg"></a><br /><em>Foto</em></p>',
        "<p> <img src='a.jpg'> <small>Foto</small> </p>",
        "<dl class='wp-caption'><dt class='wp-caption-dt'><img></dt><dd class='wp-caption-dd'>Foto</dd></dl>",
        "<dl><dt><a href='a'><img src='a.jpg'></a></dt><dd>Foto</dd></dl>",
        '<div class="teaser-bild"><a href="a"><img src="a.jpg"></a><small>\u00a9 <a href="b">Archiv</a></small></div>',
        '<div class="image__credit--small">Foto</div>',
        '<p class="photo-credit">Foto</p>',
        '<div class="bildunterschrift">Foto</div>',
        "<span class=Bildnachweis>Foto</span>",
        '<div class="wp-caption"><div><img></div><div>Foto</div></div>',
        "<p><img src='a.jpg'><br>Symbolbild: Ada Lox</p>",
        "<div><img src='a.jpg'></div><p><em>\u00a9 Ada Lox</em></p>",
        "<p><img src='a.jpg'>&copy; Ada Lox</p>",
    ],
)
def test_captions_of_many_programs_are_no_text(caption: str) -> None:
    """A caption is left out, whatever marks it; the text below it stays."""
    assert plain_text.html_to_text(f"{caption}<p>Eins.</p>") == "Eins."
    assert plain_text.html_to_text(caption) == ""


@pytest.mark.parametrize(
    "markup",
    [
        "<p><img src='a.jpg'><em>Eins</em> und zwei.</p>",
        "<p>Eins</p><p><img src='a.jpg'><em>und zwei.</em></p>",
        '<p class="no-captions">Eins und zwei.</p>',
        '<div class="captioned">Eins und zwei.</div>',
        "[caption ist hier kein Zeichen] Eins und zwei.",
        '<div class="post category-credit tag-caption">Eins und zwei.</div>',
        "<p><img src='a.jpg'></p><p>Eins und zwei.</p>",
        "<p>Eins <small>und zwei.</small></p>",
        "<dl><dt>Eins</dt><dd>und zwei.</dd></dl>",
        "<p class='player'>Eins</p><div class='share'>und zwei.</div>",
    ],
)
def test_texts_beside_pictures_stay(markup: str) -> None:
    """Words that are more than a caption, or stand within the text, are the author's."""
    assert plain_text.html_to_text(markup).replace("[caption ist hier kein Zeichen] ", "") == "Eins und zwei."


def test_long_small_print_below_a_picture_stays() -> None:
    """What is longer than a caption is the text, however small it is set."""
    words = " ".join(["Wort"] * 200)
    assert plain_text.html_to_text(f"<p><img src='a.jpg'></p><small>{words}</small>") == words


@pytest.mark.parametrize(
    "control",
    [
        "<button class='x'>Teilen</button>",
        "<form action='/a'><label>Mail</label> <input name='m'> <button>Los</button></form>",
        "<audio controls src='a.mp3'><a href='a.mp3'>Folge laden</a></audio>",
        "<VIDEO>Ihr Browser kann das nicht.</VIDEO>",
        "<nav><ul><li><a href='a'>Mehr</a></li></ul></nav>",
        "<div class='podcast-player'><div>00:00</div> <span>Abspielen</span></div>",
        "<p class='powerpress_links'>Podcast: <a href='a'>Herunterladen</a></p>",
        "<div class='social share-buttons'>Teilen</div>",
        "<span class='screen-reader-text'>Weiterlesen</span>",
    ],
)
def test_words_of_controls_are_no_text(control: str) -> None:
    """Buttons, forms, players and links to share are none of an entry's words, in a feed and on a page."""
    assert plain_text.html_to_text(f"<p>Eins</p>{control}<p>Zwei.</p>") == "Eins Zwei."
    assert plain_text.html_to_text(f"Eins {control.partition('>')[0]}> zwei.").startswith("Eins")
    page = f"<article><a href='/a'>Eins</a><p>{control}</p><figcaption>Foto</figcaption> Zwei.</article>"
    feed = html.parse_page(page.encode(), EntrySelectors(entry="article"), ("https://a.example/",))
    assert feed.entries[0].summary == "Eins Zwei."


@pytest.mark.parametrize(
    "part", ["<img><small>", "<form>", "<div class=caption>", "<img><dd>x", "<img><br>", "<a href="]
)
def test_hostile_markup_is_read_in_time(part: str) -> None:
    """Elements that are never closed take time in proportion to their number."""
    assert plain_text.html_to_text(f"Eins {part * 40_000}").startswith("Eins")

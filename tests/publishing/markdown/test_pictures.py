from bs4 import Tag

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition, draw_picture
from tests.publishing.build.test_run import soup


def show(tiny: TinyEdition, body: str) -> Tag:
    """Return the text of an essay with this body as its page shows it."""
    tiny.write("content/images/a.jpg", draw_picture(900, 600, "JPEG"))
    tiny.essay("zeigt", body=body)
    build_site(tiny.root)
    text = soup(tiny.root, "essays/zeigt.html").select_one(".prose")
    assert isinstance(text, Tag)
    return text


def test_a_picture_alone_is_a_figure_with_its_credit(tiny: TinyEdition) -> None:
    """What Markdown has for its title; an address in it is a link."""
    text = show(tiny, 'Davor.\n\n![Ein Amt]({static}/images/a.jpg "Anna Berg (https://anna.example/), CC BY 4.0")')
    figure = text.select_one("figure.picture")
    assert figure.img["alt"] == "Ein Amt"
    assert figure.figcaption.get_text() == "Anna Berg (https://anna.example/), CC BY 4.0"
    assert figure.figcaption.a["href"] == "https://anna.example/"


def test_a_picture_among_words_keeps_its_place_and_its_link(tiny: TinyEdition) -> None:
    """With its credit behind it; one that is a link is one still."""
    text = show(
        tiny,
        'Hier ![A](/images/a.jpg "Anna") steht es.\n\n[![B]({static}/images/a.jpg)](https://amt.example/)\n\n'
        '<img src="/images/a.jpg" alt="C" width="300" onclick="alert(1)">',
    )
    assert text.p.small.get_text() == "Anna"
    assert text.select_one("figure a[href='https://amt.example/'] picture img")["alt"] == "B"
    image = text.find("img", alt="C")
    assert (image["width"], image["height"], image["sizes"], image.get("onclick")) == ("300", "200", "300px", None)


def test_an_upright_picture_fits_into_a_window(tiny: TinyEdition) -> None:
    """It is narrower than the text, and as high as a window, not cut and without bars beside it."""
    tiny.write("content/images/b.jpg", draw_picture(900, 1800, "JPEG"))
    image = show(tiny, "Davor.\n\n![Ein Turm]({static}/images/b.jpg)").find("img", alt="Ein Turm")
    assert (image["width"], image["height"]) == ("384", "768")


def test_words_of_a_credit_are_no_summary(tiny: TinyEdition) -> None:
    """A post that begins with a picture is summed up by its first sentence."""
    show(tiny, '![Ein Amt]({static}/images/a.jpg "Anna Berg")\n\nDas erste Wort. Und mehr.')
    assert soup(tiny.root, "essays/zeigt.html").select_one(".p-summary")["value"] == "Das erste Wort."


def test_names_and_words_cannot_leave_their_attributes(tiny: TinyEdition) -> None:
    """Whatever a picture or its file is called."""
    tiny.write('content/images/ö "x" & y.svg', '<svg width="4" height="3"/>')
    text = show(tiny, '!["><script>](<{static}/images/ö "x" & y.svg> \'a"<b>\')')
    assert text.find("script") is None
    assert text.img["alt"] == '"><script>'
    assert text.img["src"] == "../images/%C3%B6%20%22x%22%20%26%20y.svg"

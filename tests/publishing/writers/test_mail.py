from __future__ import annotations

from datetime import date
from gettext import NullTranslations

import pytest
from babel import Locale
from bs4 import BeautifulSoup

from kuratorium.dates import format_date_range
from kuratorium.edition.model import Correction, Disclosure, Period
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.writers import mail
from tests.publishing.makers import catalog, post, site

PERIOD = Period(since=date(2026, 10, 5), until=date(2026, 10, 11))


def issue(**fields: object) -> dict[str, Page]:
    """Return the pages of a site with one issue, by path."""
    listed = post(1, format="digest", path="presseschau/nr-1.html", **{"title": "Die Woche", "period": PERIOD} | fields)
    return {page.path: page for page in plan_pages(catalog(listed), site())}


def text(body: str, **fields: object) -> str:
    """Return the plain text of an issue with this body."""
    page = issue(**fields)["presseschau/nr-1.txt"]
    return mail.write_plain_text(
        page, lambda *_: body, NullTranslations(), lambda *days: format_date_range(*days, Locale("de"))
    )


def test_an_issue_has_two_forms_beside_its_page() -> None:
    """They are not indexed, and their links are absolute."""
    pages = issue()
    assert {"presseschau/nr-1.html", "presseschau/nr-1.mail.html", "presseschau/nr-1.txt"} <= pages.keys()
    heads = [pages[path].context["meta"] for path in ("presseschau/nr-1.mail.html", "presseschau/nr-1.txt")]
    assert {(head.root, head.indexed) for head in heads} == {("https://weiche.example/", False)}
    assert not [path for path in {page.path for page in plan_pages(catalog(post(1)), site())} if path.endswith(".txt")]


def test_the_text_form_reads_like_a_letter() -> None:
    """Headings are underlined, lines end at 72 characters, addresses stand below paragraphs, a signature at the end."""
    body = (
        "<p>Ein Wort vorweg.</p><h2>Recht</h2>\n"
        '<h3><a href="https://weiche.example/notizen/a.html">Die Akte</a></h3>'
        f"<p>{'Wort ' * 30}</p>"
        '<p>Ada über <a href="https://amt.example/1">Wer &amp; wie</a>, <a href="#fn:1">1</a></p>'
    )
    assert text(body) == (
        "Die Woche\n=========\nWeiche, 5.–11. Oktober 2026\nAda Lamm\n\n"
        "Ein Wort vorweg.\n\nRecht\n-----\n\nDie Akte\nhttps://weiche.example/notizen/a.html\n\n"
        f"{' '.join(['Wort'] * 14)}\n{' '.join(['Wort'] * 14)}\n{' '.join(['Wort'] * 2)}\n\n"
        "Ada über Wer & wie, 1\nhttps://amt.example/1\n\n"
        "-- \nWeiche\nhttps://weiche.example/presseschau/nr-1.html\n"
    )


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "<ul><li>eins</li><li><a href='https://a.example/'>zwei</a></li></ul>",
            "- eins\n- zwei\n  https://a.example/\n",
        ),
        ("<blockquote><p>Gesagt.</p><p>Getan.</p></blockquote>", "> Gesagt.\n>\n> Getan.\n"),
        ("<figure><blockquote><p>So.</p></blockquote><figcaption>— Amt</figcaption></figure>", "> So.\n\n— Amt\n"),
        (
            "<ul><li>eins<ul><li>zwei</li><li>drei</li></ul></li><li>vier</li></ul>",
            "- eins\n  - zwei\n  - drei\n- vier\n",
        ),
        ("<ol start='9'><li>eins<ul><li>zwei</li></ul></li><li>drei</li></ol>", "9. eins\n   - zwei\n10. drei\n"),
        ("<ul><li><p>eins</p><p>mehr</p></li><li><p>zwei</p></li></ul>", "- eins\n\n  mehr\n- zwei\n"),
        ("<ul><li>eins<blockquote><p>Gesagt.</p></blockquote></li></ul>", "- eins\n  > Gesagt.\n"),
        (
            (
                '<p>T<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>.</p><div class="footnote"><hr>'
                '<ol><li id="fn:1"><p>Fuß.&nbsp;<a class="footnote-backref" href="#fnref:1">↩</a></p></li></ol></div>'
            ),
            "T[1].\n\n* * *\n\n[1] Fuß.\n\n",
        ),
        (
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            "a | b\n\n1 | 2\n",
        ),
        ("<div>Ohne <b>Absatz</b><br>weiter<!-- nie --></div><p>Danach.</p>", "\n\nOhne Absatz\nweiter\n\nDanach.\n"),
        ("<hr><pre>a  b\n c</pre>", "* * *\n\na  b\n c\n"),
        ('<p><a href="https://a.example/">https://a.example/</a></p>', "\nhttps://a.example/\n\n"),
    ],
    ids=[
        "list",
        "quotation",
        "figure",
        "nested list",
        "numbers",
        "paragraphs in a list",
        "quotation in a list",
        "footnote",
        "table",
        "no paragraph",
        "rule and code",
        "bare address",
    ],
)
def test_everything_markdown_knows_has_a_form_in_text(body: str, lines: str) -> None:
    """Lists, quotations, rules and code have a form; an address that is the text of its link stands once."""
    assert lines in text(body)
    assert text(body).count("https://a.example/") <= 1


def test_lists_and_quotations_in_one_another_end_nothing() -> None:
    """Text that is nested hundreds of times is still there."""
    assert "unten" in text(f"{'<ul><li>' * 400}unten{'</li></ul>' * 400}")
    assert "unten" in text(f"{'<blockquote><div>' * 400}<p>unten</p>{'</div></blockquote>' * 400}")


def test_what_must_be_said_is_said_first_and_corrections_last() -> None:
    """The disclosure stands before the title, corrections below the text."""
    output = text(
        "<p>Text.</p>",
        disclosure=Disclosure(kind="sponsor", text="Von X."),
        corrections=(Correction(date=date(2026, 10, 12), text="Es waren 34."),),
    )
    assert output.startswith("Advertisement: Die Woche\n")
    assert output.index("Text.") < output.index("Correction (2026-10-12): Es waren 34.")


def test_styles_are_in_the_tags_of_a_mail() -> None:
    """No style element is left, and nothing is fetched: a style sheet of another host is ignored."""
    page = "<html><head><style>p { color: #0b5c58 } .no { color: red }</style></head><body><p>Ja</p></body></html>"
    mail_page = BeautifulSoup(mail.inline_styles(page), "html.parser")
    assert mail_page.find("style") is None
    assert "#0b5c58" in mail_page.p["style"]
    away = '<html><head><link rel="stylesheet" href="https://weg.invalid/a.css"></head><body><p>Ja</p></body></html>'
    assert BeautifulSoup(mail.inline_styles(away), "html.parser").p.get("style") is None


def test_pictures_are_told_by_their_words() -> None:
    """A picture leaves its alternative text, also within a link; one without words is decoration."""
    body = (
        '<p>Davor <img src="a.png" alt="Der  Plan"> danach.</p><img src="b.png" alt="">'
        '<ul><li><a href="https://a.example/"><img src="c.png" alt="Das Haus {alt}"></a></li></ul>'
    )
    assert "Davor [Picture: Der Plan] danach.\n\n- [Picture: Das Haus {alt}]\n  https://a.example/\n" in text(body)


def test_a_line_break_breaks_the_line() -> None:
    """A break stays one in paragraphs, items and quotations; in a row of a table it is a blank."""
    body = (
        "<p>Amt für Netze<br>\nAm Markt 3<br>Ulm</p><ul><li>eins<br>zwei</li></ul><blockquote><p>oben<br>unten</p>"
        "</blockquote><table><tr><td>a<br>b</td><td>c</td></tr></table>"
    )
    plain = text(body)
    assert "Amt für Netze\nAm Markt 3\nUlm\n\n- eins\n  zwei\n\n> oben\n> unten\n\na b | c\n" in plain

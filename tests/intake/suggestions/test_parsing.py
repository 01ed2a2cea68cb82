"""Issues, mail and files -> suggestions; and what is refused."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from kuratorium.desk.start.answers import STARTER_FOLDER
from kuratorium.edition import yaml
from kuratorium.edition.fields import Url
from kuratorium.errors import SourceError
from kuratorium.intake.parsers.dispatch import parse_feed
from kuratorium.intake.parsers.model import Entry, Feed, SuggestionForm

from .answers import LINES, encode, forgejo_issue, form, github_issue, gitlab_issue, mail

FILE = """\
url: https://nordpost.example/2026/10/amt
why: Weil jemand nachgerechnet hat.
name: Eva Falk
own: false
ai: none
"""


def parse(data: bytes) -> Feed:
    """Return the feed of a document from a source of suggestions."""
    return parse_feed(data, "application/json", has_suggestions=True)


def parse_file(name: str, data: str | bytes) -> Feed:
    """Return the feed of a folder with one file."""
    content = base64.b64encode(data.encode() if isinstance(data, str) else data).decode()
    return parse(json.dumps({"files": [{"name": name, "data": content}]}).encode())


def get_single(feed: Feed) -> tuple[Entry, SuggestionForm]:
    """Return the only entry of a feed with its form."""
    assert feed.refused == ()
    (entry,) = feed.entries
    return entry, feed.suggestions[entry.id]


@pytest.mark.parametrize("build", [github_issue, forgejo_issue, gitlab_issue])
def test_an_issue_of_each_forge_is_a_suggestion(build: Callable[..., dict[str, Any]]) -> None:
    """Address, sentence, person and answers are read; the title loses the form's own word."""
    entry, answers = get_single(parse(encode(build())))
    assert entry.link.startswith("https://nordpost.example/2026/10/amt")
    assert entry.title == "Ein Amt rechnet 7"
    assert entry.published is not None
    assert entry.published.isoformat() == "2026-10-12T07:30:00+00:00"
    assert answers.by in {"Eva Falk", "evafalk"}
    assert answers.link.endswith("/evafalk")
    assert (answers.why, answers.own, answers.ai) == ("Weil jemand nachgerechnet hat.", False, "none")


def test_pull_requests_and_other_issues_are_no_suggestions() -> None:
    """GitHub lists pull requests, too; without a label, the list has what people report."""
    issues = [github_issue(1, pull_request={"url": "x"}), github_issue(2, body="Die Seite ist kaputt."), {"x": 1}]
    assert parse(encode(*issues, github_issue(3, body=" "))) == Feed()


def test_a_mail_is_a_suggestion_and_its_address_is_kept_nowhere() -> None:
    """Only the name of the sender is, so that no reader is in git with a mail address."""
    entry, answers = get_single(parse_file("var/mail/1.eml", mail(LINES)))
    assert (entry.link, entry.title, answers.by) == (
        "https://nordpost.example/2026/10/amt",
        "Ein Amt rechnet",
        "Eva Falk",
    )
    assert "@" not in repr((entry, answers))


def test_a_mail_address_in_words_is_not_kept() -> None:
    """A name that is an address is no name; one in a sentence or a title is left out."""
    text = LINES.replace("nachgerechnet", "bei eva@post.example, nachgerechnet")
    data = mail(text, sender="eva@post.example", Subject="Von eva@post.example")
    entry, answers = get_single(parse_file("var/mail/1.eml", data))
    assert answers.by == ""
    assert "@" not in repr((entry, answers))


def test_only_the_plain_text_of_a_mail_is_read() -> None:
    """HTML, attachments, quotations and signatures say nothing."""
    parts = (
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{LINES}-- \nTitel: Werbung\n"
        "--b\nContent-Type: text/html\n\n<p>Titel: Böse</p>\n"
        "--b\nContent-Type: image/png\n\nx\n--b--\n"
    )
    data = mail(parts, Content_Type='multipart/mixed; boundary="b"')
    assert get_single(parse_file("var/mail/1.eml", data))[0].title == "Ein Amt rechnet"
    only_html = mail("<p>Adresse: https://x.example/</p>", Content_Type="text/html")
    assert "does not say" in parse_file("var/mail/1.eml", only_html).refused[0]


@pytest.mark.parametrize("name", ["curation/suggestions/a.yaml", "curation/suggestions/a.md"])
def test_a_file_is_a_suggestion(name: str) -> None:
    """In Markdown the text is the reason."""
    text = FILE if name.endswith(".yaml") else f"---\n{FILE.replace('why', 'title')}---\n\nWeil es stimmt.\n"
    entry, answers = get_single(parse_file(name, text))
    assert (entry.link, answers.by) == ("https://nordpost.example/2026/10/amt", "Eva Falk")
    assert answers.why == ("Weil jemand nachgerechnet hat." if name.endswith(".yaml") else "Weil es stimmt.")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("own: false\n", "", "curation/suggestions/a.yaml:1 is refused: own: is missing"),
        ("ai: none", "ai: maybe", "curation/suggestions/a.yaml:5 is refused: ai: "),
        ("url: https://nordpost", "url: nordpost", "curation/suggestions/a.yaml:1 is refused: url: "),
        ("why: Weil jemand nachgerechnet hat.\n", "", "does not say a sentence why"),
        ("own: false", "own: [", "a.yaml:"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_field(old: str, new: str, expected: str) -> None:
    """The report of the pull says what would be right."""
    feed = parse_file("curation/suggestions/a.yaml", FILE.replace(old, new))
    assert feed.entries == ()
    assert expected in feed.refused[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("\nNein\n\n### Hat", "\n_No response_\n\n### Hat", "the person's own work"),
        ("geschrieben?\n\nNein", "geschrieben?\n\nvielleicht", "whether a machine wrote it"),
        ("Weil jemand nachgerechnet hat.", "\u200b", "a sentence why"),
        ("https://nordpost", "javascript://nordpost", "the address of the work"),
        ("https://nordpost", "https://eva:geheim@nordpost", "the address of the work"),
    ],
)
def test_a_form_without_an_answer_is_refused_and_told(old: str, new: str, expected: str) -> None:
    """Own works and machines must be named: silence is no answer."""
    feed = parse(encode(github_issue(body=form().replace(old, new))))
    assert feed.entries == ()
    assert feed.refused[0].startswith("issue 7 (https://github.com/we/site/issues/7) is refused")
    assert expected in feed.refused[0]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Eine Maschine hat geholfen", "assisted"),
        ("A machine wrote it", "generated"),
        ("- [ ] Nein\n- [x] Eine Maschine hat es geschrieben", "generated"),
        ("Nein, alles selbst geschrieben", "none"),
        ("no", "none"),
    ],
)
def test_answers_are_understood_in_both_languages(answer: str, expected: str) -> None:
    """As a choice of a form, as a ticked box or in a person's own words."""
    assert get_single(parse(encode(github_issue(body=form(ai=answer)))))[1].ai == expected


@pytest.mark.parametrize("answer", ["- [ ] Nein\n- [ ] Ja", "- [x] Nein\n- [x] Ja", "vielleicht"])
def test_no_box_or_both_boxes_are_no_answer(answer: str) -> None:
    """A template that was sent as it is says nothing."""
    assert "own work" in parse(encode(gitlab_issue(body=form(own=answer)))).refused[0]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_forms_that_we_ship_are_read(language: str) -> None:
    """The label of each field is one that we know, and each choice is an answer."""
    (path,) = (STARTER_FOLDER / language / "forge").glob("*.yml")
    fields = [field for field in yaml.load_yaml(path.read_text())["body"] if field["type"] != "markdown"]
    for place, machine in enumerate(("none", "assisted", "generated")):
        answers = {"url": "https://x.example/a", "why": "Darum.", "name": "Ada", "link": "https://ada.example/"}
        for field in fields:
            options = field["attributes"].get("options")
            answers |= {field["id"]: options[min(place, len(options) - 1)]} if options else {}
        body = "".join(f"### {field['attributes']['label']}\n\n{answers[field['id']]}\n\n" for field in fields)
        entry, read = get_single(parse(encode(github_issue(body=body))))
        assert (entry.link, read.why, read.by, read.link) == (*[*answers.values()][:2], "Ada", "https://ada.example/")
        assert (read.own, read.ai) == (place > 0, machine)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_template_of_gitlab_is_read_once_boxes_are_ticked(language: str) -> None:
    """As it is, it is refused."""
    (path,) = (STARTER_FOLDER / language / "forge").glob("*.md")
    text = path.read_text()
    assert len(parse(encode(gitlab_issue(body=text))).refused) == 1
    filled = text.replace("<!-- https://… -->", "https://x.example/a").replace("- [ ] N", "- [x] N")
    filled = re.sub(r"lesenswert\?|reading\?", r"\g<0>\n\nDarum.", filled)
    assert get_single(parse(encode(gitlab_issue(body=filled))))[1].ai == "none"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"message": "Not Found"}', b"[", b"<html>", b'"x"', b"[" * 100_000, b'[{"body": 3}]x']
)
def test_what_is_no_list_of_issues_is_an_error(data: bytes) -> None:
    """An error page, or the address of something else."""
    with pytest.raises((SourceError, RecursionError)):
        parse(data)


def test_fields_of_wrong_types_do_no_harm() -> None:
    """Foreign JSON may hold anything."""
    for field in github_issue():
        for value in (None, 3, [], {}, "x", True):
            parse(encode(github_issue() | {field: value}))


HOSTILE = "<script>alert(1)</script> \x1b[31m\u202e\x00 ]]> {{ 7*7 }} \n---\nuid: x"


def test_hostile_words_are_one_line_of_plain_text() -> None:
    """No control character, no direction control and no line break is left; markup stays text."""
    body = form().replace("Weil jemand nachgerechnet hat.", HOSTILE)
    entry, answers = get_single(parse(encode(github_issue(body=body, title=HOSTILE, user={"login": HOSTILE}))))
    for text in (entry.title, entry.summary, answers.why, answers.by):
        assert text.isprintable()
        assert "\u202e" not in text
        assert len(text) <= 500


@pytest.mark.parametrize(
    "address",
    ["https://ä:8080/x", "https://[::1]/x", "https://x.example/a b", "https://x.example:99999999/", "https://ä:/?b"],
)
def test_every_address_that_is_taken_is_one_of_the_contract(address: str) -> None:
    """Else one suggestion would make an inbox file that no program reads."""
    for entry in parse(encode(github_issue(body=form(address)))).entries:
        assert msgspec.convert(entry.link, Url) == entry.link


def test_a_name_that_shows_nothing_is_none() -> None:
    """A letter that looks like a blank is no name, nor is an account without one."""
    issue = github_issue(user={"login": "\u3164"})
    assert get_single(parse(encode(issue)))[1].by == ""


def test_a_huge_form_is_cut() -> None:
    """A book as a reason is not kept, and takes no time."""
    body = form().replace("Weil jemand", "x" * 15_000)
    assert len(get_single(parse(encode(github_issue(body=body, title="y" * 100_000))))[1].why) <= 500
    assert parse(encode(github_issue(body="### " * 2_000_000))).entries == ()

"""What editors write as plain text reaches every surface as they wrote it."""

import html
import re
from pathlib import Path

import icalendar
import pytest

from kuratorium.publishing.build_command import build_site
from tests.editions import PEOPLE, TOPICS, TinyEdition

MARKS = "<T> und <iframe> *eins* [zwei](x) ==drei== `vier` [^5] ![](s) _sechs_"
TEXT_FILES = (".html", ".xml", ".atom", ".json", ".ics", ".txt")


def read_texts(output: Path) -> dict[str, str]:
    """Return all text files of a site, with escapes of HTML, JSON and calendars resolved, and on one line."""
    texts: dict[str, str] = {}
    for file in sorted(file for file in output.rglob("*") if file.suffix in TEXT_FILES):
        text = file.read_text()
        if file.suffix == ".ics":
            events = icalendar.Calendar.from_ical(text).walk("VEVENT")
            text = "\n".join(f"{event['SUMMARY']} {event.get('DESCRIPTION', '')}" for event in events)
        text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
        for _ in range(3):  # RSS escapes what Atom does not, and templates may write HTML into it
            text = html.unescape(text)
        texts[file.relative_to(output).as_posix()] = " ".join(text.split())
    return texts


@pytest.fixture
def marked(tiny: TinyEdition) -> dict[str, str]:
    """A site of whose plain texts each begins with the name of its field and ends with a dot: path -> its text."""
    marks = {field: f"{field}: {MARKS}." for field in ("Kern", "Leben", "Seite", "Frage", "Anlass")}
    tiny.yaml("people", [PEOPLE[0] | {"bio": marks["Leben"]}, *PEOPLE[1:]])
    tiny.yaml("topics", [TOPICS[0] | {"question": marks["Frage"]}, *TOPICS[1:]])
    tiny.page("ueber", summary=marks["Seite"])
    tiny.note("notiz", summary=marks["Kern"], why_now=marks["Anlass"])
    tiny.essay("aufsatz", summary=marks["Kern"])
    tiny.interview("fragen", summary=marks["Kern"])
    tiny.talk("runde", summary=marks["Kern"])
    build_site(tiny.root)
    return read_texts(tiny.root / "output")


@pytest.mark.parametrize(
    ("field", "paths"),
    [
        ("Kern", {"index.html", "notizen/notiz.html", "essays/aufsatz.html", "interviews/fragen.html",
                  "gespraeche/runde.html", "feed.xml", "feed.atom", "feed.json", "gespraeche/runde.ics"}),
        ("Leben", {"menschen/anna-berg.html", "menschen.html", "essays/aufsatz.html"}),
        ("Seite", {"ueber.html"}),
        ("Frage", {"themen/transformation.html", "themen/transformation.xml"}),
        ("Anlass", {"notizen/notiz.html", "feed.xml", "feed.json"}),
    ],
)  # fmt: skip
def test_plain_texts_are_shown_as_they_are_written(marked: dict[str, str], field: str, paths: set[str]) -> None:
    """Neither pages nor descriptions, previews, feeds and calendars lose a mark, or a word in angle brackets."""
    beginning, whole = f"{field}: ", f"{field}: {MARKS}."
    counts = {path: (text.count(beginning), text.count(whole)) for path, text in marked.items() if beginning in text}
    assert paths <= counts.keys()
    assert {path: count for path, count in counts.items() if count[0] != count[1]} == {}


def test_a_summary_is_one_line(tiny: TinyEdition) -> None:
    """Line breaks of its YAML are blanks."""
    path = tiny.essay("aufsatz", summary="TEXT")
    path.write_text(path.read_text().replace("summary: TEXT", "summary: |\n  Wie <T>\n  heißt."))
    build_site(tiny.root)
    assert ">Wie &lt;T&gt; heißt.</p>" in (tiny.root / "output/essays/aufsatz.html").read_text()

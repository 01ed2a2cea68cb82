"""A language is one catalogue and one row of the table of address words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import kuratorium
from kuratorium.desk import digest, lookback, note
from kuratorium.edition import registry, settings
from kuratorium.edition.formats import FORMATS
from kuratorium.intake import pull
from kuratorium.languages import LANGUAGES, Language
from kuratorium.publishing.build_command import build_site
from tests.editions import NOW, TinyEdition
from tests.publishing.build.test_run import own_theme, soup

PACKAGE = Path(kuratorium.__file__).parent
WORDS = {
    "Topics": "Emner",
    "Notes": "Noter",
    "source for {topic}": "kilde til {topic}",
    "keyword: {keyword}": "søgeord: {keyword}",
    "Digest: {period}": "Presseoversigt: {period}",
    "{names} on {work}": "{names} om {work}",
    "{years} years ago: {title}": "For {years} år siden: {title}",
    "Then, on {day}: {sentence}": "Dengang, den {day}: {sentence}",
    "The title above is still the work's; give the note its own. A line summary: … becomes its standfirst.": "Titel!",
}
ROW = Language(page_words={"topics": "emner"}, format_words={"note": "noter"}, short_day_pattern="d'.'")


@pytest.fixture
def danish(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> TinyEdition:
    """An edition in a language that we do not have: one catalogue and one row are added, nothing else."""
    entries = [f'msgid "{message}"\nmsgstr "{words}"\n' for message, words in WORDS.items()]
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    (own_theme(tiny) / "translations/da.po").write_text("\n".join([header, *entries]))
    monkeypatch.setitem(LANGUAGES, "da", ROW)
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('DEFAULT_LANG = "de"', 'DEFAULT_LANG = "da"'))
    return tiny


def clock() -> datetime:
    """A day that is not the edition's pinned one."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def test_its_words_stand_in_addresses_and_on_pages(danish: TinyEdition) -> None:
    """What the row and the catalogue leave out is English."""
    build_site(danish.root)
    page = soup(danish.root, "noter/erste-notiz.html")
    links = {link["href"]: link.get_text(strip=True) for link in page.select(".masthead a")}
    assert links["../noter.html"] == "Noter"
    assert links["../emner.html"] == "Emner"
    assert links["../people.html"] == "People"
    assert page.select_one("time").get_text(strip=True) == "1. oktober 2026"


def test_its_words_stand_in_an_inbox_file(danish: TinyEdition) -> None:
    """Why an entry is suggested is told in the language of the edition."""
    known, _ = registry.read_registry(danish.root)
    site = settings.read_site_settings(danish.root)
    pull.pull_sources(danish.root, known, now=datetime.fromisoformat(NOW), site=site)
    (item,) = (danish.root / "curation/inbox").glob("*.md")
    assert "reasons: [kilde til transformation, 'søgeord: umstellung']" in item.read_text()


def test_its_words_stand_in_drafts(danish: TinyEdition) -> None:
    """A note asks in it; an issue and a look-back are called by it, and write their days as it does."""
    danish.candidate("wartet", uid="wartet0001")
    danish.note(
        "alt", uid="alt0000001", title="Gammel", date="2016-10-13T08:00:00+02:00", body="Noget er nyt her. Mere."
    )
    danish.note("nova", date="2026-10-13T08:00:00+02:00")
    begun = note.begin_note(danish.root, "wartet0001", author_ids=(), as_of=None, clock=clock)
    assert "\nTitel!\n" in (danish.root / begun.file).read_text()
    issue = digest.begin_digest(danish.root, since=None, until=None, author_ids=(), as_of=None, clock=clock)
    text = (danish.root / issue.file).read_text()
    assert "title: 'Presseoversigt: 8.–14. oktober 2026'" in text
    assert "Anna Berg om [Das Werk]" in text
    past = lookback.begin_lookback(danish.root, "alt0000001", author_ids=(), as_of=None, clock=clock)
    text = (danish.root / past.file).read_text()
    assert "title: 'For 10 år siden: Gammel'" in text
    assert "\nDengang, den 13. oktober 2016: Noget er nyt her.\n" in text


def test_rows_hold_words_of_addresses_that_there_are() -> None:
    """A key that nothing asks for is a slip, and two pages of a language never share a word."""
    formats = {format.id for format in FORMATS}
    for row in LANGUAGES.values():
        assert row.page_words.keys() <= LANGUAGES["en"].page_words.keys()
        assert row.format_words.keys() <= formats
        words = [*row.page_words.values(), *(row.format_words.get(one.id, one.url_word) for one in FORMATS)]
        assert len(set(words)) == len(words)


def test_german_addresses_have_no_english_word() -> None:
    """The first language of this project is complete."""
    assert LANGUAGES["de"].page_words.keys() == LANGUAGES["en"].page_words.keys()
    assert LANGUAGES["de"].format_words.keys() == {format.id for format in FORMATS}


def test_no_module_but_the_table_has_words_by_language() -> None:
    """All other words of a language stand in its catalogue."""
    modules = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}
    assert [file for file, tree in modules.items() if set(list_keys(tree)) & LANGUAGES.keys()] == ["languages.py"]


def list_keys(tree: ast.Module) -> Iterator[object]:
    """List the constant keys of all dicts in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant))

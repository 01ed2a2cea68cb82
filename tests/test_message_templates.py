from __future__ import annotations

import time
from pathlib import Path
from string import Formatter

import pytest

from kuratorium.translations import MessageTranslator, parse_template, read_messages
from tests.message_templates import NO_MESSAGES, OTHER_MODULES, PACKAGE, collect_all_templates, collect_templates

THEME = Path(__file__).parent.parent / "theme"
# Parts of messages that the code composes of single words.
PARTS = {
    *("nothing", "list", "person", "topic", "source", "series", "tab", "another host"),
    *("a note", "an interview", "a talk", "an essay", "a lookback", "a digest"),
    *("file", "files", "page", "pages", "feed", "feeds", "alias", "aliases"),
    *("control character {character}", "; nor {value}"),
    *("{names} and {count} more", " and {count} more"),
    *("a number of at least {low}", "a number from {low} to {high}"),
    *("a whole number of at least {low}", "a whole number from {low} to {high}"),
    *("this link leads out of {within}/", "The nearest shade that has it: {shade}"),
    "with this change the {noun} {paths} is gone, published before",
    "with this change the {noun} {paths} are gone, published before",
}


@pytest.fixture(scope="module")
def german() -> MessageTranslator:
    """The messages of rules in German."""
    return MessageTranslator(read_messages(THEME, "de"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_message_of_a_rule_is_in_the_catalogues(lang: str) -> None:
    """Each sentence that the code composes, and no other: what a rule does not say any more is deleted there, too."""
    catalogue = read_messages(THEME, lang)
    composed = collect_templates()
    assert [f"{module}: {message}" for message, module in composed.items() if message not in catalogue] == []
    assert set(catalogue) - set(composed) == PARTS
    assert [message for message, words in catalogue.items() if not words.strip()] == []


def test_the_english_catalogue_repeats_the_messages() -> None:
    """Whoever begins a new language copies it."""
    assert all(message == words for message, words in read_messages(THEME, "en").items())


def test_german_messages_show_the_same_values() -> None:
    """A translation leaves out no value, except the verb that agrees with a number."""

    def list_fields(text: str) -> set[str]:
        return {field for _, field, _, _ in Formatter().parse(text) if field is not None}

    catalogue = read_messages(THEME, "de")
    assert [message for message, words in catalogue.items() if list_fields(message) != list_fields(words)] == []


def test_what_is_named_as_no_message_exists() -> None:
    """An exception whose text or module is gone must go, too."""
    assert set(NO_MESSAGES) - set(collect_all_templates()) == set()
    assert [module for module in OTHER_MODULES if not (PACKAGE / module).is_file()] == []


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("is missing", "fehlt"),
        ('unknown key "titel"', "unbekannter Schlüssel „titel“"),
        ("expected text, found nothing", "erwartet: ein Text, gefunden: nichts"),
        ("is missing: a note needs it", "fehlt: eine Notiz verlangt es"),
        ("links with {static} lead nowhere", "Links mit {static} führen ins Leere"),
        ("Known here: a, b and 3 more.", "Bekannt sind hier: a, b und 3 weitere."),
        (
            'Did you mean "open-source"? New ones are added in curation/topics.yaml.',
            "Gemeint ist vielleicht „open-source“. Neue kommen in curation/topics.yaml.",
        ),
        (
            'expected a slug (lower-case letters, digits, hyphens), found "Open Source"',
            'erwartet: ein Slug (Kleinbuchstaben, Ziffern, Bindestriche), gefunden: "Open Source"',
        ),
        (
            "with this change the feeds a.xml, b.xml are gone, published before",
            "mit dieser Änderung fehlen, die veröffentlicht waren (Feeds): a.xml, b.xml",
        ),
    ],
)
def test_a_message_is_found_by_its_template(german: MessageTranslator, message: str, words: str) -> None:
    """Values are taken over, and a message within a message is translated as well."""
    assert german.translate(message) == words


def test_an_editors_words_stay_as_they_are(german: MessageTranslator) -> None:
    """Also where they are the words of a message: in quotation marks they are a title or a value."""
    assert german.translate('"is missing" occurs twice') == "„is missing“ kommt zweimal vor"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "a sentence that no rule says",
        "im Zitat sind Worte ausgelassen: the theme is not [-a-]{+the+} file, leads nowhere",
        "{ } {0} {kind: sponsor} %s",
    ],
)
def test_what_no_template_matches_stays(german: MessageTranslator, message: str) -> None:
    """Better English than half a sentence; a message that is German already stays, whatever it quotes."""
    assert german.translate(message) == message


def test_the_template_with_most_words_wins() -> None:
    """A short one would take the rest of a longer sentence for a value."""
    translator = MessageTranslator({"there is {what}": "da ist {what}", "there is no file {file}": "{file} fehlt"})
    assert translator.translate("there is no file a.md") == "a.md fehlt"
    assert translator.translate("there is rain") == "da ist rain"


def test_a_template_is_literals_and_fields() -> None:
    """A doubled brace is a brace."""
    assert parse_template("add {{kind: {kind}}} to {file}") == (("add {kind: ", "} to ", ""), ("kind", "file"))


def test_a_long_message_costs_little(german: MessageTranslator) -> None:
    """A message may quote a file of any length; the time grows with it, and no faster."""
    begin = time.perf_counter()
    german.translate("is not " * 20_000 + '" and "' * 20_000)
    assert time.perf_counter() - begin < 2

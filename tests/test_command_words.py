"""What commands answer and ask, and the words of click, in the language of the edition."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from string import Formatter

import pytest

from kuratorium.translations import read_messages
from tests.cli.program import kuratorium
from tests.editions import TinyEdition
from tests.message_templates import collect_command_templates

THEME = Path(__file__).parent.parent / "theme"
# Parts of sentences and of files, which an argument of a call holds beside its sentence.
NO_SENTENCES = {"a day", "{problems}. Nothing was changed."}

# Words that code holds apart from the call that says them: questions in tables, parts of sentences.
PARTS = {
    *("1 problem. Nothing was changed.", "{count} problems. Nothing was changed."),
    *("to publish it again, delete status and withdrawn.", '"{topic_id}" is not a topic. {topic_id2}'),
    '"{value}" is not a date with time and offset: write 2026-10-14T09:00:00+02:00.',
    *(
        'The inbox is empty; fill it with "kuratorium pull".',
        "Did you mean {short_id} ({title})?",
        "Did you mean {file}?",
    ),
    *("This work is already recommended in {file}", "A draft on the same story is begun: {file}"),
    *('expected one line of text, found "{value}".', 'expected {languages}, found "{language}".'),
    'expected the site\'s http or https address such as https://example.org, found "{address}".',
    'expected a mail address such as desk@example.org, found "{email}".',
    '"{topic}" has no Latin letter or digit, which its address needs.',
    '"{text}" is no day: write a date such as {day}, tomorrow, or a number of days',
    *("Continue?", "y/N", "Examples", "Name of the site", "First topic (name)", "Language of the site ({value})"),
    *("Address of the site (https://…)", "Person responsible for the site (first and last name)"),
    *("Mail address shown to readers", "May readers see headlines of what waits in your inbox?"),
    *("Another topic (Enter for no more)", "Address of a feed to follow (Enter for no more)"),
    *("Follow it? (1 for yes, 0 for no)", "Follow which feed? (1 to {count}; 0 for none)"),
}


def list_words_of_click() -> set[str]:
    """Return all that click gives to gettext."""
    spec = importlib.util.find_spec("click")
    assert spec is not None
    assert spec.submodule_search_locations
    words: set[str] = set()
    for path in Path(spec.submodule_search_locations[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"_", "ngettext"}:
                words |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}  # type: ignore[misc]
    return words


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_sentence_of_a_command_is_in_the_catalogues(lang: str) -> None:
    """Whoever writes a usage error or a question adds its words."""
    catalogue = read_messages(THEME, lang, "commands")
    wanted = {template for template in collect_command_templates() if template not in NO_SENTENCES}
    assert wanted - set(catalogue) == set()
    assert all(catalogue.values())


def test_no_word_is_translated_in_vain() -> None:
    """What neither click nor a command says any more is deleted."""
    said = list_words_of_click() | set(collect_command_templates())
    assert set(read_messages(THEME, "en", "commands")) - said == PARTS


def test_german_sentences_show_the_same_values() -> None:
    """A translation leaves out no value."""

    def list_fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(text)} - {None}

    catalogue = read_messages(THEME, "de", "commands")
    assert [message for message, words in catalogue.items() if list_fields(message) != list_fields(words)] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["note"], "Fehler: Es fehlt das Argument 'ITEM_OR_URL…'."),
        (["nota"], "Fehler: Den Befehl 'nota' gibt es nicht."),
        (["note", "--unbekannt"], "Fehler: Die Option '--unbekannt' gibt es nicht."),
        (["digest", "--as-of", "bald"], "Fehler: Ungültiger Wert für '--as-of': „bald“ ist kein Datum"),
        (["new", "digest", "a7f3"], "Fehler: Eine Presseschau nimmt keinen Eintrag"),
        (["publish", "gibts-nicht"], "Kein Beitrag passt zu „gibts-nicht“"),
        (["note", "gibts-nicht"], "Kein Eintrag in curation/inbox/ passt zu „gibts-nicht“"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_the_language_of_the_edition(
    tiny: TinyEdition, words: list[str], expected: str
) -> None:
    """Click's own words and ours are German in a German edition, and name the same."""
    ran = kuratorium(tiny.root, *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert expected in ran.stderr


def test_help_has_its_heads_in_the_language_of_the_edition(tiny: TinyEdition, tmp_path: Path) -> None:
    """The heads are German in a German edition, and English where there is none."""
    assert re.findall(r"^\w+:", kuratorium(tiny.root, "note", "--help").stdout, re.M) == [
        "Aufruf:",
        "Optionen:",
        "Beispiele:",
    ]
    assert "Befehle:" in kuratorium(tiny.root, "--help").stdout
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert re.findall(r"^\w+:", kuratorium(other, "note", "--help").stdout, re.M) == ["Usage:", "Options:", "Examples:"]


def test_a_refused_build_says_in_german_that_nothing_changed(tiny: TinyEdition) -> None:
    """The last line counts the problems."""
    tiny.note("falsch", topics=["unbekannt"])
    ran = kuratorium(tiny.root, "build")
    assert ran.stderr.endswith("1 Problem. Es wurde nichts geändert.\n")

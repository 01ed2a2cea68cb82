"""Slips of editors in YAML, and what the message says of each."""

from __future__ import annotations

import pytest

from kuratorium.edition import yaml
from kuratorium.edition.syntax import diagnosis

QUOTES = "Put it in quotes: "


@pytest.mark.parametrize(
    ("slip", "message", "hint"),
    [
        ("title: Umzug: der Plan", 'the value contains ": "', f'{QUOTES}title: "Umzug: der Plan"'),
        ("title: Sagt „Ja“ und: nein", 'the value contains ": "', f'{QUOTES}title: "Sagt „Ja“ und: nein"'),
        ("title: “Umzug: der Plan”", 'the value contains ": "', f'{QUOTES}title: "Umzug: der Plan"'),
        ("title: [EN] The plan", 'begins with "["', f'{QUOTES}title: "[EN] The plan"'),
        ("title: {x} in Klammern", 'begins with "{"', f'{QUOTES}title: "{{x}} in Klammern"'),
        ("title: @berg antwortet", 'begins with "@"', f'{QUOTES}title: "@berg antwortet"'),
        ("title: *Sehr* wichtig", 'begins with "*"', f'{QUOTES}title: "*Sehr* wichtig"'),
        ("title: !Achtung Baustelle", 'begins with "!"', f'{QUOTES}title: "!Achtung Baustelle"'),
        ("title: %-Zeichen", 'begins with "%"', f'{QUOTES}title: "%-Zeichen"'),
        ("title: > als gedacht", 'begins with ">"', f'{QUOTES}title: "> als gedacht"'),
        ("title: - ein Strich", 'begins with "-"', f'{QUOTES}title: "- ein Strich"'),
        ('title: "Ja" und Nein', "goes on after its closing", f"{QUOTES}title: '\"Ja\" und Nein'"),
        ("title: 'Wie geht's'", "goes on after its closing", f'{QUOTES}title: "Wie geht\'s"'),
        ('title: "Umzug“', 'begins with " and ends with “', f'{QUOTES}title: "Umzug"'),
        ("tags: [eins, zwei #3]", "the bracket is never closed", 'Put what contains "#" into quotes'),
        ("tags: [#eins, #zwei]", "the bracket is never closed", 'Put what contains "#" into quotes'),
        ('title: "C:\\plan"', "begins an escape", "Write it twice"),
        ('title: "offen', "is not closed", "Close it"),
        ("title:\u00a0Umzug", "U+00A0 no-break space where a blank belongs", "Replace it"),
        ("\u200btitle: Umzug: 1", "U+200B zero width space where a blank belongs", "Replace it"),
        ("\ttitle: Umzug", "a tab at the beginning of the line", "Indent with blanks"),
        ("title:Umzug", "no blank after the colon", "Write a blank"),
        ("Umzug ohne Feld", "the line has no key", "Write it as key: value"),
        ("  title: Umzug", "the line is indented", "Begin it below the key above"),
    ],
)
def test_a_slip_is_named_on_its_own_line(slip: str, message: str, hint: str) -> None:
    """Wherever libyaml gives up, the message is about the line of the slip, and says what to write."""
    with pytest.raises(yaml.InvalidYamlError) as caught:
        yaml.load_yaml(f"uid: abcdefgh\n{slip}\ndate: 2026-10-01\nlang: de\n")
    error = caught.value
    assert (error.line, message in str(error)) == (2, True), str(error)
    assert error.hint.startswith(hint)


@pytest.mark.parametrize("value", ["a: b", 'say "x"', "it's", "both ' and \"", "back\\slash", "[DE] x #1", "„x“: y"])
def test_a_quoted_value_is_read_back(value: str) -> None:
    """What the hint proposes is YAML for exactly this value."""
    assert yaml.load_yaml(f"title: {diagnosis.quote(value)}") == {"title": value}


def test_a_long_line_is_searched_in_linear_time() -> None:
    """A line of a million brackets, quotes or colons is explained, or given up, at once."""
    for piece in ("[", "'", '"', ": ", "- ", "#", " #", "\u00a0", "„x“ "):
        diagnosis.diagnose(f"title: {piece * 300_000}", 1)

import time

import pytest

from kuratorium.desk import check
from kuratorium.desk.fixes import FixedLine, fix_typography
from kuratorium.desk.rules.texts.typography import correct, find_slips
from kuratorium.edition.loader import read_edition
from tests.editions import TinyEdition


@pytest.mark.parametrize(
    ("lang", "written", "right"),
    [
        ("de", 'Sie nennt es "Umbau", er ("ganz anders") nicht.', "Sie nennt es „Umbau“, er („ganz anders“) nicht."),
        ("en", 'She calls it "change".', "She calls it “change”."),
        ("de-ch", 'Sie nennt es "Umbau".', "Sie nennt es «Umbau»."),
        ("en", "It's the editors' desk.", "It’s the editors' desk."),
        ("de", "Das Amt - und nur das Amt -- entscheidet.", "Das Amt – und nur das Amt – entscheidet."),
        ("de", "Warten...", "Warten…"),
        ("de", "In § 5 steht, z.B. für 10 % der Ämter.", "In §\u00a05 steht, z.\u00a0B. für 10\u00a0% der Ämter."),
        ("de", "**\"Fett\"** und [\"Titel\"](https://a.example/\"x\").", "**„Fett“** und [„Titel“](https://a.example/\"x\")."),
    ],
)  # fmt: skip
def test_typography_of_a_language(lang: str, written: str, right: str) -> None:
    """Quotation marks, apostrophes, dashes, ellipses and blanks become those of print; then nothing is left to do."""
    assert correct(written, lang) == right
    assert correct(right, lang) == right


@pytest.mark.parametrize(
    "line",
    [
        '> Sie sagt "so" - und nicht anders...',
        '`print("ja")` nein',
        '| "a" | "b" - c |',
        '<p title="x">Text</p>',
        'Ein Rohr von 5" Durchmesser.',
        "[[youtube:abc---def]]",
        "2016-2026",
        "….",
    ],
)
def test_what_is_no_prose_or_cannot_be_decided_stays(line: str) -> None:
    """Quotations stay as their source has them; code, tables, HTML and addresses are no prose."""
    assert correct(line, "de") == line


def test_other_languages_stay() -> None:
    """French has blanks within its marks, and nobody here knows Finnish."""
    assert list(find_slips('Il dit "non" - encore...', "fr")) == []


def test_check_reports_and_fixes(tiny: TinyEdition) -> None:
    """A warning for each kind and line, in the edition's language; --fix corrects all, and nothing else changes."""
    file = tiny.essay("marken", body='Er sagt "ja" und "nein".\n\n```\n"Code" - bleibt...\n```\n\nEnde - aus.')
    english = tiny.essay("marks", lang="en", body='He says "yes".')
    first = file.read_text("utf-8").split("\n").index('Er sagt "ja" und "nein".') + 1
    warnings = [(problem.line, problem.message) for problem in check.run_checks(tiny.root).warnings][:2]
    assert warnings == [
        (first, "gerade Anführungszeichen: de hat „ und “"),
        (first + 6, "ein Bindestrich zwischen Leerzeichen: ein Gedankenstrich ist –"),
    ]
    fixed = fix_typography(read_edition(tiny.root)[0])
    assert [line.file for line in fixed].count("content/essays/marks.md") == 2
    assert FixedLine("content/essays/marken.md", first + 6, "Ende - aus.", "Ende – aus.") in fixed
    body = file.read_text("utf-8").partition("---\n\n")[2]
    assert body == 'Er sagt „ja“ und „nein“.\n\n```\n"Code" - bleibt...\n```\n\nEnde – aus.\n'
    assert english.read_text("utf-8").endswith("He says “yes”.\n")
    assert check.run_checks(tiny.root).warnings == ()


def test_a_text_may_keep_its_typography(tiny: TinyEdition) -> None:
    """A text that asks to ignore the rule is not reported, and --fix leaves it alone."""
    ignored = [{"rule": "typography", "reason": "Es geht darum."}]
    file = tiny.essay("zeichen", body='Das "gerade" Zeichen.', ignore=ignored)
    before = file.read_bytes()
    assert check.run_checks(tiny.root).warnings == ()
    assert fix_typography(read_edition(tiny.root)[0]) == []
    assert file.read_bytes() == before


@pytest.mark.parametrize("part", ["z. B. Dr. Vogt ", "§ 5, ", '"Wort" - ', "Geht's... ", "](", "{x ", "5 % "])
def test_a_long_line_takes_time_in_proportion(part: str) -> None:
    """No slip looks at the whole line, nor does its correction write the line anew."""
    seconds = []
    for count in (1_000, 12_000):
        start = time.process_time()
        correct(part * count, "de")
        seconds.append(time.process_time() - start)
    assert seconds[1] < 0.5 + 36 * seconds[0]

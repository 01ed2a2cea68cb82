from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kuratorium.edition import registry, settings
from kuratorium.errors import EditionError
from kuratorium.intake import pull
from kuratorium.translations import (
    compile_translations,
    get_language,
    load_translations,
    read_translations,
)
from tests.editions import NOW, TinyEdition

HEADER = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def theme_with(folder: Path, **catalogues: str) -> Path:
    """Make a theme that has nothing but catalogues: language -> the entries of its file."""
    (folder / "translations").mkdir()
    for language, entries in catalogues.items():
        (folder / "translations" / f"{language}.po").write_text(HEADER + entries)
    return folder


def entry(message: str, translation: str) -> str:
    """Write an entry of a catalogue."""
    return f'msgid "{message}"\nmsgstr "{translation}"\n'


@pytest.mark.parametrize(
    ("lang", "word", "language"),
    [
        ("de", "Wort", "de"),
        ("de-at", "Wort", "de"),
        ("de-ch", "Wörtli", "de_ch"),
        ("fr", "word", "en"),
        ("", "word", "en"),
    ],
)
def test_a_language_without_a_catalogue_reads_the_next_best(
    tmp_path: Path, lang: str, word: str, language: str
) -> None:
    """A region's own catalogue comes first, then that of its language, then English."""
    theme = theme_with(tmp_path, **{"de": entry("word", "Wort"), "de-ch": entry("word", "Wörtli")})
    translations = read_translations(theme, lang)
    assert translations.gettext("word") == word
    assert get_language(translations) == language


def test_the_name_of_a_catalogue_says_its_language(tmp_path: Path) -> None:
    """Not the header, which may still be that of the English file it was copied from."""
    theme = theme_with(tmp_path, nl=entry("word", "woord"), tlx=entry("word", "vorto"))
    assert get_language(read_translations(theme, "nl")) == "nl"
    assert get_language(read_translations(theme, "tlx")) == "tlx"


def test_a_compiled_catalogue_does_not_depend_on_the_clock(tmp_path: Path) -> None:
    """Its digest tells whether pages must be rendered again, so it holds no date of today."""
    data = compile_translations(theme_with(tmp_path, nl=entry("word", "woord")), "nl")
    assert load_translations(data).gettext("word") == "woord"
    assert f"{datetime.now().astimezone():%Y-%m}".encode() not in data


@pytest.mark.parametrize("translation", ["{wer} sagt es", "{name} {", "{}", "{name} {0}"])
def test_a_translation_with_a_field_of_its_own_is_refused(tmp_path: Path, translation: str) -> None:
    """With file, line and the message: else it would fail when the words are used."""
    theme = theme_with(tmp_path, de=entry("a", "b") + "\n" + entry("{name} says so", translation))
    with pytest.raises(EditionError) as caught:
        read_translations(theme, "de")
    (problem,) = caught.value.problems
    assert problem.file == f"{tmp_path.name}/translations/de.po"
    assert problem.line == 9
    assert "{name} says so" in problem.hint


@pytest.mark.parametrize("translation", ["{name} sagt es", "Man sagt es", ""])
def test_a_translation_may_leave_a_field_out(tmp_path: Path, translation: str) -> None:
    """And may be missing: then the English message stands."""
    theme = theme_with(tmp_path, de=entry("{name} says so", translation))
    words = read_translations(theme, "de").gettext("{name} says so")
    assert words == (translation or "{name} says so")


@pytest.mark.parametrize("command", [["--help"], ["inbox", "--help"]], ids=" ".join)
def test_commands_that_write_no_words_read_no_catalogue(tiny: TinyEdition, command: list[str]) -> None:
    """Asking for help stays quick."""
    program = (
        "import sys; from kuratorium.cli.main import main; main(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=tiny.root, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "babel.messages.pofile" not in ran.stderr.split()


def test_a_pull_reads_its_catalogue_once(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sources it pulls and entries it writes."""
    reads = []

    def count(*arguments: Any) -> Any:
        reads.append(arguments)
        return read_translations(*arguments)

    monkeypatch.setattr(pull, "read_translations", count)
    known, _ = registry.read_registry(tiny.root)
    site = settings.read_site_settings(tiny.root)
    report = pull.pull_sources(tiny.root, known, now=datetime.fromisoformat(NOW), site=site)
    assert [result.new for result in report.results] == [1]
    assert reads == [(tiny.root / "theme", "de")]

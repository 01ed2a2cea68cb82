from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import REPOSITORY, TinyEdition, tiny_edition

CHILD = {
    "theme/templates/post.html": '{% extends "!post.html" %}\n'
    "{% block below %}{{ super() }}<p>Von uns.</p>{% endblock %}\n",
    "theme/static/css/ours.css": ".post { color: rebeccapurple }\n",
    "theme/translations/de.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    'msgid "Subscribe"\nmsgstr "Mitlesen"\n',
}
NOTE = "output/notizen/erste-notiz/index.html"


@pytest.fixture
def child(tmp_path: Path) -> TinyEdition:
    """A tiny edition whose theme holds three files, one of each kind."""
    tiny = tiny_edition(tmp_path)
    (tiny.root / "theme").unlink()
    for file, text in CHILD.items():
        tiny.write(file, text)
    return tiny


def read_site(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file of the site, without the index of the search, by path."""
    output = root / "output"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def build_afresh(root: Path) -> dict[str, bytes]:
    """Return the files of a full build of an edition."""
    copy = root.parent / "afresh"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns("var", "output"))
    build_site(copy)
    return read_site(copy)


def read_sheet(root: Path) -> str:
    """Return the style sheet of all pages."""
    (sheet,) = (root / "output/theme/css").glob("site.*.css")
    return sheet.read_text()


def find_note(root: Path) -> str:
    """Return the page of the one note."""
    (page,) = (
        path
        for path in (root / "output").rglob("*.html")
        if "erste-notiz" in path.as_posix() and "mail" not in path.name
    )
    return page.read_text()


def use_program_theme(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let the program have a copy of its theme, which a test may change, in a folder."""
    shutil.copytree(REPOSITORY / "theme", folder, ignore=shutil.ignore_patterns("*.png"))
    monkeypatch.setattr("kuratorium.program.theme.PROGRAM_THEME", str(folder))
    return folder


def test_a_file_of_the_edition_stands_in_front_of_the_programs(child: TinyEdition):
    """A block in a page, a layer of rules above ours, a word; all else is the program's."""
    build_site(child.root)
    page = find_note(child.root)
    assert "<p>Von uns.</p>" in page
    assert "Mitlesen" in page
    assert 'class="masthead' in page or "<nav" in page
    sheet = read_sheet(child.root)
    assert sheet.startswith("@layer program{")
    assert sheet.endswith("@layer edition{.post{color:rebeccapurple}}")


def test_without_style_sheets_of_the_edition_there_are_no_layers(child: TinyEdition):
    """The site's sheet is that of the program, byte for byte; a file of the program's name takes its place."""
    (child.root / "theme/static/css/ours.css").unlink()
    build_site(child.root)
    own = read_sheet(child.root)
    assert "@layer" not in own
    child.write("theme/static/css/post.css", ".post { color: teal }\n")
    build_site(child.root)
    assert "@layer" not in read_sheet(child.root)
    assert ".post{color:teal}" in read_sheet(child.root)


def test_a_child_theme_survives_a_changed_program_theme(
    child: TinyEdition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its three files work with the program's new theme, whose changes all arrive, as in a full build."""
    program = use_program_theme(monkeypatch, tmp_path / "program")
    build_site(child.root)
    assert "neu im Programm" not in find_note(child.root)

    footer = program / "templates/partials/footer.html"
    footer.write_text(f"{footer.read_text()}<p>neu im Programm</p>\n")
    post = program / "templates/post.html"
    post.write_text(post.read_text().replace('<h1 class="p-name"', '<h1 data-new class="p-name"'))
    (program / "static/css/base.css").write_text(
        f"{(program / 'static/css/base.css').read_text()}\nmain {{ gap: 7px }}\n"
    )
    changed = build_site(child.root).changed_paths
    assert any(path.startswith("theme/css/site.") for path in changed)
    page = find_note(child.root)
    assert "neu im Programm" in page
    assert "<h1 data-new" in page
    assert "<p>Von uns.</p>" in page
    assert "Mitlesen" in page
    assert re.search(r"main\{gap:7px\}.*@layer edition\{\.post\{color:rebeccapurple\}\}$", read_sheet(child.root), re.S)
    assert read_site(child.root) == build_afresh(child.root)


def test_an_override_that_comes_changes_or_goes_is_built_as_a_full_build_would(child: TinyEdition):
    """Templates, style sheets, words, pictures: after each step, the site is the same as that of a fresh build."""
    build_site(child.root)
    steps = {
        "theme/templates/partials/footer.html": ["<footer>Unser Fuß</footer>\n", "<footer>Neuer Fuß</footer>\n", None],
        "theme/static/css/more.css": ["main { gap: 9px }\n", "main { gap: 8px }\n", None],
        "theme/static/css/base.css": ["main { gap: 9px }\n", None],
        "theme/static/sound.svg": ['<svg xmlns="http://www.w3.org/2000/svg"/>\n', None],
        "theme/static/css/ours.css": [None],
        "theme/templates/post.html": [None],
        "theme/translations/de.po": ['msgid "Subscribe"\nmsgstr "Lesen"\n', None],
    }
    for file, text in [(file, text) for file, texts in steps.items() for text in texts]:
        if text:
            child.write(file, text)
        else:
            (child.root / file).unlink()
        assert build_site(child.root).changed_paths
        assert read_site(child.root) == build_afresh(child.root)


def test_a_preview_shows_an_override_at_once(child: TinyEdition):
    """One that is new, one that is changed, and one that is gone."""
    builder = PreviewBuilder(child.root, None)
    try:
        builder.prepare_output()
        builder.build(None)
        for text in ("<footer>Unser Fuß</footer>\n", "<footer>Neuer Fuß</footer>\n", None):
            file = "theme/templates/partials/footer.html"
            child.write(file, text) if text else (child.root / file).unlink()
            assert builder.is_relevant(file)
            assert builder.build(frozenset({file})).changed_paths
            assert (text.strip() in find_note(child.root)) if text else "Fuß</footer>" not in find_note(child.root)
    finally:
        builder.close()


def test_a_template_that_is_gone_is_one_clear_error(child: TinyEdition):
    """With the edition's own file and line, and the site stays as it was."""
    build_site(child.root)
    before = read_site(child.root)
    child.write("theme/templates/post.html", '{# ours #}\n{% extends "!posting.html" %}\n')
    with pytest.raises(EditionError) as caught:
        build_site(child.root)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("theme/templates/post.html", 2)
    assert "!posting.html" in problem.message
    assert read_site(child.root) == before


def test_an_absolute_theme_is_a_theme_like_any(child: TinyEdition, tmp_path: Path):
    """Its files stand in front of the program's, and a change of one is seen."""
    (child.root / "theme").rename(tmp_path / "elsewhere")
    settings = child.root / "pelicanconf.py"
    settings.write_text(f'{settings.read_text()}\nTHEME = "{tmp_path / "elsewhere"}"\n')
    build_site(child.root)
    assert "<p>Von uns.</p>" in find_note(child.root)
    assert read_sheet(child.root).endswith("@layer edition{.post{color:rebeccapurple}}")
    post = tmp_path / "elsewhere/templates/post.html"
    post.write_text(post.read_text().replace("Von uns", "Von allen"))
    build_site(child.root)
    assert "<p>Von allen.</p>" in find_note(child.root)
    assert build_site(child.root).changed_paths == frozenset()

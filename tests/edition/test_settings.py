from __future__ import annotations

import pytest

from kuratorium.desk import check
from kuratorium.edition.settings import parse_site_settings
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from tests.editions import SITE, TinyEdition


def test_the_address_of_the_site_is_in_ascii() -> None:
    """Feeds and calendars name the host as DNS does, with "ß" as a letter of its own; a path stays."""
    settings = parse_site_settings({**SITE, "SITEURL": "https://www.Fußweg.example:8080/blätter/"})
    assert settings.url == "https://www.xn--fuweg-mqa.example:8080/blätter"
    assert parse_site_settings({**SITE, "SITEURL": "https://[::1]:8080"}).url == "https://[::1]:8080"


@pytest.mark.parametrize("name", ["OUTPUT_RETENTION", "STATIC_PATHS", "STATIC_EXCLUDES", "IGNORE_FILES"])
@pytest.mark.parametrize(
    ("value", "hint"),
    [("papers", "= ['papers']"), ([7], '= ["…", "…"]'), ([""], '= ["…", "…"]'), (None, '= ["…", "…"]')],
)
def test_a_setting_that_is_a_list_is_nothing_else(name: str, value: object, hint: str) -> None:
    """A text in place of a list would be read letter by letter, and a build would delete what it should keep."""
    with pytest.raises(EditionError) as caught:
        parse_site_settings({**SITE, name: value})
    (problem,) = caught.value.problems
    assert problem.field == name
    assert f"{name} {hint}" in problem.hint


def find_error(tiny: TinyEdition, line: str) -> tuple[str, str]:
    """Return field and hint of the only problem of an edition whose pelicanconf.py ends with a line."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(f"{path.read_text()}{line}\n")
    result = check.run_checks(tiny.root)
    (problem,) = result.errors
    assert (problem.file, result.warnings) == ("pelicanconf.py", ())
    with pytest.raises(EditionError) as caught:
        build_site(tiny.root)
    assert caught.value.problems == (problem,)
    return problem.field, problem.hint


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('PATH = "texte"', "Delete the line."),
        ("PATH = 7", 'Write PATH = "…".'),
        ('THEME = "motiv"', 'Write THEME = "theme".'),
        ("OUTPUT_PATH = None", 'Write OUTPUT_PATH = "…".'),
        ('THEME_STATIC_DIR = ["x"]', 'Write THEME_STATIC_DIR = "…".'),
        (
            'ARTICLE_PATHS = ["essays"]',
            'Delete the line; for more folders, write ARTICLE_PATHS = [*ARTICLE_PATHS, "…"].',
        ),
        ("ARTICLE_PATHS = 'essays'", "Write ARTICLE_PATHS = ['essays']."),
        ('PAGE_PATHS = ["seiten"]', 'Delete the line; for more folders, write PAGE_PATHS = [*PAGE_PATHS, "…"].'),
        ('PLUGINS = "sitemap"', 'Write PLUGINS = ["…", "…"], or [] for none.'),
        ('PLUGIN_PATHS = "plugins"', "Write PLUGIN_PATHS = ['plugins']."),
        ("JINJA_ENVIRONMENT = 1", 'Write JINJA_ENVIRONMENT = JINJA_ENVIRONMENT | {"…": …}.'),
        ('JINJA_ENVIRONMENT = {"trim_blocks": True}', 'Write JINJA_ENVIRONMENT = JINJA_ENVIRONMENT | {"…": …}.'),
        (
            'JINJA_ENVIRONMENT = {**JINJA_ENVIRONMENT, "autoescape": False}',
            'Write JINJA_ENVIRONMENT = JINJA_ENVIRONMENT | {"…": …}.',
        ),
        ('JINJA_ENVIRONMENT = {**JINJA_ENVIRONMENT, "trimblocks": True}', "Correct or delete it."),
        ('MARKDOWN = "extra"', "Write MARKDOWN = {…}, or delete the line."),
        ('PLAIN_MARKDOWN = "nein"', "Write PLAIN_MARKDOWN = True or False."),
        ("TYPOGRIFY = True", "Install it, or delete the line."),
        ('SITENAME = " "', 'Write SITENAME = "…".'),
        ('SITEURL = "https://https://amt.example"', 'Write SITEURL = "https://amt.example".'),
        ('SITEURL = "amt.example/blatt?x"', 'Write SITEURL = "https://amt.example/blatt".'),
        ('DEFAULT_LANG = "de_AT"', 'Write DEFAULT_LANG = "de-AT".'),
    ],
)
def test_a_wrong_setting_is_one_error(tiny: TinyEdition, line: str, hint: str) -> None:
    """Check and build name it and what would be right, and nothing that only follows from it."""
    tiny.post("content/digests/woche.md", period={"from": "2026-10-05", "to": "2026-10-11"})
    field, found = find_error(tiny, line)
    assert (field, found) == (line.partition(" ")[0], hint)


def test_the_defaults_are_needed(tiny: TinyEdition) -> None:
    """Without them Pelican would read other folders, and write pages of its own."""
    path = tiny.root / "pelicanconf.py"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "import" not in line))
    assert find_error(tiny, "") == ("", 'Write "from kuratorium.defaults import *" above all settings.')


@pytest.mark.parametrize(
    "line",
    [
        'ARTICLE_PATHS = [*ARTICLE_PATHS, "../mehr"]',
        'PATH = "./content/"',
        'THEME = "./theme"',
        'JINJA_ENVIRONMENT = JINJA_ENVIRONMENT | {"keep_trailing_newline": True}',
        "MARKDOWN = {}",
        "PLUGINS = ()",
    ],
)
def test_other_settings_are_as_pelican_has_them(tiny: TinyEdition, line: str) -> None:
    """More folders, other spellings of a folder and options that Jinja has are no errors."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(f"{path.read_text()}{line}\n")
    result = check.run_checks(tiny.root)
    assert (result.errors, result.warnings) == ((), ())

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markdown import Markdown

from kuratorium.errors import EditionError
from kuratorium.publishing.build.run import explain_file
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, own_theme, run, tree
from tests.publishing.makers import feed_files

HEAVY = """
import sys
from pathlib import Path
from kuratorium.publishing.build_command import build_site
heavy = {"pelican", "jinja2", "markdown", "babel", "yaml", "rich"}
print(build_site(Path(sys.argv[1])).written_count, sorted(heavy & set(sys.modules)))
"""


def edit(path: Path, old: str, new: str) -> None:
    """Change some words in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_build_without_changes_imports_nothing_heavy(tiny: TinyEdition) -> None:
    """To find that nothing changed, neither Pelican nor what reads and renders is imported."""
    build_site(tiny.root)
    ended = subprocess.run(
        [sys.executable, "-c", HEAVY, tiny.root], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "0 []\n"
    assert "Nothing changed: 1 post on" in run(tiny.root, "kuratorium.cli.main", "build").stdout


@pytest.mark.parametrize("setting", ['PLUGINS = ["tests_own_plugin"]', 'TEMPLATE_PAGES = {"a.html": "b.html"}'])
def test_other_plugins_and_settings_get_a_whole_build(
    tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """With another plugin, or a setting that is not ours, every file is rendered again, and the site is the same."""
    build_site(tiny.root)
    before = tree(tiny.root / "output")
    tiny.write("lib/tests_own_plugin.py", "def register():\n    pass\n")
    tiny.write("content/a.html", "ours")
    monkeypatch.syspath_prepend(str(tiny.root / "lib"))
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f"{conf.read_text()}\n{setting}\n")
    built = build_site(tiny.root)
    assert built.whole_build_reason
    assert {path: data for path, data in tree(tiny.root / "output").items() if path != "b.html"} == before
    assert "rendered every file" in explain_file(tiny.root, "index.html", built)[0]


def test_plain_markdown_is_off_by_a_setting(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """When PLAIN_MARKDOWN changes, all bodies are converted again; the bytes are the same, so no page is rendered."""
    converted: list[str] = []
    convert = Markdown.convert
    monkeypatch.setattr(Markdown, "convert", lambda self, body: [converted.append(body), convert(self, body)][1])
    tiny.note("schlicht", body="Ein schlichter Satz.")
    build_site(tiny.root, jobs=1)
    assert "Ein schlichter Satz." not in "".join(converted)
    before = tree(tiny.root / "output")
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f"{conf.read_text()}\nPLAIN_MARKDOWN = False\n")
    built = build_site(tiny.root, jobs=1)
    assert "Ein schlichter Satz." in "".join(converted)
    assert (built.whole_build_reason, built.changed_paths) == ("", frozenset())
    assert tree(tiny.root / "output") == before


def test_a_changed_template_renders_only_the_pages_that_use_it(tiny: TinyEdition) -> None:
    """A template of posts leaves lists alone, and the other way round; feeds use no template."""
    theme = own_theme(tiny)
    tiny.essay("lang")
    tiny.note("dringend", why_now="Heute noch")
    build_site(tiny.root)
    edit(theme / "templates/formats/note.html", "{{ post.why_now }}", "{{ post.why_now }}!")
    assert build_site(tiny.root).changed_paths == {"notizen/dringend.html"}
    edit(theme / "templates/partials/kicker.html", '<p class="kicker">', '<p class="kicker y">')  # base of all cards
    assert {"notizen/dringend.html", "essays/lang.html", "index.html"} <= build_site(tiny.root).changed_paths
    assert 'class="kicker y"' in (tiny.root / "output/notizen/dringend.html").read_text()
    edit(theme / "templates/tags.html", "counts", "counts x")
    assert build_site(tiny.root).changed_paths == frozenset()
    edit(theme / "templates/base.html", 'id="main"', 'id="main" class="x"')
    changed = build_site(tiny.root).changed_paths
    assert {"index.html", "essays/lang.html"} <= changed
    assert not [path for path in changed if path.endswith(".xml")]


def test_a_changed_option_of_jinja_compiles_the_templates_anew(tiny: TinyEdition) -> None:
    """The code of templates in the cache is that of the options it was compiled with."""
    (own_theme(tiny) / "templates/404.html").write_text("{% set x = 1 %}\nx\n")
    build_site(tiny.root)
    assert (tiny.root / "output/404.html").read_text() == "x"
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f'{conf.read_text()}\nJINJA_ENVIRONMENT = {{**JINJA_ENVIRONMENT, "trim_blocks": False}}\n')
    build_site(tiny.root)
    assert (tiny.root / "output/404.html").read_text() == "\nx"


def test_a_field_that_lists_show_renders_lists_and_neighbours(tiny: TinyEdition) -> None:
    """A changed title changes lists and feeds, but not the imprint."""
    note = tiny.note("zweite", title="Vorher")
    build_site(tiny.root)
    edit(note, "Vorher", "Nachher")
    changed = build_site(tiny.root).changed_paths
    assert {"notizen/zweite.html", "notizen.html", "index.html", "feed.xml", "archiv.html"} <= changed
    assert not changed & {"impressum.html", "menschen.html", "404.html", "themen/open-source.html"}


def test_a_build_repairs_what_was_changed_in_the_output(tiny: TinyEdition) -> None:
    """A page edited or deleted in output/ is rendered again; a foreign file is deleted; a touch changes nothing."""
    build_site(tiny.root)
    output = tiny.root / "output"
    before = tree(output)
    (output / "index.html").write_text("fremd")
    (output / "feed.xml").unlink()
    (output / "theme/css/base.css").unlink()
    (output / "fremd.html").write_text("fremd")
    os.utime(output / "404.html", (1, 1))
    built = build_site(tiny.root)
    assert built.changed_paths == {"index.html", "feed.xml", "theme/css/base.css", "fremd.html"}
    assert tree(output) == before
    assert "had been changed" in " ".join(explain_file(tiny.root, "index.html", built))
    assert (output / "404.html").stat().st_mtime == 1


def test_a_date_before_the_next_due_moment_changes_nothing(tiny: TinyEdition) -> None:
    """The date matters only when it passes a moment at which a post is due or a talk begins or ends."""
    tiny.talk("ein-abend", start="2026-11-05T17:00:00+01:00")
    tiny.yaml("policy", POLICY | {"imprint": {"responsible": "Anna Berg"}})  # no security.txt, which expires
    build_site(tiny.root)
    assert build_site(tiny.root, as_of=datetime(2026, 11, 5, 16, 59, tzinfo=UTC)).written_count == 0
    assert (
        "gespraeche/ein-abend.html"
        in build_site(tiny.root, as_of=datetime(2026, 11, 5, 17, 0, tzinfo=UTC)).changed_paths
    )


def test_a_build_explains_itself(tiny: TinyEdition) -> None:
    """`--explain` names the input that changed, `--timings` the phases."""
    note = tiny.note("zweite", title="Vorher")
    assert run(tiny.root, "kuratorium.cli.main", "build").returncode == 0
    edit(note, "Vorher", "Nachher")
    ended = run(tiny.root, "kuratorium.cli.main", "build", "--timings", "--explain", "output/notizen/erste-notiz.html")
    assert ended.returncode == 0, ended.stderr
    assert "notizen/erste-notiz.html was written by this build." in ended.stdout
    assert "rendered last because newer: post" in ended.stdout or "because older: post" in ended.stdout
    assert {"compare", "read", "plan", "render", "move"} <= set(ended.stderr.split())
    explanation = run(tiny.root, "kuratorium.cli.main", "build", "--explain", "theme/css/base.css").stdout
    assert "as the last build left it" in explanation
    assert (
        "as the last build left it" in run(tiny.root, "kuratorium.cli.main", "build", "--explain", "/index.html").stdout
    )
    outside = run(tiny.root, "kuratorium.cli.main", "build", "--explain", "../pelicanconf.py")
    assert (outside.returncode, "ist nicht in der Website" in outside.stderr) == (2, True)
    assert "It is copied as it is" in explanation
    unknown = run(tiny.root, "kuratorium.cli.main", "build", "--explain", "notizen/erste-notitz.html")
    message = (
        "notizen/erste-notitz.html ist keine Datei der Website. Gemeint ist vielleicht „notizen/erste-notiz.html“.\n"
    )
    assert (unknown.returncode, unknown.stderr) == (2, message)


def test_another_output_folder_is_built_from_nothing_and_not_cached(tiny: TinyEdition) -> None:
    """`--output` is for a look, or a comparison; it does not affect the next build of the site itself."""
    build_site(tiny.root)
    edit(tiny.root / "curation/notes/2026/erste-notiz.md", "nachgerechnet", "gerechnet")
    elsewhere = build_site(tiny.root, output=tiny.root / "anderswo")
    assert elsewhere.written_count > 10
    assert "notizen/erste-notiz.html" in build_site(tiny.root).changed_paths
    assert tree(tiny.root / "output") == tree(tiny.root / "anderswo")


@pytest.mark.parametrize("removed", ["var/build.sqlite3", "var"])
def test_a_preview_outlives_the_loss_of_its_cache(tiny: TinyEdition, removed: str) -> None:
    """The README says that it may be deleted at any time: the next edit is built all the same."""
    note = tiny.note("zweite")
    preview = PreviewBuilder(tiny.root, None)
    preview.build(None)
    path = tiny.root / removed
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    note.write_text(note.read_text() + "\nDanach.\n")
    preview.build(frozenset([note.relative_to(tiny.root).as_posix()]))
    assert "Danach." in (tiny.root / "output/notizen/zweite.html").read_text()
    preview.close()
    assert all(path.endswith(".card.png") for path in build_site(tiny.root).changed_paths)  # a preview draws none


def test_a_preview_builds_the_files_it_is_given(tiny: TinyEdition) -> None:
    """Edits, mistakes, corrections, new and deleted files, and builds of another process in between."""
    note = tiny.note("zweite", summary="Bleibt.")
    preview = PreviewBuilder(tiny.root, None)
    preview.build(None)
    file = note.relative_to(tiny.root).as_posix()
    for words in ("eins", "zwei"):
        note.write_text(note.read_text() + f"\n{words}\n")
        assert preview.build(frozenset([file])).changed_paths == {
            "notizen/zweite.html",
            *feed_files("feed", "notizen", "themen/transformation", "menschen/anna-berg"),
        }
    new = tiny.note("dritte")
    assert "notizen/dritte.html" in preview.build(frozenset([new.relative_to(tiny.root).as_posix()])).changed_paths
    valid = note.read_text()
    note.write_text(valid.replace("transformation", "gibt-es-nicht"))
    with pytest.raises(EditionError):
        preview.build(frozenset([file]))
    with pytest.raises(EditionError):
        preview.build(frozenset())
    note.write_text(f"{valid}\ndrei\n")
    build_site(tiny.root)
    new.unlink()
    assert "notizen/dritte.html" in preview.build(frozenset([new.relative_to(tiny.root).as_posix()])).changed_paths
    preview.close()
    assert build_site(tiny.root).written_count == 0
    build_site(tiny.root, output=tiny.root / "anderswo")
    assert tree(tiny.root / "output") == tree(tiny.root / "anderswo")

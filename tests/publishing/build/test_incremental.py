"""What a build does, and does not do, after an edit, seen from the command as an editor runs it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.build import render_plan
from kuratorium.publishing.build_command import build_site
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, run
from tests.publishing.histories.outcome import differences, site, stamps
from tests.publishing.makers import feed_files

HEAVY = ("pelican", "jinja2", "markdown", "babel", "nh3", "feedgenerator", "rich")
IMPORTS = """
import json, sys
from kuratorium.cli.main import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
PLUGIN = """
from pelican import signals

def sign(content):
    if content._content:
        content._content += "<p>%s</p>"

def register():
    signals.content_object_init.connect(sign)
"""


def test_the_command_imports_nothing_heavy_when_nothing_changed(tiny: TinyEdition) -> None:
    """A build with nothing to do imports neither Pelican nor Jinja nor Markdown."""
    build_site(tiny.root)
    command = [sys.executable, "-c", IMPORTS, "build"]
    ended = subprocess.run(command, cwd=tiny.root, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    *message, last = ended.stdout.splitlines()
    code, modules = json.loads(last)
    assert code == 0
    assert "nothing" in " ".join(message).lower()
    assert set(HEAVY) & set(modules) == set()


def test_an_edit_of_a_body_draws_no_mark(tiny: TinyEdition) -> None:
    """The initials of the site's name are drawn by its first build; a new name has its own."""
    tiny.yaml("policy", POLICY | {"share_cards": False, "search": False})
    note = tiny.note("aendert-sich")
    build_site(tiny.root)
    note.write_text(note.read_text() + "\nEin Nachsatz.\n")
    command = [sys.executable, "-c", IMPORTS, "build"]
    ended = subprocess.run(command, cwd=tiny.root, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    code, modules = json.loads(ended.stdout.splitlines()[-1])
    assert code == 0
    assert "pelican" in modules
    assert "uharfbuzz" not in modules
    settings, home = tiny.root / "pelicanconf.py", tiny.root / "output" / "index.html"
    before = home.read_text()
    settings.write_text(re.sub("(?m)^SITENAME = .*$", 'SITENAME = "Quer Zug"', settings.read_text()))
    build_site(tiny.root)
    assert _find_mark(home.read_text()) != _find_mark(before)


def _find_mark(page: str) -> str:
    match = re.search('<g fill="currentColor">.*?</g>', page)
    assert match
    return match[0]


def test_an_edit_of_a_body_leaves_every_other_file_alone(tiny: TinyEdition) -> None:
    """Lists, other posts, and feeds without the post keep their bytes, their time and their inode."""
    note = tiny.note("aendert-sich", summary="Bleibt.", topics=["open-source"])
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    note.write_text(note.read_text() + "\nEin Nachsatz.\n")
    built = build_site(tiny.root)
    after = stamps(tiny.root / "output")
    changed = {path for path in after if after[path] != before.get(path)}
    feeds = feed_files("feed", "notizen", "themen/open-source", "menschen/anna-berg")
    assert changed == {"notizen/aendert-sich.html", *feeds}
    assert (built.written_count, built.deleted_count) == (1 + len(feeds), 0)


def test_other_words_of_a_post_plan_only_the_pages_that_show_them(
    tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new title writes all pages that name the post, no other, and plans no other."""
    note = tiny.note("aendert-sich", topics=["open-source"])
    tiny.note("bleibt", date="2026-01-01T08:00:00+01:00")
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    monkeypatch.setattr(render_plan, "plan_all_pages", None)
    note.write_text(re.sub("(?m)^title: .*$", "title: Heißt jetzt anders\nwhy_now: Deshalb.", note.read_text()))
    build_site(tiny.root)
    after = stamps(tiny.root / "output")
    changed = {path for path in after if after[path] != before.get(path)}
    pages = {path for path in after if "Heißt jetzt anders".encode() in (tiny.root / "output" / path).read_bytes()}
    assert changed == pages | {"notizen/aendert-sich.card.png"}
    assert {"notizen/aendert-sich.html", "feed.xml", "themen/open-source.html", "index.html"} <= changed


def test_a_new_note_is_planned_from_its_own_lists(tiny: TinyEdition, tmp_path: Path) -> None:
    """A new note, or a draft that is published, plans its lists and neighbours only, and makes a full build's site."""
    for number in range(60):
        tiny.note(f"nr-{number}", date=f"2026-09-{number % 28 + 1:02}T08:{number:02}:00+02:00", tags=["Viel", "C++"])
    draft = tiny.note("entwurf", date="2026-09-14T12:00:00+02:00", tags=["Viel"], status="draft")
    build_site(tiny.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render_plan, "plan_all_pages", None)
        body = "Siehe [eine andere]({filename}nr-3.md).\n\n> Wörtlich.\n> — Eva Falk: [Werk](https://a.example/x)"
        tiny.note("ganz-neu", date="2026-09-29T08:00:00+02:00", tags=["C++", "Noch keines"], body=body)
        built = build_site(tiny.root)
        draft.write_text(draft.read_text().replace("status: draft\n", ""))
        build_site(tiny.root)
    assert 20 < built.written_count < 40
    build_site(tiny.root, output=tmp_path / "full")
    assert differences(site(tiny.root / "output"), site(tmp_path / "full")) == {}


def test_after_a_mistake_a_build_still_plans_only_what_changed(
    tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was half written, or is wrong, costs no build of the whole site when it is whole again."""
    note = tiny.note("aendert-sich")
    build_site(tiny.root)
    monkeypatch.setattr(render_plan, "plan_all_pages", None)
    whole = note.read_text()
    for mistake in (whole[:30], whole.replace("topics:", "topics: [gibt-es-nicht]\nx:")):
        note.write_text(mistake)
        with pytest.raises(EditionError):
            build_site(tiny.root)
    note.write_text(f"{whole}\nEin Nachsatz.\n")
    build_site(tiny.root)
    assert "Ein Nachsatz." in (tiny.root / "output/notizen/aendert-sich.html").read_text()


def test_the_number_of_jobs_does_not_show(tiny: TinyEdition, tmp_path: Path) -> None:
    """One, two or three processes make the same bytes, from nothing and after an edit."""
    for number in range(40):
        tiny.note(f"nr-{number}", date=f"2026-09-{number % 28 + 1:02}T08:{number:02}:00+02:00", tags=["Viel"])
    roots = [Path(shutil.copytree(tiny.root, tmp_path / str(jobs), symlinks=True)) for jobs in (1, 2, 3)]
    for words in ("Umbau", "Umbruch"):
        for jobs, root in enumerate(roots, 1):
            topics = root / "curation/topics.yaml"
            topics.write_text(re.sub("name: (Transformation|Umbau)", f"name: {words}", topics.read_text()))
            build_site(root, jobs=jobs)
        first, *others = (site(root / "output") for root in roots)
        assert [differences(other, first) for other in others] == [{}, {}]
        assert words in (roots[0] / "output/index.html").read_text()


def test_plain_pelican_still_makes_the_same_bytes_after_edits(tiny: TinyEdition) -> None:
    """A site that was built step by step equals the one that `pelican` makes at once."""
    build_site(tiny.root)
    tiny.interview("im-gespraech", tags=["Führung"])
    build_site(tiny.root)
    note = tiny.root / "curation/notes/2026/erste-notiz.md"
    note.write_text(note.read_text() + "\nSiehe [das Gespräch]({filename}/interviews/im-gespraech.md).\n")
    build_site(tiny.root)
    plain = run(tiny.root, "pelican", "--fatal=errors", "-o", "plain")
    assert plain.returncode == 0, plain.stderr
    assert differences(site(tiny.root / "output"), site(tiny.root / "plain")) == {}


def test_two_outputs_of_one_edition_do_not_mix(tiny: TinyEdition) -> None:
    """A build into another folder makes a whole site there, and both follow every edit from then on."""
    for turn in range(2):
        tiny.note(f"runde-{turn}")
        build_site(tiny.root)
        build_site(tiny.root, output=tiny.root / "anderswo")
        output, other_output = site(tiny.root / "output"), site(tiny.root / "anderswo")
        assert differences(other_output, output) == {}
        assert f"notizen/runde-{turn}.html" in output


def test_a_build_follows_the_code_of_another_plugin(tiny: TinyEdition) -> None:
    """With another plugin of Pelican a build equals a full one, also after an edit of the plugin."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f'{conf.read_text()}\nPLUGINS = ["signature"]\n')
    for words in ("Gezeichnet.", "Anders gezeichnet."):
        tiny.write("plugins/signature.py", PLUGIN % words)
        ended = run(tiny.root, "kuratorium.cli.main", "build")
        assert ended.returncode == 0, ended.stderr
        assert words in (tiny.root / "output/notizen/erste-notiz.html").read_text()
    plain = run(tiny.root, "pelican", "--fatal=errors", "-o", "plain")
    assert plain.returncode == 0, plain.stderr
    assert differences(site(tiny.root / "output"), site(tiny.root / "plain")) == {}

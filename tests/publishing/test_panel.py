"""Adding a format takes a record, a template and a folder, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest

from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, own_theme, soup, tree

RECORD = """\
    Format(
        id="panel",
        folder="content/panels",
        url_word="panels",
        singular=N_("Panel"),
        plural=N_("Panels"),
        required_fields=("authors", "guests"),
    ),
)
"""
TEMPLATE = """\
{% extends "post.html" %}
{% block below %}
<ol class="panel-seats">{% for guest in post.guests %}<li>{{ guest.name }}</li>{% endfor %}</ol>
{% endblock %}
"""


@pytest.fixture
def panels(tiny: TinyEdition) -> TinyEdition:
    """Return an edition with its own copy of the program, which has the format panel."""
    program = tiny.root / "plugins" / "kuratorium"
    shutil.copytree(REPOSITORY / "plugins" / "kuratorium", program, ignore=shutil.ignore_patterns("__pycache__"))
    before = tree(program)
    formats = program / "edition/formats.py"
    assert formats.read_text().count("\n)\n") == 1  # the end of FORMATS
    formats.write_text(formats.read_text().replace("\n)\n", f"\n{RECORD}"))
    (own_theme(tiny) / "templates/formats/panel.html").write_text(TEMPLATE)
    (tiny.root / "content/panels").mkdir()
    assert [path for path, data in tree(program).items() if before[path] != data] == ["edition/formats.py"]
    return tiny


def kuratorium(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the edition's own copy of the program."""
    environment = ENVIRONMENT | {"PYTHONPATH": str(root / "plugins")}
    command = [sys.executable, "-W", "error", "-m", "kuratorium.cli.main", *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def panel(edition: TinyEdition, **front: object) -> None:
    """Add a panel with three guests."""
    guests = ["eva-falk", "carl-dorn", {"name": "Ina Jahn", "role": "Kämmerin"}]
    edition.post("content/panels/wer-zahlt.md", **{"guests": guests, "body": "Drei Meinungen.", **front})


def test_a_format_is_a_record_a_template_and_a_folder(panels: TinyEdition) -> None:
    """Its posts have a page, a list, and a place in navigation, topics, archive, feeds and pages of people."""
    panel(panels, disclosure={"kind": "gift", "text": "Kuchen."})
    built = kuratorium(panels.root, "build")
    assert (built.returncode, built.stderr) == (0, "")
    path = "panels/wer-zahlt.html"
    page = soup(panels.root, path)
    assert [element.get_text() for element in page.select(".panel-seats li")] == ["Eva Falk", "Carl Dorn", "Ina Jahn"]
    assert page.select_one(".kicker-format").get_text(strip=True) == "Panel"
    assert page.select_one(".post-head .disclosure").get_text(" ", strip=True) == "Einladung oder Geschenk Kuchen."
    assert page.select_one(".masthead a[href='../panels.html']").get_text() == "Panels"
    for place, link in {
        "panels.html": path,
        "index.html": path,
        "themen/transformation.html": f"../{path}",
        "archiv/2026/10.html": f"../../{path}",
        "menschen/anna-berg.html": f"../{path}",
        "menschen/eva-falk.html": f"../{path}",
    }.items():
        assert soup(panels.root, place).find("a", href=link, string="Titel von wer-zahlt"), place
    feed = feedparser.parse((panels.root / "output/feed.xml").read_bytes())
    assert "Einladung oder Geschenk: Titel von wer-zahlt" in [entry.title for entry in feed.entries]


def test_a_format_of_ones_own_is_checked_like_others(panels: TinyEdition) -> None:
    """A missing required field is a problem with file, line and field."""
    panel(panels, guests=None)
    checked = kuratorium(panels.root, "check")
    assert checked.returncode == 2
    assert "content/panels/wer-zahlt.md:2: guests: fehlt: a panel verlangt es" in checked.stderr
    panel(panels)
    assert kuratorium(panels.root, "check").returncode == 0


def test_pelican_builds_the_same_site_with_it(panels: TinyEdition) -> None:
    """Plain Pelican reads the new folder, too, and writes the same bytes."""
    panel(panels)
    assert kuratorium(panels.root, "build").returncode == 0
    ours = tree(panels.root / "output")
    shutil.rmtree(panels.root / "output")
    environment = ENVIRONMENT | {"PYTHONPATH": str(panels.root / "plugins")}
    command = [sys.executable, "-m", "pelican", "--fatal=errors"]
    ran = subprocess.run(command, cwd=panels.root, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert tree(panels.root / "output") == ours

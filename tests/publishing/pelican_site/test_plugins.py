"""Other plugins of Pelican, for real: an edition names each in PLUGINS, and its work is read in the built site."""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.editions import TinyEdition
from tests.publishing.build.test_run import own_theme, run, soup, tree

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OWN_PLUGIN = '''\
"""Count the articles, sign every post, and list the pages that were written."""

from pathlib import Path

from pelican import signals

written = []


def count(generator):
    titles = sorted(article.title for article in generator.articles)
    for article in generator.articles:
        article._content += f"<p>Einer von {len(titles)} Beiträgen.</p>"


def note(path, context):
    kind = next((name for name in ("article", "page") if name in context), "list")
    written.append((Path(path).name, kind, Path(path).read_text().startswith("<!doctype html>")))


def list_pages(pelican):
    lines = [f"{name} {kind} {is_html}" for name, kind, is_html in sorted(written)]
    Path(pelican.output_path, "written.txt").write_text("\\n".join(lines))


def register():
    signals.article_generator_finalized.connect(count)
    signals.content_written.connect(note)
    signals.finalized.connect(list_pages)
'''

FAILING_PLUGIN = """\
from pelican import signals


def fail(pelican):
    {fault}


def register():
    signals.finalized.connect(fail)
"""

Build = Callable[[str], Path]


@pytest.fixture
def build(tiny: TinyEdition) -> Build:
    """Build the edition with more lines in its settings; return the site's folder."""

    def build_with(settings: str) -> Path:
        conf = tiny.root / "pelicanconf.py"
        conf.write_text(f"{conf.read_text()}\n{settings}\n")
        ended = run(tiny.root, "kuratorium.cli.main", "build")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "Every file was rendered" in ended.stdout
        return tiny.root / "output"

    return build_with


def test_sitemap_lists_the_pages(tiny: TinyEdition, build: Build) -> None:
    """pelican-sitemap lists every page with its address, and a post with the day of its last change."""
    tiny.essay("lang", modified="2026-10-05T08:00:00+02:00")
    output = build('PLUGINS = ["sitemap"]\nSITEMAP = {"format": "xml", "exclude": ["404"]}')
    urls = {
        url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod")
        for url in ET.parse(output / "sitemap.xml").getroot()
    }
    assert {
        "https://weichenwerk.example/",
        "https://weichenwerk.example/essays/lang.html",
        "https://weichenwerk.example/notizen/erste-notiz.html",
        "https://weichenwerk.example/impressum.html",
    } <= {str(address).replace("index.html", "") for address in urls}
    assert str(urls["https://weichenwerk.example/essays/lang.html"]).startswith("2026-10-05")
    # Ours, an index with parts, makes way for it; robots.txt names whichever there is.
    assert not (output / "sitemap").exists()
    assert "Sitemap: https://weichenwerk.example/sitemap.xml" in (output / "robots.txt").read_text()


def test_precompress_packs_every_file(build: Build) -> None:
    """pelican-precompress finds all pages, feeds and style sheets, and packs them beside the site's own files."""
    output = build('PLUGINS = ["precompress"]\nPRECOMPRESS_MIN_SIZE = 0')
    for path in ("index.html", "notizen/erste-notiz.html", "feed.xml", "theme/css/tokens.css"):
        assert gzip.decompress((output / f"{path}.gz").read_bytes()) == (output / path).read_bytes()


def test_image_process_makes_its_pictures(tiny: TinyEdition, build: Build) -> None:
    """pelican-image-process scales a picture of a text, and the page shows the smaller one."""
    tiny.write("content/images/.gitkeep", "")
    Image.new("RGB", (400, 200), "green").save(tiny.root / "content/images/gruen.png")
    tiny.essay("bild", body="![Eine Wiese]({static}/images/gruen.png){: .image-process-small}")
    output = build(
        'PLUGINS = ["image_process"]\nIMAGE_PROCESS = {"small": {"type": "image", "ops": ["scale_in 100 100 True"]}}'
    )
    picture = soup(tiny.root, "essays/bild.html").find("img", class_="image-process-small")
    assert picture
    shown = (output / "essays" / str(picture["src"])).resolve()
    assert shown.is_relative_to(output.resolve())
    with Image.open(shown) as image:
        assert image.width == 100
    assert (output / "images/gruen.png").is_file()


def test_render_math_marks_formulas(tiny: TinyEdition, build: Build) -> None:
    """pelican-render-math's formulas and its script pass the allow-list; an author's own script does not."""
    tiny.essay("formel", body="Es gilt $a^2 + b^2 = c^2$.\n\n<script>alert(1)</script>")
    tiny.essay("ohne", body="Keine Formel.")
    build('PLUGINS = ["render_math"]\nMATH_JAX = {"source": "\'/theme/mathjax.js\'"}')
    page = soup(tiny.root, "essays/formel.html")
    formula = page.find(class_="math")
    assert formula
    assert "a^2 + b^2 = c^2" in formula.get_text()
    scripts = [script.get_text() for script in page.find_all("script")]
    assert any("mathjax.js" in script for script in scripts)
    assert not any("alert(1)" in script for script in scripts)
    foreign_scripts = 'script:not([type="application/ld+json"], [src*="theme/js/"])'
    assert not soup(tiny.root, "essays/ohne.html").select(foreign_scripts)


def test_a_plugin_of_ones_own_sees_articles_and_pages(tiny: TinyEdition, build: Build) -> None:
    """A plugin changes articles before they are written, sees every written page, and adds a file to the site.

    It sees nothing that the site does not show: no draft, no open interview, no post of a later date.
    """
    tiny.essay("lang")
    tiny.interview("offen", release="open")
    tiny.note("entwurf", status="draft")
    tiny.note("spaeter", date="2099-01-01T08:00:00+01:00")
    tiny.write("plugins/own.py", OWN_PLUGIN)
    output = build('PLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]')
    assert "Einer von 2 Beiträgen." in soup(tiny.root, "essays/lang.html").get_text()
    written = (output / "written.txt").read_text().splitlines()
    assert "lang.html article True" in written
    assert "impressum.html page True" in written
    assert "index.html list True" in written
    assert not any(line.endswith("False") for line in written)


def test_plain_pelican_runs_the_same_plugins(tiny: TinyEdition, build: Build) -> None:
    """`kuratorium build` and plain `pelican` are one path with other plugins, too."""
    tiny.write("plugins/own.py", OWN_PLUGIN)
    output = build('PLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]')
    ours = tree(output)
    ended = run(tiny.root, "pelican", "--fatal=errors")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert tree(output) == ours


def test_what_a_plugin_made_leaves_with_it(tiny: TinyEdition, build: Build) -> None:
    """Without the plugin the site is again what it was before."""
    ended = run(tiny.root, "kuratorium.cli.main", "build")
    assert ended.returncode == 0, ended.stderr
    before = tree(tiny.root / "output")
    conf = tiny.root / "pelicanconf.py"
    settings = conf.read_text()
    tiny.write("plugins/own.py", OWN_PLUGIN)
    assert "written.txt" in tree(build('PLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]'))
    conf.write_text(settings)
    assert run(tiny.root, "kuratorium.cli.main", "build").returncode == 0
    assert tree(tiny.root / "output") == before


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("raise ValueError('kaputt')", "kaputt"),
        ("import logging; logging.getLogger('pelican.own').error('kaputt')", "kaputt"),
        ("raise SystemExit('kaputt')", "kaputt"),
    ],
    ids=["raises", "logs an error", "exits"],
)
def test_a_plugin_that_fails_leaves_the_site(tiny: TinyEdition, fault: str, message: str) -> None:
    """Whatever goes wrong in a plugin's last signal, nothing is published."""
    assert run(tiny.root, "kuratorium.cli.main", "build").returncode == 0
    before = tree(tiny.root / "output")
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f'{conf.read_text()}\nPLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]\n')
    tiny.write(
        "plugins/own.py",
        FAILING_PLUGIN.format(fault=fault),
    )
    tiny.essay("neu")
    for command in (("kuratorium.cli.main", "build"), ("pelican",)):
        ended = run(tiny.root, *command)
        assert ended.returncode != 0
        assert message in ended.stdout + ended.stderr
        assert tree(tiny.root / "output") == before
    assert not list((tiny.root / "var").glob("stage/*"))


def test_an_edition_without_pelican_class_is_told(tiny: TinyEdition) -> None:
    """An edition begun earlier builds as it did with `kuratorium build`; plain `pelican` says which line it needs."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f'{conf.read_text()}\nPLUGINS = ["kuratorium.publishing"]\ndel PELICAN_CLASS\n')
    ours = run(tiny.root, "kuratorium.cli.main", "build")
    assert ours.returncode == 0, ours.stderr
    assert "Every file was rendered" not in ours.stdout
    before = tree(tiny.root / "output")
    plain = run(tiny.root, "pelican")
    assert plain.returncode != 0
    assert 'Write PELICAN_CLASS = "kuratorium.Site"' in plain.stderr
    assert tree(tiny.root / "output") == before


@pytest.mark.parametrize(
    ("plugin", "message"),
    [("", "Cannot load plugin `own`"), ("def register():\n    raise ValueError('kaputt')\n", "kaputt")],
    ids=["missing", "register raises"],
)
def test_a_plugin_that_does_not_load_is_told(tiny: TinyEdition, plugin: str, message: str) -> None:
    """A plugin that is missing or fails to register is a mistake in PLUGINS: exit code 2, and no traceback of ours."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f'{conf.read_text()}\nPLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]\n')
    if plugin:
        tiny.write("plugins/own.py", plugin)
    for command in (("kuratorium.cli.main", "build"), ("pelican",)):
        ended = run(tiny.root, *command)
        assert ended.returncode == 2, ended.stderr
        assert "pelicanconf.py: PLUGINS: " in ended.stderr
        assert message in ended.stderr
        if not plugin:  # Pelican itself prints where a plugin failed
            assert "Traceback" not in ended.stdout + ended.stderr
    assert not (tiny.root / "output").exists()


def test_settings_of_an_earlier_version_are_told(tiny: TinyEdition) -> None:
    """A pelicanconf.py that imports a module which moved says what takes its place, and leaves the site."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(f"from kuratorium.formats import FORMATS\n{conf.read_text()}")
    ended = run(tiny.root, "kuratorium.cli.main", "build")
    assert ended.returncode == 2
    assert "pelicanconf.py: is of an earlier version: No module named 'kuratorium.formats'" in ended.stderr
    assert 'write "from kuratorium.defaults import *"' in ended.stderr
    assert not (tiny.root / "output").exists()


def test_a_theme_may_be_named_in_a_plugins_template(tiny: TinyEdition, build: Build) -> None:
    """With other plugins a template may read Pelican's own names: `articles`, and `article` of a post's page."""
    theme = own_theme(tiny)
    base = theme / "templates/base.html"
    base.write_text(
        base.read_text().replace(
            "</body>", "<i>{{ articles|length }} {{ article.title if article is defined }}</i></body>"
        )
    )
    tiny.write("plugins/own.py", "def register():\n    pass\n")
    build('PLUGIN_PATHS = ["plugins"]\nPLUGINS = ["own"]')
    note = soup(tiny.root, "notizen/erste-notiz.html").find_all("i")[-1]
    assert note.get_text() == "1 Titel von erste-notiz"

import re
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.bundles import BUNDLE_NAME, Bundler
from tests.editions import TinyEdition
from tests.publishing.build.test_run import own_theme, tree


def write_theme(root: Path, files: dict[str, str]) -> Bundler:
    """Write files of a theme's static folder; return a bundler that publishes them below theme/."""
    for name, text in files.items():
        path = root / "theme/static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Bundler(root, "theme", {f"theme/{name}": f"theme/static/{name}" for name in files})


def build(root: Path, files: dict[str, str], name: str = "css/site.css") -> tuple[str, str]:
    """Return the path and the text of the bundle of these files."""
    bundle = write_theme(root, files).build(name)
    assert bundle
    return bundle.path, bundle.data.decode()


def test_a_style_sheet_holds_what_it_imports_in_its_order(tmp_path: Path) -> None:
    """Imports are put in place, however deep and in whatever spelling; one for a medium keeps its medium."""
    path, text = build(
        tmp_path,
        {
            "css/site.css": '@charset "utf-8";\n@import "a.css";\n@import url(b.css) print;\n'
            '/* @import "no.css"; */ p { top: 3px }',
            "css/a.css": "@import 'c.css';\na { top: 1px }",
            "css/b.css": "b { top: 2px }",
            "css/c.css": 'i::before { content: "@import /* ↗ */" }',
        },
    )
    assert text == 'i::before{content:"@import /* ↗ */"}a{top:1px}@media print{b{top:2px}}p{top:3px}'
    assert re.fullmatch(r"theme/css/site\.[0-9a-f]{10}\.css", path)
    assert BUNDLE_NAME.search(path)


def test_namespaces_stand_before_all_rules(tmp_path: Path) -> None:
    """A namespace after a rule would count for nothing, and the sheet of feeds needs several."""
    sheet = '@import "a.css";\n@namespace x "http://x.example/";\nx|a { top: 0 }'
    _, text = build(tmp_path, {"css/site.css": sheet, "css/a.css": "a { top: 1px }"})
    assert text == '@namespace x "http://x.example/";a{top:1px}x|a{top:0}'


def test_addresses_within_a_sheet_lead_where_they_led(tmp_path: Path) -> None:
    """A picture is named relative to the sheet that names it, so an imported sheet of another folder is rewritten."""
    part = "a { background: url(sign.svg); mask: url('data:x'); cursor: url(#x) }"
    _, text = build(tmp_path, {"css/site.css": '@import "own/a.css";', "css/own/a.css": part})
    assert text == "a{background:url(\"own/sign.svg\");mask:url('data:x');cursor:url(#x)}"


def test_the_name_tells_the_bytes(tmp_path: Path) -> None:
    """Another byte anywhere, also in an imported file, gives another name; the same bytes always give the same one."""
    text = 'import { b } from "./b.js";\nawait import("./c.js");'
    files = {"js/a.js": text, "js/b.js": "export let b;", "js/c.js": ""}
    path, text = build(tmp_path, files, "js/a.js")
    assert re.fullmatch(
        r'import \{ b \} from "\./b\.[0-9a-f]{10}\.js";\nawait import\("\./c\.[0-9a-f]{10}\.js"\);', text
    )
    assert build(tmp_path, files, "js/a.js") == (path, text)
    assert build(tmp_path, {**files, "js/c.js": "1"}, "js/a.js")[0] != path


def test_words_in_scripts_are_no_imports(tmp_path: Path) -> None:
    """Only what imports a file by a relative address is rewritten: no comment, no text, no address of a host."""
    text = '// import "./no.js"\n/* from "./no.js" */\na = "import \'./no.js\'";\nexport default a;\nimport("/x.js");\n'
    assert build(tmp_path, {"js/a.js": text}, "js/a.js")[1] == text


@pytest.mark.parametrize(
    ("name", "files", "message"),
    [
        ("css/site.css", {"css/site.css": '\n@import "none.css";'}, 'site.css:2: imports "none.css", which is no file'),
        ("js/a.js", {"js/a.js": 'import "./b.js";'}, 'a.js:1: imports "./b.js", which is no file of the theme'),
        ("css/site.css", {"css/site.css": '@import "site.css";'}, "which would never end"),
        ("js/a.js", {"js/a.js": 'import "./b.js";', "js/b.js": 'import "./a.js";'}, "which would never end"),
        ("css/site.css", {"css/site.css": '@import "a.css" layer(x);', "css/a.css": ""}, "Write @layer or @supports"),
    ],
)
def test_an_import_that_cannot_be_followed_is_an_error(
    tmp_path: Path, name: str, files: dict[str, str], message: str
) -> None:
    """The error names file and line."""
    with pytest.raises(EditionError, match=re.escape(message)):
        write_theme(tmp_path, files).build(name)


def test_a_page_loads_one_style_sheet_under_a_name_that_changes_with_it(tiny: TinyEdition) -> None:
    """An edit of a part gives the sheet a new name on all pages; the old file goes, and a full build is the same."""
    theme = own_theme(tiny)
    build_site(tiny.root)
    output = tiny.root / "output"
    (old,) = re.findall(r'rel="stylesheet" href="(.+?)"', (output / "index.html").read_text())
    assert (output / old).is_file()
    (theme / "static/css/post.css").write_text("article { top: 0 }")
    changed = build_site(tiny.root).changed_paths
    (new,) = re.findall(r'rel="stylesheet" href="(.+?)"', (output / "index.html").read_text())
    assert {old, new, "index.html", "404.html", "notizen/erste-notiz.html"} <= changed
    assert ((output / old).exists(), "article{top:0}" in (output / new).read_text()) == (False, True)
    assert not {"feed.xml", "mail/notizen/erste-notiz.html"} & changed
    incremental = tree(output)
    (tiny.root / "var/build.sqlite3").unlink()
    build_site(tiny.root)
    assert tree(output) == incremental


def test_feeds_do_without_a_style_sheet_that_is_deleted(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """No feed names its bundle any more, and the headers for it go: a full build is the same."""
    theme = own_theme(tiny)
    monkeypatch.setattr("kuratorium.program.theme.PROGRAM_THEME", str(theme))  # else ours takes its place
    build_site(tiny.root)
    (theme / "static/css/feed.css").unlink()
    changed = build_site(tiny.root).changed_paths
    assert {"feed.xml", "feed.atom", "_headers"} <= changed
    incremental = tree(tiny.root / "output")
    (tiny.root / "var/build.sqlite3").unlink()
    build_site(tiny.root)
    assert tree(tiny.root / "output") == incremental


def test_a_bundle_that_is_gone_comes_back(tiny: TinyEdition) -> None:
    """A build repairs bundles as it does other files of the site."""
    build_site(tiny.root)
    (sheet,) = (tiny.root / "output/theme/css").glob("site.*.css")
    before = sheet.read_bytes()
    sheet.write_text("fremd")
    assert build_site(tiny.root).changed_paths == {f"theme/css/{sheet.name}"}
    assert sheet.read_bytes() == before


def test_a_template_that_names_no_file_is_an_error(tiny: TinyEdition) -> None:
    """The error names the template and the line."""
    base = own_theme(tiny) / "templates/base.html"
    base.write_text(base.read_text().replace("css/site.css", "css/nichts.css"))
    with pytest.raises(EditionError, match=r'base\.html:\d+: .*asset\("css/nichts\.css"\) names no style sheet'):
        build_site(tiny.root)

import io
from pathlib import Path

import pytest
from PIL import Image

from kuratorium.edition import loader
from kuratorium.edition.pictures.logo import find_logo, read_logo
from kuratorium.errors import Problem
from tests.editions import POLICY, TinyEdition, draw_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 32">{}</svg>'
LINE = '<path d="M0 26h44"/>'


def draw_transparent() -> bytes:
    """Return a PNG in which nothing can be seen."""
    stream = io.BytesIO()
    Image.new("RGBA", (200, 200)).save(stream, "PNG")
    return stream.getvalue()


def check(tiny: TinyEdition, name: str, data: bytes | str = SVG.format(LINE)) -> Problem:
    """Return the one problem of an edition whose logo has these bytes."""
    tiny.write(f"content/{name}", data)
    tiny.yaml("policy", POLICY | {"logo": name})
    (problem,) = loader.read_edition(tiny.root)[1]
    return problem


def read(root: Path, data: str) -> str:
    """Return the shapes of an SVG."""
    (root / "content").mkdir(exist_ok=True)
    (root / "content/logo.svg").write_text(data)
    return read_logo(root, "logo.svg").shapes


@pytest.mark.parametrize(
    ("name", "data", "message", "hint"),
    [
        ("logo.gif", draw_picture(200, 200, "GIF"), "logo.gif is neither an SVG nor a PNG", "images/logo.svg"),
        ("logo.png", draw_picture(200, 200, "JPEG"), "of the format JPEG, not PNG", "as PNG"),
        ("logo.png", b"", "no picture that can be read", "JPEG, PNG"),
        ("logo.png", draw_picture(179, 400), "too small: 179 x 400 pixels", "at least 180 pixels"),
        ("logo.png", draw_transparent(), "all of this picture is transparent", "what is to be seen"),
        ("logo.png", draw_picture(1000, 200), "too wide: 1000 x 200", "at most 4 times"),
        ("logo.png", draw_picture(200, 1000), "too high: 200 x 1000", "at most 4 times"),
        ("logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "has no size", "viewBox"),
        ("logo.svg", "<svg><path/></svg>", "not with <svg xmlns=", "plain SVG"),
        ("logo.svg", "Ein Zeichen", "line 1: this is not SVG (syntax error)", "plain SVG"),
        ("logo.svg", SVG.format("<path>"), "this is not SVG (mismatched tag)", "plain SVG"),
        ("logo.svg", SVG.format("\n<script>alert(1)</script>"), "line 2: <script> may run a script", "Leave it out"),
        ("logo.svg", SVG.format("<g><foreignObject/></g>"), "<foreignObject> may run", "Leave it out"),
        ("logo.svg", SVG.format('\n\n<path onclick="x()"/>'), "line 3: onclick=… runs a script", "Leave it out"),
        ("logo.svg", SVG.format('<metadata><a onload="x()"/></metadata>'), "onload=… runs a script", "Leave it out"),
        ("logo.svg", SVG.format('<image href="https://a.example/x.png"/>'), "loads from elsewhere", "into the file"),
        ("logo.svg", SVG.format('<image href="neben.png"/>'), 'href="neben.png" loads from elsewhere', "into the file"),
        ("logo.svg", SVG.format('<use href="javascript:x()"/>'), "loads from elsewhere", "into the file"),
        ("logo.svg", SVG.format('<g fill="url(https://a.example/#b)"/>'), "fill=… loads from elsewhere", "into the"),
        ("logo.svg", SVG.format("<style>@import 'a.css';</style>"), "its style loads from elsewhere", "into the file"),
        ("logo.svg", SVG.format("<text>W</text>"), "a font that others do not have", "into paths"),
        ("logo.svg", f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG.format(LINE)}', "declares an entity", "ENTITY"),
        ("logo.svg", SVG.format(f"<!--{'x' * 1_000_000}-->"), "1.0 MB", "plain SVG"),
    ],
)
def test_what_cannot_be_a_logo_is_an_error_of_its_field(
    tiny: TinyEdition, name: str, data: bytes | str, message: str, hint: str
) -> None:
    """With file and line of the policy, what is wrong, and what to do; an SVG's own line is named, too."""
    problem = check(tiny, name, data)
    lines = (tiny.root / "curation/policy.yaml").read_text().splitlines()
    assert (problem.file, problem.field) == ("curation/policy.yaml", "logo")
    assert lines[problem.line - 1] == f"logo: {name}"
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize("name", ["fehlt.svg", "../curation/policy.yaml", "images"])
def test_a_logo_is_a_file_below_content(tiny: TinyEdition, name: str) -> None:
    """Any other path is told, and nothing is read there."""
    tiny.yaml("policy", POLICY | {"logo": name})
    (problem,) = loader.read_edition(tiny.root)[1]
    assert problem.field == "logo"
    assert find_logo(tiny.root, name) is None


def test_a_plain_drawing_becomes_a_part_of_pages(tmp_path: Path) -> None:
    """Its shapes are written anew, without what drawing programs note; attributes of the first tag are kept."""
    data = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://ink.example/" viewBox="0 0 4 2" fill="none" id="a">'
        "<title>Ein &lt;Zeichen&gt;</title><metadata><i:x>x</i:x></metadata><i:view/>"
        '<g stroke="currentColor" i:label="x"><path d="M0 1&#10;h4" data-x="1"></path></g></svg>'
    )
    assert read(tmp_path, data) == '<g fill="none"><g stroke="currentColor"><path d="M0 1 h4"/></g></g>'


@pytest.mark.parametrize(
    "inner",
    [
        '<linearGradient id="a"/><path fill="url(#a)" d="M0 0h4v4z"/>',
        "<style>path{fill:red}</style><path d='M0 0h4v4z'/>",
        '<path style="fill:red" d="M0 0h4v4z"/>',
        '<path class="card" d="M0 0h4v4z"/>',
        f'<path d="M0 0{"h1" * 3_000}"/>',
    ],
)
def test_what_needs_more_than_shapes_is_shown_as_a_picture(tmp_path: Path, inner: str) -> None:
    """Styles are forbidden in pages, classes have another meaning there, and long drawings would weigh on each page."""
    assert read(tmp_path, SVG.format(inner)) == ""
    assert read_logo(tmp_path, "logo.svg").width == 44

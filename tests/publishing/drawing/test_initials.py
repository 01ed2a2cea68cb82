import io
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from PIL import Image

from kuratorium.publishing.build_command import build_site
from tests.editions import PODCAST, POLICY, TinyEdition, draw_picture

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#7a1fa2" d="M0 0h40v20H0z"/></svg>'
COLOURS = {"link": {"day": "#7a1fa2", "night": "#d9a7f0"}, "route": {"day": "#d81b60", "night": "#f06292"}}
VIOLET, PINK = (122, 31, 162), (216, 27, 96)
DRAWN = ("favicon.ico", "apple-touch-icon.png", "icon-144.png", "icon-192.png", "icon-512.png", "index.card.png")


def build(tiny: TinyEdition, **policy: Any) -> dict[str, bytes]:
    """Build the edition with these lines in its policy; return the files of the site."""
    tiny.yaml("policy", POLICY | policy)
    build_site(tiny.root)
    return site(tiny.root / "output")


def site(output: Path) -> dict[str, bytes]:
    """Return the files of a site."""
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def read_colours(data: bytes) -> set[tuple[int, ...]]:
    """Return the colours of a picture."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    return {colour for _, colour in picture.getcolors(1_000_000) or []}  # type: ignore[misc] # of RGB


def find_marks(page: bytes) -> list[Any]:
    """Return the marks of a page."""
    return BeautifulSoup(page, "html.parser").select(".mark")


def record(tiny: TinyEdition) -> None:
    """Add a talk with a recording, which makes a podcast of its series."""
    audio = {"url": "https://ton.example/a.mp3", "bytes": 1, "type": "audio/mpeg"}
    times = {"start": "2026-09-01T17:00:00+02:00", "end": "2026-09-01T18:00:00+02:00"}
    tiny.talk("abend", series={"id": "abende", "position": 1}, media={"audio": audio}, **times)


def test_a_site_without_a_logo_has_a_mark_of_its_name(tiny: TinyEdition) -> None:
    """The letters stand in head and foot of each page, and no page, card or icon has the sample's switch."""
    files = build(tiny)
    for path in ("index.html", "notizen/erste-notiz.html", "404.html"):
        head, foot = find_marks(files[path])
        assert head == foot
        assert str(head["viewbox"]).endswith(" 32")
        assert head.select_one("path.mark-branch")
    assert not [path for path, data in files.items() if path.endswith((".html", ".svg")) and b"27 9h17" in data]
    assert "logo.png" not in files
    assert "theme/icon.svg" not in files


def test_the_mark_stands_on_every_surface(tiny: TinyEdition) -> None:
    """Pages, card, icons, manifest, cover, feeds, JSON-LD, the calendar and a page that moved name or show it."""
    tiny.write("content/eigen/logo.svg", LOGO)
    tiny.essay("neu", aliases=["/alt.html"])
    record(tiny)
    files = build(tiny, logo="eigen/logo.svg", podcast=PODCAST)
    marks = find_marks(files["index.html"])
    assert [mark.path["fill"] for mark in marks] == ["#7a1fa2", "#7a1fa2"]
    covers = [path for path in files if re.search(r"podcast-[0-9a-f]{12}\.png$", path)]
    assert len(covers) == 1
    for path in (*DRAWN, *covers):
        assert VIOLET in read_colours(files[path]), path
    site_icon = "https://weichenwerk.example/icon-512.png"
    graph = json.loads(BeautifulSoup(files["index.html"], "html.parser").find(type="application/ld+json").text)
    (publisher,) = [node for node in graph["@graph"] if node["@type"] == "Organization"]
    assert publisher["logo"]["url"] == site_icon
    assert json.loads(files["feed.json"])["icon"] == site_icon
    assert f"<icon>{site_icon}</icon>".encode() in files["feed.atom"]
    assert site_icon.encode() in files["kalender.ics"].replace(b"\r\n ", b"")
    assert b'href="favicon.ico"' in files["alt.html"]
    assert {icon["src"] for icon in json.loads(files["manifest.webmanifest"])["icons"]} <= files.keys()
    assert "eigen/logo.svg" not in files, "pages need no file of it"


def test_a_logo_in_pixels_is_shown_small_and_whole(tiny: TinyEdition) -> None:
    """The file of the editor stays at home; pages load a small one, whose size they know."""
    tiny.write("content/images/logo.png", draw_picture(1200, 600))
    files = build(tiny, logo="images/logo.png")
    for path, address in (("index.html", "logo.png"), ("notizen/erste-notiz.html", "../logo.png")):
        for mark in find_marks(files[path]):
            assert (mark["src"], mark["width"], mark["height"], mark["alt"]) == (address, "64", "32", "")
    assert Image.open(io.BytesIO(files["logo.png"])).size == (192, 96)
    assert "images/logo.png" not in files


def draw_black() -> bytes:
    """Return a black square as PNG."""
    stream = io.BytesIO()
    Image.new("RGB", (200, 200)).save(stream, "PNG")
    return stream.getvalue()


def test_a_logo_that_one_scheme_hides_stands_on_a_plate_on_pages(tiny: TinyEdition) -> None:
    """In head and foot, whether its file becomes a part of the page or a picture."""
    for name, data, classes in (
        ("weiss.svg", LOGO.replace("#7a1fa2", "#fff"), ["mark", "plate", "plate-night"]),
        ("grau.svg", LOGO.replace("#7a1fa2", "#6b7c77"), ["mark"]),
        ("schwarz.png", draw_black(), ["mark", "plate", "plate-day"]),
    ):
        tiny.write(f"content/eigen/{name}", data)
        files = build(tiny, logo=f"eigen/{name}")
        assert [mark["class"] for mark in find_marks(files["notizen/erste-notiz.html"])] == [classes, classes], name


def test_the_theme_and_mail_have_the_colours_of_the_edition(tiny: TinyEdition) -> None:
    """Those of links and of the line in an issue by mail; the bar of a browser has the paper of the theme's tokens."""
    theme = tiny.root / "theme"
    original = theme.resolve()
    theme.unlink()
    shutil.copytree(original, theme)
    tokens = theme / "static/css/tokens.css"
    tokens.write_text(tokens.read_text().replace("#fbfcfa", "#fffdf5"))
    body = "> Ein Satz.\n\n[Mehr](https://a.example/)"
    tiny.post("content/digests/nr-1.md", body=body, period={"from": "2026-09-21", "to": "2026-09-27"})
    files = build(tiny, colours=COLOURS)
    metas = BeautifulSoup(files["index.html"], "html.parser").select("meta[name=theme-color]")
    assert [meta["content"] for meta in metas] == ["#fffdf5", "#111917"]
    mail = BeautifulSoup(files["presseschau/nr-1.mail.html"], "html.parser")
    assert "color: #7a1fa2" in mail.select_one("p a[href^='https://a.example']")["style"]
    assert "#d81b60" in mail.blockquote["style"]
    assert "background-color: #fffdf5" in mail.body["style"]


def test_own_colours_are_in_the_one_style_sheet_and_on_cards(tiny: TinyEdition) -> None:
    """Under a new name, after those of the theme; pages have no inline style, which the policy of content forbids."""
    before = build(tiny)
    after = build(tiny, colours=COLOURS)
    sheets = [path for path in after if re.fullmatch(r"theme/css/site\.[0-9a-f]{10}\.css", path)]
    assert len(sheets) == 1
    assert sheets[0] not in before
    rules = after[sheets[0]].decode()
    assert rules.index("--link:light-dark(#0b5c58") < rules.index("--link:light-dark(#7a1fa2,#d9a7f0)")
    assert "--on-route:light-dark(#fbfcfa,#111917)" in rules
    assert sheets[0].encode() in after["index.html"]
    assert b"#7a1fa2" not in after["index.html"]
    assert PINK in read_colours(after["index.card.png"]) - read_colours(before["index.card.png"])


def test_an_incremental_build_equals_a_full_one(tiny: TinyEdition) -> None:
    """Whatever comes, changes or goes: logo, its bytes, colours, the site's name; the same again has the same bytes."""
    tiny.write("content/eigen/logo.svg", LOGO)
    record(tiny)
    other = TinyEdition(tiny.root.parent / "other")
    settings = tiny.root / "pelicanconf.py"

    def rename() -> None:
        settings.write_text(settings.read_text().replace('"Weichenwerk"', '"Kuratorium Digital"'))

    def redraw() -> None:
        tiny.write("content/eigen/logo.svg", LOGO.replace("#7a1fa2", "#1f7aa2"))

    first = build(tiny, podcast=PODCAST)
    seen = [first]
    for policy, change in (
        ({"logo": "eigen/logo.svg"}, None),
        ({"logo": "eigen/logo.svg"}, redraw),
        ({"logo": "eigen/logo.svg", "colours": COLOURS}, None),
        ({"colours": COLOURS}, None),
        ({}, None),
        ({}, rename),
    ):
        if change:
            change()
        files = build(tiny, podcast=PODCAST, **policy)
        assert files == rebuild(tiny, other), policy
        seen.append(files)
    assert seen[5] == first
    assert all(before != after for before, after in pairwise(seen))


def rebuild(tiny: TinyEdition, other: TinyEdition) -> dict[str, bytes]:
    """Return the files of a copy of the edition that is built from nothing."""
    shutil.rmtree(other.root, ignore_errors=True)
    shutil.copytree(tiny.root, other.root, symlinks=True, ignore=shutil.ignore_patterns("output", "var"))
    build_site(other.root)
    return site(other.root / "output")


def test_an_edit_of_a_note_draws_no_mark_anew(tiny: TinyEdition) -> None:
    """Only the note and what shows it change."""
    build(tiny)
    note: Path = tiny.root / "curation/notes/2026/erste-notiz.md"
    note.write_text(note.read_text() + "\nMehr.\n")
    before = site(tiny.root / "output")
    build_site(tiny.root)
    after = site(tiny.root / "output")
    changed = {path for path in after if after[path] != before.get(path)}
    assert "notizen/erste-notiz.html" in changed
    assert not changed & {*DRAWN, "404.html"}

import shutil

import pytest

from kuratorium.desk.check import run_checks
from kuratorium.errors import EditionError, Problem
from kuratorium.publishing.addresses import check_addresses
from kuratorium.publishing.build_command import build_site
from tests.cli.program import kuratorium
from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.build.test_run import tree
from tests.publishing.histories.workspace import replace_setting
from tests.publishing.makers import NOON


def refuse(tiny: TinyEdition) -> list[Problem]:
    """Return the problems for which a build is refused, which `check` reports as well; the site stays as it is."""
    before = tree(tiny.root / "output")
    with pytest.raises(EditionError) as refused:
        build_site(tiny.root)
    assert tree(tiny.root / "output") == before
    assert set(refused.value.problems) == set(
        run_checks(tiny.root, lambda edition: check_addresses(edition, NOON)).errors
    )
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("feed.xml", "feed.xml/index.html would need feed.xml, the address of another page, as a folder"),
        ("/feed.xml/", "feed.xml/index.html would need feed.xml, the address of another page, as a folder"),
        ("index.html", "index.html is the address of another page"),
        ("notizen/erste-notiz.html", "notizen/erste-notiz.html is the address of another page"),
        ("notizen/./zweite.html", "notizen/zweite.html is the address of another page"),
        ("impressum.html/alt.html", "impressum.html/alt.html would need impressum.html, the address of another page"),
        ("media/ton.mp3", "media/ton.mp3/index.html would need media/ton.mp3, the address of content/media/ton.mp3"),
        ("media/a.html", "media/a.html is the address of content/media/a.html"),
        ("media/b.html", "media/b.html is the folder of content/media/b.html/c.txt"),
        ("theme/css/base.css", "theme/css/base.css/index.html would need theme/css/base.css, the address of theme"),
        ("frueher", "frueher/index.html is the address of curation/notes/2026/dritte.md"),
        ("frueher/index.html/x", "frueher/index.html/x/index.html would need frueher/index.html, the address of cur"),
        ("CNAME", "CNAME/index.html belongs to what OUTPUT_RETENTION keeps"),
    ],
)
def test_an_alias_never_takes_the_place_of_another_file(tiny: TinyEdition, alias: str, message: str) -> None:
    """Neither that of a page, a feed or a file, nor as a folder that would replace one: the line is named."""
    for file in ("ton.mp3", "a.html", "b.html/c.txt"):
        tiny.write(f"content/media/{file}", "da")
    tiny.note("dritte", aliases=["frueher"], uid="dritte0001")
    build_site(tiny.root)
    tiny.note("zweite", aliases=["ganz/anders.html", alias], uid="zweite0001")
    (problem,) = refuse(tiny)
    assert problem.message.startswith(message)
    assert (problem.file, problem.field) == ("curation/notes/2026/zweite.md", "aliases[1]")
    assert problem.line > 1
    assert problem.hint.startswith("Delete this alias")


@pytest.mark.parametrize(
    ("alias", "other"),
    [
        ("Notizen/Erste-Notiz.html", "notizen/erste-notiz.html, the address of another page"),
        ("FRÜHER", "früher/index.html, the address of curation/notes/2026/dritte.md"),
        ("Media/Ton.MP3/index.html", "media/ton.mp3/index.html, the address of content/media/ton.mp3/index.html"),
    ],
)
def test_an_alias_that_differs_only_in_case_is_an_error(tiny: TinyEdition, alias: str, other: str) -> None:
    """A disk or a host that tells no case would show the redirect in the other's place; one post may have both."""
    tiny.write("content/media/ton.mp3/index.html", "Ton")
    tiny.note("dritte", aliases=["früher", "Früher"], uid="dritte0001")
    build_site(tiny.root)
    tiny.note("zweite", uid="zweite0001", aliases=["ganz/anders.html", alias])
    (problem,) = refuse(tiny)
    assert problem.message.endswith(f" differs only in case from {other}")
    assert (problem.file, problem.field) == ("curation/notes/2026/zweite.md", "aliases[1]")


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("FEED.XML", "FEED.XML/index.html would need feed.xml, the address of another page, as a folder"),
        ("Notizen/Erste-Notiz.html/alt", "Notizen/Erste-Notiz.html/alt/index.html would need notizen/erste-notiz.html"),
    ],
)
def test_a_folder_that_differs_only_in_case_is_one(tiny: TinyEdition, alias: str, message: str) -> None:
    """On such a disk, the folder of a redirect would take the place of a feed."""
    tiny.note("zweite", uid="zweite0001", aliases=[alias])
    messages = [problem.message for problem in refuse(tiny)]
    assert any(message in found for found in messages)


@pytest.mark.parametrize("name", ["w" * 255, "ö" * 127 + "w"])
def test_a_name_of_255_bytes_is_the_longest(tiny: TinyEdition, name: str) -> None:
    """One byte more is an error of `check` with its line, and of the build."""
    tiny.note("zweite", uid="zweite0001", aliases=[name])
    assert kuratorium(tiny.root, "check").returncode == 0
    build_site(tiny.root)
    assert (tiny.root / "output" / name / "index.html").is_file()
    file = tiny.note("zweite", uid="zweite0001", aliases=[f"{name}w"])
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if text.startswith("aliases"))
    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == EditionError.exit_code
    assert f"zweite.md:{line}: aliases[0]: die Adresse ist zu lang für eine Datei" in checked.stderr
    with pytest.raises(EditionError, match="too long for a file"):
        build_site(tiny.root)


@pytest.mark.parametrize("alias", ["w" * 300, "ö" * 130, "w" * 251 + ".html", "w/" * 2500])
def test_an_alias_fits_on_the_disk(tiny: TinyEdition, alias: str) -> None:
    """A name has at most 255 bytes, with what a build adds to it, and a path has a limit, too."""
    tiny.note("zweite", uid="note-two", aliases=[alias])
    (problem,) = refuse(tiny)
    assert problem.file == "curation/notes/2026/zweite.md"
    assert problem.line
    assert "too long for a file" in problem.message


def test_one_former_address_may_be_written_twice_in_one_post(tiny: TinyEdition) -> None:
    """Spellings of the same address lead to one page."""
    tiny.note("zweite", aliases=["alt/weg", "/alt/weg/", "alt//weg"])
    build_site(tiny.root)
    assert (tiny.root / "output/alt/weg/index.html").is_file()
    assert build_site(tiny.root).written_count == 0


def test_a_page_never_takes_the_place_of_another(tiny: TinyEdition) -> None:
    """A standalone page named like a list of the site is reported."""
    build_site(tiny.root)
    tiny.page("themen")
    (problem,) = refuse(tiny)
    assert (problem.file, problem.message) == ("content/pages/themen.md", "themen.html is the address of another page")


def test_a_new_file_never_takes_the_place_of_a_page(tiny: TinyEdition) -> None:
    """Also if nothing but this file is new."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(replace_setting(settings.read_text(), "STATIC_PATHS", ["extra"]))
    tiny.write("content/extra/a.txt", "a")
    tiny.note("zweite", aliases=["extra/alt.html"])
    build_site(tiny.root)
    tiny.write("content/extra/alt.html", "Datei")
    (problem,) = refuse(tiny)
    assert problem.message == "extra/alt.html is the address of content/extra/alt.html"


def test_check_tells_of_a_taken_address(tiny: TinyEdition) -> None:
    """`kuratorium check` plans the site, and ends with 2."""
    tiny.note("zweite", aliases=["feed.xml"])
    ended = kuratorium(tiny.root, "check")
    assert ended.returncode == 2
    assert "feed.xml" in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        (
            "content/images/karte.svg",
            '<svg xmlns="http://www.w3.org/2000/svg">\n<image href="//fern.example/a.png"/></svg>',
            2,
        ),
        ("content/media/seite.html", '<!doctype html>\n<script src="https://fern.example/a.js"></script>', 2),
        ("content/anhang/seite.HTM", '<img src="https://fern.example/a.png">', 1),
        ("theme/static/css/own.css", "\n\n@import 'https://fern.example/base.css';", 3),
        ("theme/templates/partials/own.html", '<link rel="stylesheet"\nhref="https://fern.example/{{ x }}.css">', 1),
    ],
)
def test_no_published_file_and_no_template_asks_another_host(
    tiny: TinyEdition, file: str, text: str, line: int
) -> None:
    """Pictures, pages and styles that are published as they are: an error with file and line, and no build."""
    theme = tiny.root / "theme"
    theme.unlink()
    shutil.copytree(REPOSITORY / "theme", theme)
    build_site(tiny.root)
    tiny.write(file, text)
    tiny.note("mit-anhang", body="Siehe [dort]({static}/anhang/seite.HTM)." if "anhang" in file else "Ganz von hier.")
    (problem,) = refuse(tiny)
    assert (problem.file, problem.line) == (file, line)
    assert "another host: " in problem.message
    assert problem.hint
    with pytest.raises(EditionError):  # not only while it is new
        build_site(tiny.root)
    tiny.write(file, text.replace("https://fern.example/", "").replace("//fern.example/", ""))
    build_site(tiny.root)


def test_a_file_that_is_not_published_may_hold_anything(tiny: TinyEdition) -> None:
    """Neither a drawing that no post shows, nor a page in a folder that is not copied, stops a build."""
    tiny.write("content/entwurf/seite.html", '<img src="https://fern.example/a.png">')
    build_site(tiny.root)
    assert run_checks(tiny.root, lambda edition: check_addresses(edition, NOON)).errors == ()

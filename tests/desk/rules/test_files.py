"""Files that nothing reads, names that deceive, seen files with an unfinished merge."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kuratorium.desk import check
from kuratorium.edition.paths import PEOPLE_FILE
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.drawing.pictures import can_draw
from tests.cli.program import kuratorium
from tests.editions import PEOPLE, POLICY, REPOSITORY, SOURCES, TinyEdition, draw_picture

NOTHING = "nothing reads this file"


def list_problems(tiny: TinyEdition) -> list[tuple[str, str, str]]:
    """Return file, message and hint of all problems."""
    result = check.run_checks(tiny.root)
    return [(problem.file, problem.message, problem.hint) for problem in (*result.errors, *result.warnings)]


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("content/notes/a.md", "Move it to curation/notes/;"),
        ("content/interview/a.md", "Move it to content/interviews/;"),
        ("content/a.md", "Move it to the folder of its format (curation/notes/, content/interviews/,"),
        ("content/posts/a.MD", "Move it to the folder of its format"),
        ("content/texte/a.txt", "Move it to the folder of its format"),
        ("curation/a.md", "Move it to curation/notes/;"),
        ("curation/note/2026/a.markdown", "Move it to curation/notes/, with a name that ends in .md (a.md);"),
        ("curation/seen/amtsblog.md", "curation/seen/ holds what a pull writes, one .txt file per source:"),
        ("curation/source.yaml", "Did you mean curation/sources.yaml?"),
        ("curation/people.yml", "Did you mean curation/people.yaml?"),
        ("curation/Topics.yaml", "Did you mean curation/topics.yaml?"),
        ("curation/sources/amtsblog.yaml", "Read are curation/sources.yaml, curation/people.yaml,"),
        ("content/people.yaml.md", "Move it to the folder of its format"),
        ("a.md", "Move it to the folder of its format"),
        ("notes/2026/a.md", "Move it to curation/notes/;"),
        ("essays/a.md", "Move it to content/essays/;"),
        ("_drafts/a.md", "Move it to the folder of its format"),
        ("Curation/notes/a.md", "Move it to curation/notes/;"),
        ("Content/Essays/a.md", "Move it to content/essays/;"),
        ("people.yaml", "Did you mean curation/people.yaml?"),
        ("curation/.notes/a.md", "Rename it to curation/notes/a.md, without a dot;"),
        ("content/essays/.a.md", "Rename it to content/essays/a.md, without a dot;"),
        ("curation/people.yaml.bak", "Delete it, if curation/people.yaml has all that it holds;"),
        ("curation/topics.yaml.orig", "Delete it, if curation/topics.yaml has all that it holds;"),
        ("curation/policy.yaml-old.txt", "Delete it, if curation/policy.yaml has all that it holds;"),
        ("content/media/a.srt", "Write its words into the post: kuratorium transcript POST --from content/media/a.srt"),
        ("content/media/a.SBV", "Write its words into the post: kuratorium transcript POST --from content/media/a.SBV"),
        ("curation/images/a.png", "Pictures belong in content/images/."),
        ("content/bilder/a.png", "Pictures belong in content/images/."),
        (
            "content/favicon.ico",
            'Move it to content/media/, or add to pelicanconf.py: STATIC_PATHS = [*STATIC_PATHS, "fav',
        ),
        ("content/extra/plan.pdf", "Move it to content/media/, or add to pelicanconf.py:"),
    ],
)
def test_a_file_that_nothing_reads_is_reported(tiny: TinyEdition, file: str, hint: str) -> None:
    """A text or registry in a wrong folder or under a wrong name: the warning says where it would be read."""
    tiny.write(file, "---\ntitle: x\n---\nText\n")
    ((found, message, advice),) = list_problems(tiny)
    assert (found, message) == (file, NOTHING)
    assert advice.startswith(hint)


@pytest.mark.parametrize(
    "file", ["content/essays/a.markdown", "curation/notes/a.MD", "curation/inbox/a.txt", "content/pages/a.md.txt"]
)
def test_a_text_without_its_suffix_is_an_error(tiny: TinyEdition, file: str) -> None:
    """In a folder of posts, and in the inbox, the hint is the right name."""
    tiny.write(file, "---\ntitle: x\n---\nText\n")
    assert list_problems(tiny) == [(file, "this file is not a post", "Rename it to a.md.")]


def test_what_is_copied_or_named_is_read(tiny: TinyEdition) -> None:
    """Files of folders in STATIC_PATHS, files named there and linked files are published, pictures of people drawn."""
    for name in ("extra/a.bin", "CNAME", "images/unter/a.bin", "anlagen/b.pdf"):
        tiny.write(f"content/{name}", b"x")
    tiny.write("content/essays-bilder/ada.png", draw_picture(200, 200))
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(f'{settings.read_text()}\nSTATIC_PATHS = [*STATIC_PATHS, "extra", "CNAME"]\n')
    tiny.essay("plan", body="Der [Plan](../anlagen/b.pdf).")
    assert [file for file, _, _ in list_problems(tiny)] == ["content/essays-bilder/ada.png"]
    image = {"file": "essays-bilder/ada.png", "alt": "Ada", "credit": "Ada"}
    tiny.yaml("people", [PEOPLE[0] | {"image": image}, *PEOPLE[1:]])
    assert list_problems(tiny) == []


def test_a_fifo_is_not_waited_for(tiny: TinyEdition) -> None:
    """A pipe with the name of a hidden post is left alone; it would never end."""
    os.mkfifo(tiny.root / "content/.post.md")
    (tiny.root / "notes").mkdir()
    os.mkfifo(tiny.root / "notes/post.md")
    assert list_problems(tiny) == []


def test_a_folder_of_many_files_is_one_mistake(tiny: TinyEdition) -> None:
    """Three hundred notes in a wrong folder are one warning."""
    for number in range(30):
        tiny.write(f"content/notes/n{number:02}.md", "---\n---\n")
    assert [(file, message) for file, message, _ in list_problems(tiny)] == [
        ("content/notes", "nothing reads these 30 files, such as n00.md")
    ]


def test_what_is_read_or_meant_for_people_is_left_alone(tiny: TinyEdition) -> None:
    """Hidden files, READMEs, leftovers of editors, samples, downloads, and what a post or a source names."""
    for file in (
        *("curation/README.md", "content/README", "content/media/README.txt", "curation/inbox/README.md~"),
        *("content/.gitkeep", "curation/.DS_Store", "content/media/.DS_Store", "content/essays/.#entwurf.md"),
        *("curation/samples/notiz.md", "content/media/zahlen.txt", "content/media/tabelle.json", "curation/folge.opml"),
        *("content/media/skript.md", "curation/feeds/eigener.json", "content/media/mitschnitt.srt"),
        *("liesmich.md", "docs/a.md", "plugins/a.md", ".github/a.md", "curation/.vscode/a.md", "notes/README.md"),
    ):
        tiny.write(file, "{}" if file.endswith(".json") else "Text\n")
    tiny.essay("mit-anhang", body="[Skript]({static}/media/skript.md), [Untertitel]({static}/media/mitschnitt.srt)")
    tiny.yaml("sources", [SOURCES[0] | {"feed": "curation/feeds/eigener.json"}])
    assert list_problems(tiny) == []


@pytest.mark.parametrize("name", ["rechnung\u202efdp.exe", "a\x1b[2J.png", "a\nb.png", "b\U000e0041.png"])
def test_a_deceiving_name_is_an_error(tiny: TinyEdition, name: str) -> None:
    """Names with controls or overrides would garble terminals and pages; messages show them escaped."""
    tiny.write(f"content/media/{name}", "x")
    ((file, message, hint),) = list_problems(tiny)
    assert file.isascii()
    assert "\n" not in file
    assert message.startswith("the name of the file contains the ")
    assert hint == "Rename the file."


def test_the_name_of_a_post_is_an_error_once(tiny: TinyEdition) -> None:
    """Also if it has a slug of its own."""
    tiny.post("content/essays/a\u202eb.md", slug="ab")
    assert [message for _, message, _ in list_problems(tiny)] == [
        "the name of the file contains the U+202E right-to-left override"
    ]


def test_a_merge_in_a_seen_file_or_captions_is_an_error(tiny: TinyEdition) -> None:
    """Whatever a pull or a player makes of it: an editor must finish the merge."""
    line = "0123456789abcdef 2026-10-14 https://amtsblog.example/x\n"
    tiny.write("curation/seen/amtsblog.txt", f"{line}<<<<<<< HEAD\n{line}=======\n>>>>>>> theirs\n")
    tiny.write("content/media/von-niemandem.vtt", "WEBVTT\n\n<<<<<<< HEAD\n")
    assert [(file, message[:25]) for file, message, _ in list_problems(tiny)] == [
        ("content/media/von-niemandem.vtt", "the merge is not finished"),
        ("curation/seen/amtsblog.txt", "the merge is not finished"),
    ]


def git(root: Path, *words: str) -> int:
    """Run git in a folder, and return its exit code."""
    settings = ("-c", "user.name=Anna", "-c", "user.email=a@tiny.example", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *settings, *words], cwd=root, check=False, capture_output=True).returncode


def save_edit(tiny: TinyEdition, word: str) -> None:
    """Change the same lines of every kind of file, and commit them."""
    tiny.essay("aufsatz", uid="essay-one", body=f"Erster Satz.\n\nDas ist {word}.\n\nLetzter Satz.")
    tiny.candidate("wartet", uid="item-one", teaser=f"Ganz {word}.")
    tiny.interview("gespraech", uid="talk-one", body="Einleitung.", media={"transcript": "media/g.vtt"})
    tiny.write("content/media/g.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v anna-berg>Ganz {word}.\n")
    tiny.yaml("sources", [SOURCES[0] | {"name": f"Amtsblog {word}"}])
    tiny.yaml("policy", POLICY | {"quote_budget": len(word)})
    tiny.yaml("series", [{"id": "abende", "name": f"Abende {word}"}])
    tiny.write("curation/seen/amtsblog.txt", f"0123456789abcdef 2026-10-14 https://amtsblog.example/{word}\n")
    assert git(tiny.root, "add", "--all") == git(tiny.root, "commit", "--quiet", "--message", word) == 0


def test_a_merge_that_is_not_finished_is_one_error_per_file(tiny: TinyEdition) -> None:
    """Two editors change the same lines of seven files: `check` names each once, and no build publishes a marker."""
    assert git(tiny.root, "init", "--quiet", "--initial-branch", "main") == 0
    save_edit(tiny, "so")
    assert kuratorium(tiny.root, "build").returncode == 0
    assert git(tiny.root, "checkout", "--quiet", "-b", "other") == 0
    save_edit(tiny, "anders")
    assert git(tiny.root, "checkout", "--quiet", "main") == 0
    save_edit(tiny, "ganz so")
    assert git(tiny.root, "merge", "other") == 1

    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == EditionError.exit_code
    errors = [
        re.sub(r"^error \[(edition|merges|inbox)\]: ", "", line)
        for line in checked.stderr.splitlines()
        if not line.startswith(" ")
    ]
    assert [re.sub(r":\d+: (.*?):.*", r" \1", error) for error in errors] == [
        f"{file} die Zusammenführung ist nicht abgeschlossen"
        for file in (
            "content/essays/aufsatz.md",
            "content/media/g.vtt",
            "curation/inbox/2026-10-13-wartet-item-one.md",
            "curation/policy.yaml",
            "curation/seen/amtsblog.txt",
            "curation/series.yaml",
            "curation/sources.yaml",
        )
    ]
    assert kuratorium(tiny.root, "build").returncode == EditionError.exit_code
    for path in (tiny.root / "output").rglob("*"):
        assert not path.is_file() or b"<<<<<<<" not in path.read_bytes()


@pytest.mark.parametrize(
    "file",
    [
        *("templates/base.html", "templates/partials/own.html", "static/css/base.css", "static/js/own.js"),
        *("translations/de.po", "static/sound.svg"),
    ],
)
def test_an_unfinished_merge_in_the_theme_is_not_published(tiny: TinyEdition, file: str) -> None:
    """Check tells of it with its line, and a build is refused: the markers would be on every page."""
    theme = tiny.root / "theme"
    theme.unlink()
    shutil.copytree(REPOSITORY / "theme", theme)
    (theme / file).parent.mkdir(exist_ok=True)
    old = (theme / file).read_text() if (theme / file).exists() else ""
    (theme / file).write_text("<<<<<<< HEAD\n" + old)
    found = [problem for problem in check.run_checks(tiny.root).errors if "merge" in problem.message]
    assert [(problem.file, problem.line) for problem in found] == [(f"theme/{file}", 1)]
    with pytest.raises(EditionError, match="the merge is not finished"):
        build_site(tiny.root)


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("content/images/plan.svg", "<svg>\n<<<<<<< HEAD\n<g/>\n=======\n>>>>>>> b\n</svg>", 2),
        ("content/images/plan.SVG", "<svg>\r\n<g>\r\n  >>>>>>> b\r\n</g></svg>", 3),
        ("content/media/tabelle.csv", "a;b\n<<<<<<< HEAD\n", 2),
        ("content/media/zahlen.json", "{\n\t<<<<<<< HEAD\n}", 2),
    ],
)
def test_an_unfinished_merge_in_a_file_of_content_is_not_published(
    tiny: TinyEdition, file: str, text: str, line: int
) -> None:
    """Pictures and tables are texts, too, in which git writes its markers, and programs indent them."""
    tiny.write(file, text)
    found = check.run_checks(tiny.root).errors
    assert [(problem.file, problem.line, problem.message[:25]) for problem in found] == [
        (file, line, "the merge is not finished")
    ]
    with pytest.raises(EditionError, match="the merge is not finished"):
        build_site(tiny.root)


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "||||||| 1a2b3c4", ">>>>>>> theirs"])
def test_an_unfinished_merge_in_captions_is_not_published(tiny: TinyEdition, marker: str) -> None:
    """Whichever marker is left between the captions of a post: an error with its line, and no build."""
    captions = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v eva-falk>Ganz ruhig.\n{marker}\n"
    tiny.write("content/media/g.vtt", captions)
    tiny.interview("gespraech", uid="talk-one", body="Einleitung.", media={"transcript": "media/g.vtt"})
    found = check.run_checks(tiny.root).errors
    assert {(problem.file, problem.line, problem.message[:25]) for problem in found} == {
        ("content/media/g.vtt", 5, "the merge is not finished")
    }
    with pytest.raises(EditionError, match="the merge is not finished"):
        build_site(tiny.root)


def test_a_portrait_that_cannot_be_drawn_is_told(tiny: TinyEdition) -> None:
    """With the line of its name, unless the edition has no share cards: a drawing, which pages show as it is."""
    image = {"file": "images/anna.svg", "alt": "Anna", "credit": "Foto"}
    tiny.yaml("people", [{**PEOPLE[0], "image": image}, *PEOPLE[1:]])
    tiny.write("content/images/anna.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href="anna.png"/></svg>')

    def list_portraits() -> list[tuple[str, int, str]]:
        warnings = check.run_checks(tiny.root, can_draw=can_draw).warnings
        return [(problem.file, problem.line, problem.message) for problem in warnings if problem.file == PEOPLE_FILE]

    line = (tiny.root / PEOPLE_FILE).read_text().splitlines().index("    file: images/anna.svg") + 1
    assert list_portraits() == [(PEOPLE_FILE, line, "content/images/anna.svg cannot be drawn")]
    assert "zeigen stattdessen die Initialen." in kuratorium(tiny.root, "check").stderr
    tiny.yaml("policy", {**POLICY, "share_cards": False})
    assert list_portraits() == []

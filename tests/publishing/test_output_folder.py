import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kuratorium.desk.check import run_checks
from kuratorium.errors import EditionError
from kuratorium.publishing.build import last_build
from kuratorium.publishing.build.publish import MovePlan, resume_interrupted_move
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.output_folder import is_path_in_site, refuse_foreign_output
from tests.editions import TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, run, tree
from tests.publishing.histories.workspace import replace_setting

EVENT = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
WEBVTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n"


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("papers", "this folder holds files that no build wrote: essay.txt, thesis.txt"),
        ("edition", "the edition itself lies in this folder"),
        (".", "the edition itself lies in this folder"),
        ("edition/curation", "this folder holds files that no build wrote: people.yaml"),
    ],
)
def test_no_build_deletes_files_that_no_build_made(tmp_path: Path, folder: str, message: str) -> None:
    """A folder with other files in it is refused, above all the one with the edition."""
    for file in ("edition/curation/people.yaml", "papers/thesis.txt", "papers/essay.txt"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("unersetzlich")
    with pytest.raises(EditionError) as refused:
        refuse_foreign_output(tmp_path / "edition", (tmp_path / folder).resolve())
    assert [problem.message for problem in refused.value.problems] == [message]


def test_a_build_may_write_to_empty_folders_and_to_sites_of_ours(tmp_path: Path) -> None:
    """A new folder, an empty one, one with a site of ours or with retained files only, and output/ are accepted."""
    (tmp_path / "empty").mkdir()
    site = tmp_path / "output"
    for file in ("index.html", "alt/weg.html", ".git/HEAD"):
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text("da")
    refuse_foreign_output(tmp_path, tmp_path / "new")
    refuse_foreign_output(tmp_path, tmp_path / "empty")
    refuse_foreign_output(tmp_path, site)  # tmp_path/output, left by a build that was killed
    elsewhere = site.rename(tmp_path / "site")
    refuse_foreign_output(tmp_path / "edition", elsewhere, ["alt", "index.html", ".git"])
    (elsewhere / "feed.xml").write_text("<rss><channel><generator>Kuratorium</generator></channel></rss>")
    refuse_foreign_output(tmp_path / "edition", elsewhere)


@pytest.mark.parametrize("folder", ["content/neu", "curation/neu", "theme", "var/stage", ".git/site"])
def test_no_site_is_put_into_a_folder_of_the_edition(tmp_path: Path, folder: str) -> None:
    """Not even into an empty one: what lies there is read, or deleted, as something else."""
    (tmp_path / "edition").mkdir()
    with pytest.raises(EditionError, match="this is a folder of the edition itself"):
        refuse_foreign_output(tmp_path / "edition", tmp_path / "edition" / folder)


def test_a_link_named_output_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    """The name output/ alone does not make the files of another folder ours."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (tmp_path / "edition").mkdir()
    (tmp_path / "edition/output").symlink_to(papers)
    refuse_foreign_output(tmp_path / "edition", tmp_path / "edition/output")
    (papers / "thesis.txt").write_text("unersetzlich")
    with pytest.raises(EditionError, match="thesis"):
        refuse_foreign_output(tmp_path / "edition", tmp_path / "edition/output")


@pytest.mark.parametrize("output", [".", "content", "curation/neu", "papers", "Makefile"])
def test_a_build_into_a_folder_that_is_not_its_own_changes_nothing(tiny: TinyEdition, output: str) -> None:
    """It ends with 2, names the folder and says what would be right."""
    tiny.write("Makefile", "site:\n\techo mine\n")
    tiny.write("papers/Makefile", "all:\n")
    before = tiny.files()
    ended = run(tiny.root, "kuratorium.cli.main", "build", "--output", output)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    after = tiny.files()
    assert {file: data for file, data in after.items() if not file.startswith("var/")} == before


def _audio(path: str) -> dict[str, object]:
    return {"media": {"audio": {"file": path, "duration": "1:00:00"}}}


def _video(path: str) -> dict[str, object]:
    return {"media": {"video": {"file": path, "poster": "images/plan.png", "duration": "1:00:00"}}}


def _poster(path: str) -> dict[str, object]:
    return {"media": {"video": {"file": "media/ton.mp3", "poster": path, "duration": "1:00:00"}}}


def _transcript(path: str) -> dict[str, object]:
    return {"media": {"transcript": path}}


def _image(path: str) -> dict[str, object]:
    return {"image": {"file": path, "alt": "Ein Plan", "credit": "Anna Berg"}}


FIELDS = {"audio": _audio, "video": _video, "poster": _poster, "transcript": _transcript, "image": _image}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "path", ["../content/media/ton.mp3", "../../behalten.vtt", "media/../../Makefile", "/media/ton.mp3", "{root}/x.vtt"]
)
def test_a_field_never_names_a_file_outside_of_content(tiny: TinyEdition, field: str, path: str) -> None:
    """Check and build report it, and once the line is taken back, the file that it named is still there."""
    tiny.write("content/media/ton.mp3", "ID3")
    tiny.write("content/images/plan.png", "PNG")
    keep = [tiny.write("Makefile", "site:\n"), tiny.write("x.vtt", WEBVTT), tiny.root.parent / "behalten.vtt"]
    keep[-1].write_text(WEBVTT)
    build_site(tiny.root)
    talk = tiny.talk("abend", event=EVENT, **FIELDS[field](path.format(root=tiny.root)))
    message = "leads out of content/"
    assert [problem.message for problem in run_checks(tiny.root).errors if message in problem.message]
    with pytest.raises(EditionError, match=message) as refused:
        build_site(tiny.root)
    assert all(problem.line for problem in refused.value.problems)
    talk.unlink()
    build_site(tiny.root)
    assert all(path.is_file() for path in [*keep, tiny.root / "content/media/ton.mp3"])


@pytest.mark.parametrize("name", ["people", "topics"])
def test_a_picture_of_a_registry_lies_in_content(tiny: TinyEdition, name: str) -> None:
    """That of a person or topic, too."""
    tiny.write("x.png", "PNG")
    image = {"file": "../x.png", "alt": "Ein Bild", "credit": "Anna Berg"}
    file = tiny.root / f"curation/{name}.yaml"
    file.write_text(file.read_text() + f"- {{id: neu, name: Neu, image: {image}}}\n")
    with pytest.raises(EditionError, match=r"\.\./x\.png.* leads out of content/"):
        build_site(tiny.root)
    assert any("leads out of content/" in problem.message for problem in run_checks(tiny.root).errors)


@pytest.mark.parametrize("feed", ["../../etc/feed.xml", "/etc/passwd", "file:///etc/passwd", "curation/link.xml"])
def test_the_sample_of_a_source_lies_in_the_edition(tiny: TinyEdition, feed: str) -> None:
    """A source's feed is an address, or a file of the edition."""
    file = tiny.root / "curation/sources.yaml"
    (tiny.root / "curation/link.xml").symlink_to("/etc/passwd")
    file.write_text(file.read_text().replace("curation/samples/amtsblog.xml", feed))
    assert any("leads outside the edition" in problem.message for problem in run_checks(tiny.root).errors)


@pytest.mark.parametrize("link", ["content/media/p.txt", "content/media/alle", "theme/static/p.css", "content/essays"])
def test_a_link_that_leads_elsewhere_is_an_error_and_is_not_published(
    tiny: TinyEdition, tmp_path: Path, link: str
) -> None:
    """A file is read, or copied into the site, only if it lies in its folder when all links are followed."""
    theme = (tiny.root / "theme").resolve()
    (tiny.root / "theme").unlink()
    shutil.copytree(theme, tiny.root / "theme")
    outside = tmp_path / "draussen"
    outside.mkdir()
    (outside / "p.txt").write_text("geheim")
    (outside / "post.md").write_text("geheim")
    path = tiny.root / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(outside / "p.txt" if path.suffix else outside)
    with pytest.raises(EditionError, match="this link leads out of") as refused:
        build_site(tiny.root)
    assert [problem.file for problem in refused.value.problems] == [link]
    assert link in {problem.file for problem in run_checks(tiny.root).errors}
    path.unlink()
    build_site(tiny.root)
    assert b"geheim" not in b"".join(tree(tiny.root / "output").values())


def test_links_within_content_are_followed_but_not_in_a_circle(tiny: TinyEdition) -> None:
    """A link to a folder of content/ is as good as the folder; one that holds itself is an error."""
    tiny.write("content/media/2026/ton.mp3", "ID3")
    (tiny.root / "content/media/neu").symlink_to("2026")
    build_site(tiny.root)
    assert (tiny.root / "output/media/neu/ton.mp3").read_text() == "ID3"
    (tiny.root / "content/media/2026/alle").symlink_to("..")
    with pytest.raises(EditionError, match="a folder that holds it"):
        build_site(tiny.root)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATIC_PATHS", ["../curation"]),
        ("THEME_STATIC_PATHS", ["../content"]),
        ("THEME_STATIC_DIR", "../theme"),
        ("EXTRA_PATH_METADATA", {"images/plan.png": {"path": "../plan.png"}}),
    ],
)
def test_settings_copy_nothing_from_elsewhere_and_nothing_to_elsewhere(
    tiny: TinyEdition, name: str, value: object
) -> None:
    """Folders in pelicanconf.py stay in content/, in the theme and in the site."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(replace_setting(settings.read_text(), name, value))
    tiny.write("content/images/plan.png", "PNG")
    before = tiny.files()
    with pytest.raises(EditionError, match=r"leads out of|would lie outside"):
        build_site(tiny.root)
    assert {
        file: data
        for file, data in tiny.files().items()
        if not file.startswith(("var/build", "var/cards", "__pycache__"))
    } == before | {"var/stage.lock": b""}


def test_an_old_record_of_a_foreign_path_deletes_nothing(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache, or a plan of an interrupted move, that an earlier version left may name what is not ours."""
    keep = tiny.write("behalten.mp3", "ID3")
    save = last_build.LastBuild._save_outputs

    def save_with_foreign_path(records: last_build.LastBuild, outputs: dict[str, tuple[object, ...]]) -> None:
        save(records, outputs | {"../behalten.mp3": ((3, 1, 1), b"x", b"")})  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(last_build.LastBuild, "_save_outputs", save_with_foreign_path)
        build_site(tiny.root)
    tiny.note("zweite")
    build_site(tiny.root)
    assert keep.is_file()
    for written, deleted in [("../behalten.mp3", "x"), ("x", "../behalten.mp3")]:
        stage = tiny.root / "var/stage"
        move_plan = MovePlan(str(stage), str(tiny.root / "output"), (written,), (deleted,))
        tiny.write("var/stage.journal", msgspec.json.encode(move_plan))
        tiny.write("var/stage/x", "")
        tiny.write("var/behalten.mp3", "aus der Stufe")
        assert resume_interrupted_move(stage)
    assert keep.read_text() == "ID3"


def test_a_linked_folder_in_the_site_is_replaced_and_its_target_stays(tiny: TinyEdition, tmp_path: Path) -> None:
    """Builds write and delete below output/ only, whatever another program links there."""
    build_site(tiny.root)
    expected, output = tree(tiny.root / "output"), tiny.root / "output"
    elsewhere = output.joinpath("notizen").rename(tmp_path / "notizen")
    (elsewhere / "fremd.html").write_text("fremd")
    (output / "notizen").symlink_to(elsewhere)
    (output / "themen/leer").symlink_to(tmp_path)
    before = tree(elsewhere)
    build_site(tiny.root)
    assert not (output / "notizen").is_symlink()
    assert tree(output) == expected
    assert tree(elsewhere) == before
    shutil.rmtree(output / "notizen")
    (output / "notizen").symlink_to(elsewhere)
    (tiny.root / "curation/notes/2026/erste-notiz.md").unlink()
    build_site(tiny.root)
    assert tree(elsewhere) == before


def test_a_linked_page_is_replaced_even_if_its_bytes_are_right(tiny: TinyEdition, tmp_path: Path) -> None:
    """What a link leads to may change without the site."""
    build_site(tiny.root)
    page = tiny.root / "output/impressum.html"
    page.symlink_to(page.rename(tmp_path / "impressum.html"))
    build_site(tiny.root)
    assert not page.is_symlink()
    assert build_site(tiny.root).written_count == 0


@pytest.mark.parametrize("path", ["", "/a", "a//b", "a/", "./a", "a/../b", "..", "a\0"])
def test_a_path_of_the_site_is_plain(path: str) -> None:
    """It has no step that leads elsewhere, and one spelling only."""
    assert not is_path_in_site(path)
    assert is_path_in_site("a/b..c/.d")


@pytest.mark.parametrize(
    "place",
    ["curation/notes/2026/rohr.md", "content/media/rohr.mp3", "curation/inbox/rohr.md", "curation/people.yaml"],
)
def test_a_fifo_is_reported_and_never_waited_for(tiny: TinyEdition, place: str) -> None:
    """What is no file is not read: opening a FIFO would wait for a writer that never comes."""
    (tiny.root / place).unlink(missing_ok=True)
    (tiny.root / place).parent.mkdir(exist_ok=True)
    os.mkfifo(tiny.root / place)
    checked = run_limited(tiny.root, "check")
    built = run_limited(tiny.root, "build")
    assert checked.returncode == 2, checked.stderr + checked.stdout
    assert place in checked.stdout + checked.stderr
    # A broken inbox file is left out of the site, and keeps no post from it.
    assert built.returncode == (0 if "inbox" in place else 2), built.stderr
    assert "inbox" in place or place in built.stderr


def run_limited(root: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that must not wait for ever."""
    return subprocess.run(
        [sys.executable, "-m", "kuratorium.cli.main", command], cwd=root, env=ENVIRONMENT, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_folder_around_the_edition_is_refused_at_once(tiny: TinyEdition) -> None:
    """The folder may be the whole disk, which no build reads."""
    for folder in (Path("/"), tiny.root.parent):
        with pytest.raises(EditionError, match="the edition itself lies in this folder"):
            build_site(tiny.root, output=folder)


def test_a_build_never_deletes_a_history(tiny: TinyEdition) -> None:
    """A list of one's own replaces the names that are retained by default, but not .git; a text is refused."""
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", f'{settings}\nOUTPUT_RETENTION = ["verify.txt"]\n')
    kept = [tiny.write(f"output/{file}", "bleibt") for file in (".git/HEAD", "verify.txt")]
    gone = tiny.write("output/alt.html", "geht")
    build_site(tiny.root)
    assert [path.is_file() for path in (*kept, gone)] == [True, True, False]
    tiny.write("pelicanconf.py", f'{settings}\nOUTPUT_RETENTION = "verify.txt"\n')
    with pytest.raises(EditionError, match="OUTPUT_RETENTION"):
        build_site(tiny.root)
    assert [problem.field for problem in run_checks(tiny.root).errors] == ["OUTPUT_RETENTION"]
    assert all(path.is_file() for path in kept)

"""Published addresses that are gone since the last commit, in real repositories."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuratorium.desk import check
from kuratorium.publishing.urls import Paths
from tests.editions import PEOPLE, TOPICS, TinyEdition

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)


def git(folder: Path, *arguments: str) -> None:
    """Run git as the author of all commits of these tests."""
    name = ("-c", "user.name=Anna Berg", "-c", "user.email=anna@tiny.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit all files of `folder`, in a repository that is made if there is none above."""
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "State")


def list_gone(tiny: TinyEdition) -> list[tuple[str, str, str]]:
    """Return file, message and hint of each warning about an address."""
    warnings = check.run_checks(tiny.root, build_paths=Paths, now=CLOCK).warnings
    return [(item.file, item.message, item.hint) for item in warnings if "was published" in item.message]


@pytest.fixture
def committed(tiny: TinyEdition) -> TinyEdition:
    """Return an edition with an essay that has an alias, all of it committed."""
    tiny.essay("erste-fassung", aliases=["ganz-alt.html"], uid="essay-one")
    commit(tiny.root)
    return tiny


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace text in a file."""
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_renamed_post_needs_an_alias(committed: TinyEdition) -> None:
    """The warning gives the line to add, with the aliases that are there; with this line it is gone."""
    path = committed.root / "content/essays/zweite-fassung.md"
    (committed.root / "content/essays/erste-fassung.md").rename(path)
    assert list_gone(committed) == [
        (
            "content/essays/zweite-fassung.md",
            "this post was published at essays/erste-fassung.html, and its address is essays/zweite-fassung.html now",
            "Add the line (kuratorium rename would have done so): aliases: [ganz-alt.html, essays/erste-fassung.html]",
        )
    ]
    replace_in(path, "aliases: [ganz-alt.html]", "aliases: [ganz-alt.html, essays/erste-fassung.html]")
    assert list_gone(committed) == []


def test_a_new_slug_is_a_new_address(committed: TinyEdition) -> None:
    """A post that stays where it is and gets another slug is reported as well; staged or not."""
    replace_in(committed.root / "content/essays/erste-fassung.md", "title:", "slug: anders\ntitle:")
    git(committed.root, "add", "--all")
    ((file, message, hint),) = list_gone(committed)
    assert (file, hint[-26:]) == ("content/essays/erste-fassung.md", "essays/erste-fassung.html]")
    assert "its address is essays/anders.html now" in message


def test_a_deleted_post_can_be_replaced(committed: TinyEdition) -> None:
    """The alias goes into the post that takes its place."""
    (committed.root / "content/essays/erste-fassung.md").unlink()
    ((_, message, hint),) = list_gone(committed)
    assert message == 'the post "Titel von erste-fassung" was published at essays/erste-fassung.html, and is deleted'
    assert hint == "If another post takes its place, add to that: aliases: [essays/erste-fassung.html]"
    committed.essay("nachfolger", aliases=["essays/erste-fassung.html"])
    assert list_gone(committed) == []


@pytest.mark.parametrize("line", ["status: draft", "date: 2026-10-20T08:00:00+02:00"])
def test_a_withheld_post_has_no_page(committed: TinyEdition, line: str) -> None:
    """A published post that becomes a draft, or gets a date to come, leaves its address empty."""
    path = committed.root / "content/essays/erste-fassung.md"
    path.write_text(
        re.sub(rf"^{line.partition(':')[0]}: .*\n", "", path.read_text(), flags=re.M).replace("---", f"---\n{line}", 1)
    )
    ((_, message, _),) = list_gone(committed)
    assert (
        message
        == "this post was published at essays/erste-fassung.html, and is withheld now (by status, release or date)"
    )


def test_what_was_never_published_may_go(tiny: TinyEdition) -> None:
    """Drafts, posts of a later date and inbox items had no page; a post whose body changes keeps its own."""
    tiny.essay("entwurf", status="draft")
    tiny.essay("spaeter", date="2026-12-01T08:00:00+01:00")
    tiny.essay("bleibt")
    item = tiny.candidate("wartet")
    commit(tiny.root)
    for path in (tiny.root / "content/essays/entwurf.md", tiny.root / "content/essays/spaeter.md", item):
        path.unlink()
    replace_in(tiny.root / "content/essays/bleibt.md", "nachgerechnet", "gerechnet")
    assert list_gone(tiny) == []


def list_changes(tiny: TinyEdition) -> list[tuple[str, str, str, str]]:
    """Return file, field, message and hint of each warning."""
    warnings = check.run_checks(tiny.root, build_paths=Paths, now=CLOCK).warnings
    return [(item.file, item.field, item.message, item.hint) for item in warnings]


def test_a_uid_stays(committed: TinyEdition) -> None:
    """Feed readers know a post by its uid; one that was never published may have another."""
    committed.essay("entwurf", status="draft", uid="essay-two")
    commit(committed.root)
    replace_in(committed.root / "content/essays/entwurf.md", "essay-two", "essay-three")
    replace_in(committed.root / "content/essays/erste-fassung.md", "essay-one", "essay-eins")
    assert list_changes(committed) == [
        (
            "content/essays/erste-fassung.md",
            "uid",
            'this post was published with the uid "essay-one", so that feed readers show it as a new one',
            "Write uid: essay-one",
        )
    ]


def test_the_last_post_of_a_tag_or_series_keeps_its_page(tiny: TinyEdition) -> None:
    """Tags are compared by their pages; an alias leads on; with an error elsewhere nothing is said."""
    tiny.essay("eins", tags=["Bahn", "Netz"], series={"id": "abende", "position": 1}, uid="essay-one")
    path = tiny.essay("zwei", tags=["netz"], uid="essay-two")
    commit(tiny.root)
    tiny.essay("eins", uid="essay-one")
    assert list_changes(tiny) == [
        (
            "content/essays/eins.md",
            "series",
            '"abende" has no post any more, and with it the page reihen/abende.html is gone',
            "Keep it in a post, or add to one: aliases: [reihen/abende.html]",
        ),
        (
            "content/essays/eins.md",
            "tags",
            '"Bahn" has no post any more, and with it the page schlagworte/bahn.html is gone',
            "Keep it in a post, or add to one: aliases: [schlagworte/bahn.html]",
        ),
    ]
    replace_in(path, "tags:", "aliases: [reihen/abende.html, schlagworte/bahn.html]\ntags:")
    assert list_changes(tiny) == []
    replace_in(path, "aliases:", "alias:")
    assert list_changes(tiny) == []


def test_a_note_has_a_date_of_its_own(tiny: TinyEdition) -> None:
    """An inbox file that is moved under another name still has its date; `kuratorium note` writes that of the note."""
    item = tiny.candidate("umzug", date="2026-10-12T07:00:00+02:00", uid="feedfeed0123", teaser=None, reasons=None)
    commit(tiny.root)
    note = tiny.root / "curation/notes/2026/gelesen.md"
    item.rename(note)
    note.write_text(f"{note.read_text()}\nLesenswert, weil es stimmt.\n")
    assert list_changes(tiny) == [
        (
            "curation/notes/2026/gelesen.md",
            "date",
            "this is still the date that the file had in the inbox",
            'Write the day of the note; "kuratorium note" does so.',
        )
    ]
    replace_in(note, "2026-10-12T07:00:00", "2026-10-13T08:30:00")
    assert list_changes(tiny) == []


@pytest.mark.parametrize("name", ["curation/notes/gelesen.md", "curation/notes/2026/b.md", "content/essays/b.md"])
def test_an_item_that_was_never_committed_has_the_day_of_its_work(tiny: TinyEdition, name: str) -> None:
    """What a pull wrote since is unknown to git: a new post of an earlier day is not dated by its original.

    On the same day, or once it is committed, the date may well be that of the note.
    """
    commit(tiny.root)
    day = {"day": "2026-10-12", "teaser": None, "reasons": None}
    item = tiny.candidate("umzug", date="2026-10-12T07:00:00+02:00", **day)
    path = tiny.write(name, "")
    item.rename(path)
    path.write_text(f"{path.read_text()}\nLesenswert, weil es stimmt, und weil jemand nachgerechnet hat.\n")
    message = "this is the day of the original, as in the inbox, and not that of the note"
    assert [change[:3] for change in list_changes(tiny)] == [(name, "date", message)]
    git(tiny.root, "add", "--all")
    assert len(list_changes(tiny)) == 1
    commit(tiny.root)
    assert list_changes(tiny) == []


def test_a_standalone_page_keeps_its_slug(tiny: TinyEdition) -> None:
    """A page has no aliases of its own: its slug stays, or a post takes over its address."""
    tiny.page("ueber-uns")
    commit(tiny.root)
    (tiny.root / "content/pages/ueber-uns.md").rename(tiny.root / "content/pages/wir.md")
    ((file, message, hint),) = list_gone(tiny)
    assert file == "content/pages/ueber-uns.md"
    assert message.endswith("was published at ueber-uns.html, and is not any more")
    assert hint == "Keep its address (slug: ueber-uns), or add to a post: aliases: [ueber-uns.html]"


def test_an_id_that_changes_takes_a_page_with_it(tiny: TinyEdition) -> None:
    """Topics, people and series have pages under their ids; a new name alone changes none."""
    tiny.yaml("series", [{"id": "abende", "name": "Abende"}])
    commit(tiny.root)
    tiny.yaml("series", [{"id": "abend-reihe", "name": "Abende"}])
    tiny.yaml("topics", [TOPICS[0] | {"name": "Wandel"}, TOPICS[1] | {"id": "quelloffen"}])
    tiny.yaml("people", [*PEOPLE[:2], PEOPLE[2] | {"id": "falk"}])
    warnings = check.run_checks(tiny.root, build_paths=Paths, now=CLOCK).warnings
    assert [(item.file, item.message) for item in warnings] == [
        ("curation/people.yaml", 'the id "eva-falk" of Eva Falk is gone, and with it the page menschen/eva-falk.html'),
        ("curation/series.yaml", 'the id "abende" of Abende is gone, and with it the page reihen/abende.html'),
        (
            "curation/topics.yaml",
            'the id "open-source" of Open Source is gone, and with it the page themen/open-source.html',
        ),
    ]


def test_an_edition_may_be_a_folder_of_its_repository(tmp_path: Path, tiny: TinyEdition) -> None:
    """Files are found below the edition, whatever else the repository holds."""
    git(tmp_path, "init", "--quiet")
    tiny.essay("alt")
    commit(tmp_path)
    (tiny.root / "content/essays/alt.md").unlink()
    assert len(list_gone(tiny)) == 1


def test_a_shallow_clone_has_its_last_commit(tmp_path: Path, committed: TinyEdition) -> None:
    """One commit is enough."""
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{committed.root}", "clone")
    clone = TinyEdition(tmp_path / "clone")
    (clone.root / "content/essays/erste-fassung.md").unlink()
    assert len(list_gone(clone)) == 1


def test_names_with_umlauts_and_blanks_are_found(tiny: TinyEdition) -> None:
    """By default, git quotes such names."""
    tiny.post("content/essays/Über uns.md", slug="ueber-uns")
    commit(tiny.root)
    (tiny.root / "content/essays/Über uns.md").unlink()
    assert [file for file, _, _ in list_gone(tiny)] == ["content/essays/Über uns.md"]


@pytest.mark.parametrize("state", ["no repository", "no commit", "broken", "not tracked", "no git"])
def test_without_a_commit_nothing_is_compared(
    tiny: TinyEdition, state: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No repository, an empty or a broken one, or no git on this machine: `check` does the rest."""
    post = tiny.essay("alt")
    if state == "no commit":
        git(tiny.root, "init", "--quiet")
    if state in ("broken", "no git"):
        commit(tiny.root)
    if state == "broken":
        (tiny.root / ".git/HEAD").write_text("nonsense")
    if state == "not tracked":
        git(tmp_path, "init", "--quiet")
        (tmp_path / ".gitignore").write_text("edition/\n")
        commit(tmp_path)
    if state == "no git":
        monkeypatch.setenv("PATH", os.devnull)
    post.unlink()
    assert list_gone(tiny) == []


def test_an_invalid_post_is_one_error(committed: TinyEdition) -> None:
    """A post that cannot be read is not said to be deleted, too."""
    replace_in(committed.root / "content/essays/erste-fassung.md", "title:", "titles:")
    assert list_gone(committed) == []


def test_pages_of_another_site_are_not_gone(committed: TinyEdition) -> None:
    """After `start`, the last commit is that of the sample: its addresses never were on this site."""
    (committed.root / "content/essays/erste-fassung.md").unlink()
    assert list_gone(committed)
    settings = committed.root / "pelicanconf.py"
    settings.write_text(re.sub(r"(?m)^SITEURL.*$", 'SITEURL = "https://neu.example"', settings.read_text()))
    assert list_gone(committed) == []

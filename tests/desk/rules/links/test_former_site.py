"""Addresses of aliases, feeds, lists, calendars and files that are gone since the last commit, in real repositories."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from kuratorium.desk import check
from kuratorium.desk.rules.links.former_site import read_static_paths
from kuratorium.publishing.addresses import list_addresses
from kuratorium.publishing.urls import Paths
from tests.desk.rules.links.test_addresses import commit, replace_in
from tests.editions import TinyEdition, draw_picture

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)


def list_gone(tiny: TinyEdition) -> list[tuple[str, str, str]]:
    """Return file, message and hint of each warning about an address that nothing but a plan of the site knows."""
    found = check.run_checks(tiny.root, build_paths=Paths, list_addresses=partial(list_addresses, CLOCK), now=CLOCK)
    assert found.errors == ()
    return [
        (item.file, item.message, item.hint)
        for item in found.warnings
        if "published before" in item.message or "addresses are gone" in item.message
    ]


@pytest.fixture
def committed(tiny: TinyEdition) -> TinyEdition:
    """Return a committed edition: an essay with an alias and a document, a talk, and an essay in English."""
    tiny.write("content/media/plan.pdf", b"%PDF-1.4")
    link = "Der [Plan](../media/plan.pdf)."
    front = {"aliases": ["ganz-alt.html", "/uralt/"], "authors": ["carl-dorn"], "date": "2025-03-01T08:00:00+01:00"}
    tiny.essay("plan", body=link, uid="essay-plan", **front)
    tiny.essay("english", lang="en", uid="essay-english")
    tiny.essay("bleibt", uid="essay-stays")
    tiny.talk("abend", uid="talk-evening")
    commit(tiny.root)
    return tiny


def test_what_stays_is_not_reported(committed: TinyEdition) -> None:
    """Without a change, and after one of words, of a new post or of another title, nothing is gone."""
    assert list_gone(committed) == []
    replace_in(committed.root / "content/essays/plan.md", "Titel von", "Neuer Titel von")
    replace_in(committed.root / "content/essays/bleibt.md", "nachgerechnet", "gerechnet")
    committed.essay("neu", date="2026-10-02T08:00:00+02:00")
    assert list_gone(committed) == []


def test_an_alias_that_is_taken_away_is_gone(committed: TinyEdition) -> None:
    """Old links to it are dead; another post may take it over, in another spelling."""
    path = committed.root / "content/essays/plan.md"
    replace_in(path, "aliases: [ganz-alt.html, /uralt/]", "aliases: [/uralt/]")
    assert list_gone(committed) == [
        (
            "content/essays/plan.md",
            "with this change the alias ganz-alt.html is gone, published before",
            "Write it again in aliases, here or in the post that takes its place: aliases: [ganz-alt.html]",
        )
    ]
    replace_in(committed.root / "content/essays/bleibt.md", "title:", "aliases: [/ganz-alt.html]\ntitle:")
    assert list_gone(committed) == []


def test_the_feeds_of_the_only_post_in_a_language_are_gone(committed: TinyEdition) -> None:
    """With a single language left, the feeds of both are: their subscribers get nothing more."""
    replace_in(committed.root / "content/essays/english.md", "lang: en\n", "")
    ((file, message, _),) = list_gone(committed)
    assert file == "content/essays/english.md"
    addresses = "feed-de.atom, feed-de.json, feed-de.xml, feed-en.atom and 2 more"
    assert message == f"with this change the feeds {addresses} are gone, published before"


def test_the_feeds_of_a_person_without_posts_are_gone(committed: TinyEdition) -> None:
    """The page of the person stays."""
    replace_in(committed.root / "content/essays/plan.md", "carl-dorn", "anna-berg")
    addresses = "menschen/carl-dorn.atom, menschen/carl-dorn.json, menschen/carl-dorn.xml"
    assert [message for _, message, _ in list_gone(committed)] == [
        f"with this change the feeds {addresses} are gone, published before"
    ]


def test_the_archive_of_a_year_without_posts_is_gone(committed: TinyEdition) -> None:
    """A date in another year takes the lists of its year and month with it."""
    replace_in(committed.root / "content/essays/plan.md", "2025-03-01T08:00:00+01:00", "2026-10-01T08:00:00+02:00")
    ((_, message, hint),) = list_gone(committed)
    assert message == "with this change the lists archiv/2025.html, archiv/2025/03.html are gone, published before"
    assert hint == "Keep a post in it, or add to a post: aliases: [archiv/2025.html, archiv/2025/03.html]"


def test_a_file_that_is_deleted_with_its_link_is_gone(committed: TinyEdition) -> None:
    """The address of a document is linked from elsewhere, too."""
    replace_in(committed.root / "content/essays/plan.md", "Der [Plan](../media/plan.pdf).", "Der Plan.")
    (committed.root / "content/media/plan.pdf").unlink()
    ((file, message, _),) = list_gone(committed)
    assert (file, message) == (
        "content/media/plan.pdf",
        "with this change the file media/plan.pdf is gone, published before",
    )


def test_a_new_picture_that_no_page_shows_yet_is_not_gone(committed: TinyEdition) -> None:
    """It came since the last commit: an interview that waits for its release shows it, so it was never published."""
    committed.write("content/images/neu.png", draw_picture(900, 600))
    image = {"file": "images/neu.png", "alt": "Ein Bild", "credit": "Anna Berg"}
    committed.essay("bleibt", uid="essay-stays", image=image, status="draft")
    assert not [item for item in list_gone(committed) if "neu.png" in item[1]]


def test_the_calendar_of_a_deleted_talk_is_gone(committed: TinyEdition) -> None:
    """Who entered it in a calendar should be told that it does not take place."""
    (committed.root / "content/talks/abend.md").unlink()
    messages = [message for file, message, _ in list_gone(committed) if file == "content/talks/abend.md"]
    calendars = "gespraeche/abend.ics, kalender.ics"
    assert f"with this change the calendars {calendars} are gone, published before" in messages


def test_another_language_of_the_site_has_other_addresses(committed: TinyEdition) -> None:
    """One warning says so, with their number."""
    replace_in(committed.root / "pelicanconf.py", 'DEFAULT_LANG = "de"', 'DEFAULT_LANG = "en"')
    (found,) = [item for item in list_gone(committed) if item[0] == "pelicanconf.py"]
    assert found[1].startswith("was de, and with it ")
    assert found[2].startswith('Write DEFAULT_LANG = "de"')


def test_a_registry_of_before_has_addresses_of_before(committed: TinyEdition) -> None:
    """The feed of a topic is gone if its id changes."""
    replace_in(committed.root / "curation/topics.yaml", "id: open-source", "id: quelloffen")
    addresses = "themen/open-source.atom, themen/open-source.json, themen/open-source.xml"
    assert f"with this change the feeds {addresses} are gone, published before" in {
        message for _, message, _ in list_gone(committed)
    }


def test_a_former_file_that_was_invalid_is_left_out(committed: TinyEdition) -> None:
    """What cannot be read as it was before cannot be compared."""
    replace_in(committed.root / "content/essays/plan.md", "title:", "titel:")
    (committed.root / "curation/topics.yaml").write_text("- id: [")
    commit(committed.root)
    replace_in(committed.root / "content/essays/plan.md", "titel:", "title:")
    committed.yaml("topics", [{"id": "transformation", "name": "Transformation"}])
    assert list_gone(committed) == []


def test_files_that_are_copied_no_more_are_gone(tiny: TinyEdition) -> None:
    """A folder or file that leaves STATIC_PATHS takes the addresses of its files along, unless a text links to them."""
    settings = tiny.root / "pelicanconf.py"
    text = settings.read_text()
    settings.write_text(f'{text}\nSTATIC_PATHS = [*STATIC_PATHS, "extra", "./robots.txt", "leer"]\n')
    tiny.write("content/extra/plan.pdf", b"%PDF-1.4")
    tiny.write("content/extra/tief/liste.csv", "a;b\n")
    tiny.write("content/extra/weg.pdf", b"%PDF-1.4")
    tiny.write("content/robots.txt", "User-agent: *\n")
    tiny.essay("plan", body="Der [Plan](../extra/plan.pdf).")
    commit(tiny.root)
    assert list_gone(tiny) == []
    settings.write_text(text)
    (tiny.root / "content/extra/weg.pdf").unlink()
    found = check.run_checks(tiny.root, build_paths=Paths, list_addresses=partial(list_addresses, CLOCK), now=CLOCK)
    messages = [problem.message for problem in found.warnings if problem.field == "STATIC_PATHS"]
    assert messages == [
        'had "extra", and with it 2 published files are gone: extra/tief/liste.csv, extra/weg.pdf',
    ]


def test_a_deleted_file_of_any_static_path_is_gone(tiny: TinyEdition) -> None:
    """A path may be a file, or all of content/, and a text need not link to what it publishes."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(f'{settings.read_text()}\nSTATIC_PATHS = [*STATIC_PATHS, "extra", "preise.txt"]\n')
    tiny.write("content/extra/plan.pdf", b"%PDF-1.4")
    tiny.write("content/preise.txt", "1")
    commit(tiny.root)
    (tiny.root / "content/extra/plan.pdf").unlink()
    (tiny.root / "content/preise.txt").unlink()
    assert {message for _, message, _ in list_gone(tiny)} == {
        "with this change the file extra/plan.pdf is gone, published before",
        "with this change the file preise.txt is gone, published before",
    }


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("", ()),
        ("SITENAME = 'x'", ("images", "media")),
        ("STATIC_PATHS = ['extra']", ("extra",)),
        ("STATIC_PATHS: list[str] = [*STATIC_PATHS, 'extra']", ("images", "media", "extra")),
        ("STATIC_PATHS += ['extra']", ("images", "media", "extra")),
        ("STATIC_PATHS = list_folders()", ()),
        ("STATIC_PATHS = [", ()),
        ("STATIC_PATHS = ['a', b, 3]\0", ()),
    ],
)
def test_former_settings_are_read_without_running_them(source: str, paths: tuple[str, ...]) -> None:
    """A pelicanconf.py of before may name modules that are gone; what it computes is not known."""
    assert read_static_paths(source.encode()) == paths

"""Every page has a description of its own, in the language of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.metadata.descriptions import MAX_LENGTH, join_names, shorten
from tests.editions import SITE, TinyEdition

MARKDOWN = re.compile(r"\*\*|__|\]\(|`|^#|\[\^|^> |^@[\w-]+:", re.M)
REPEATS = ".mail.html"  # a version for mail has the description of its post


def read_descriptions(output: Path) -> dict[str, str]:
    """Return the description of every page by its path; a page without one has an empty one."""
    descriptions = {}
    for path in sorted(output.rglob("*.html")):
        head = BeautifulSoup(path.read_bytes().partition(b"</head>")[0], "html.parser")
        named = [meta["content"] for meta in head.select('meta[name="description"]')]
        shared = [meta["content"] for meta in head.select('meta[property="og:description"]')]
        assert len(named) <= 1, path
        assert shared in ([], named), path
        descriptions[path.relative_to(output).as_posix()] = "".join(named)
    return descriptions


def test_every_page_of_the_sample_has_a_description_of_its_own(sample_output: Path) -> None:
    """It is at most 320 characters long, has no marks of Markdown, and no other page has the same."""
    descriptions = read_descriptions(sample_output)
    assert len(descriptions) > 110
    assert [path for path, text in descriptions.items() if not text.strip()] == []
    assert [path for path, text in descriptions.items() if len(text) > 320] == []
    assert [path for path, text in descriptions.items() if MARKDOWN.search(text) or "\n" in text] == []
    own = [text for path, text in descriptions.items() if not path.endswith(REPEATS)]
    assert sorted(own) == sorted(set(own))


def test_a_list_is_described_by_what_it_shows(sample_output: Path) -> None:
    """By its title and the titles of its posts, a label before those with a disclosure."""
    descriptions = read_descriptions(sample_output)
    assert descriptions["archiv/2016.html"] == "Archiv 2016 – Weichenwerk: Oktober · Juni"
    assert descriptions["schlagworte/mittelstand.html"] == (
        "Mittelstand – Weichenwerk: Offenlegung: Ralf bleibt · Offenlegung: „Ich gebe nichts frei, das ist der Sinn“"
    )
    assert descriptions["notizen.html"].startswith("Notizen – Weichenwerk: Die Meldekette gehört auf Papier · ")
    assert descriptions["themen/fuehrung.html"] == "Wie viel Chef verträgt ein gutes Team?"
    assert descriptions["quellen.html"].endswith(": Wen wir lesen, damit Sie nicht alles lesen müssen.")


def test_an_english_site_describes_its_pages_in_english(tiny: TinyEdition) -> None:
    """Words of the theme come from its catalogue, also where an editor wrote none."""
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", settings.replace('LANG = "de"', 'LANG = "en"').replace(SITE["SITESUBTITLE"], ""))
    tiny.essay("moved", aliases=["old/place"])
    build_site(tiny.root)
    descriptions = read_descriptions(tiny.root / "output")
    assert "" not in descriptions.values()
    assert descriptions["archive/2026.html"] == "Archive 2026 – Weichenwerk: October"
    assert descriptions["404.html"].startswith("This page does not exist – Weichenwerk: There is nothing")
    assert descriptions["index.html"] == "Weichenwerk: Titel von erste-notiz · Titel von moved"
    assert descriptions["topics/open-source.html"] == "Open Source – Weichenwerk"
    assert descriptions["old/place/index.html"].endswith("https://weichenwerk.example/essays/moved.html.")


def test_older_pages_of_a_list_have_descriptions_of_their_own(tiny: TinyEdition) -> None:
    """What an editor wrote of a person stands on the first page only."""
    people = [{"id": "anna-berg", "name": "Anna Berg", "bio": "Liest *alles*."}, {"id": "carl-dorn", "name": "Carl"}]
    tiny.yaml("people", [*people, {"id": "eva-falk", "name": "Eva Falk"}])
    for number in range(50):
        tiny.note(f"notiz-{number}", date=f"2026-09-{number // 4 + 1:02}T0{number % 4}:00:00+02:00")
    build_site(tiny.root)
    descriptions = read_descriptions(tiny.root / "output")
    assert descriptions["menschen/anna-berg.html"] == "Liest *alles*."
    older = descriptions["menschen/anna-berg/seite/1.html"]
    assert older.startswith("Anna Berg, Seite 2 – Weichenwerk: Titel von notiz-23 · Titel von notiz-22 · ")
    assert older.endswith(" …")
    lists = [text for path, text in descriptions.items() if not path.startswith("notizen/notiz-")]
    assert sorted(lists) == sorted({*lists})


def test_a_post_without_a_sentence_is_described_by_what_it_is(tiny: TinyEdition) -> None:
    """A text of one video has no first sentence: format, title and names stand in its place."""
    tiny.essay("nur-ein-video", body="[[youtube:dQw4w9WgXcQ]]")
    build_site(tiny.root)
    description = read_descriptions(tiny.root / "output")["essays/nur-ein-video.html"]
    assert description == "Essay: Titel von nur-ein-video: Anna Berg"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kurz.", "Kurz."),
        ("Zwei\n  Zeilen", "Zwei Zeilen"),
        ("Wort " * 100, "Wort " * 59 + "Wort…"),
        ("a" * 400, "a" * 299 + "…"),
    ],
)
def test_a_long_text_is_cut_after_a_word(text: str, shown: str) -> None:
    """With three dots; a single word that is longer than all is cut in it."""
    assert shorten(text) == shown


@given(st.text(max_size=400), st.lists(st.text(max_size=400), max_size=20))
def test_names_are_joined_as_far_as_there_is_room(beginning: str, names: list[str]) -> None:
    """Whatever a title holds, a description is one line that ends soon."""
    text = join_names(beginning, names)
    assert len(text) <= MAX_LENGTH + len(" …")
    assert text.startswith(shorten(beginning)[:50])

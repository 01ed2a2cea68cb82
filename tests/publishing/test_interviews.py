from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup

from tests.editions import PEOPLE, TinyEdition
from tests.publishing.build.test_run import build_site, run, soup, tree
from tests.sounds import sound

RELEASED = {
    "interviews/ruth-feldkamp-friedhofsverfahren.html": "Ruth Feldkamp",
    "interviews/samir-haddad-markenbotschafter.html": "Samir Haddad",
    "interviews/tobias-kienle-journalismus-verwaltungs-it.html": "Tobias Kienle",
}
PageOf = Callable[[str], BeautifulSoup]


@pytest.mark.parametrize(("path", "guest"), RELEASED.items())
def test_an_interview_shows_who_answers_and_who_asks(sample_page: PageOf, path: str, guest: str) -> None:
    """The guest has a portrait with alt text and credit, a name, a role and one line; the hosts stand below."""
    (partner,) = sample_page(path).select(".partner")
    portrait = partner.img
    assert portrait["alt"].startswith("Gezeichnetes Porträt")
    assert portrait["src"].startswith("../images/")
    assert partner.select_one(".picture-credit").get_text() == "Zeichnung: Weichenwerk, CC BY-SA 4.0"
    assert partner.select_one(".partner-name").get_text(strip=True) == guest
    assert partner.select_one(".partner-name a")["href"].startswith("../menschen/")
    assert partner.select_one(".role").get_text(strip=True)
    assert partner.select_one(".bio").get_text(strip=True).endswith(".")
    assert sample_page(path).select_one(".partners .asked a")["href"].startswith("../menschen/")


@pytest.mark.parametrize("path", RELEASED)
def test_every_question_of_the_table_leads_to_where_it_was_asked(sample_page: PageOf, path: str) -> None:
    """The questions are in the order of the conversation, and each is in a host's turn."""
    page = sample_page(path)
    question_links = page.select(".questions li a")
    turns = [page.find(id=link["href"].removeprefix("#")) for link in question_links]
    assert len(question_links) >= 6
    assert turns == page.select(".prose > .turn-question")
    for link, turn in zip(question_links, turns, strict=True):
        assert link.get_text() in turn.get_text()
        assert "turn-host" in turn["class"]
    assert page.select_one(".questions summary").get_text() == f"{len(question_links)} Fragen"


def test_questions_are_marked_by_time_or_by_number(sample_page: PageOf) -> None:
    """A recorded interview labels its questions with time codes, one without times with numbers."""
    recorded = sample_page("interviews/tobias-kienle-journalismus-verwaltungs-it.html")
    assert [element.get_text() for element in recorded.select(".questions .time")][:2] == ["00:00", "01:38"]
    noted = sample_page("interviews/ruth-feldkamp-friedhofsverfahren.html")
    assert [element.get_text() for element in noted.select(".questions .time")][:2] == ["#1", "#2"]
    assert noted.select_one(".turn-question")["id"] == "q-war-das-mut-oder-das-gegenteil"


@pytest.mark.parametrize("path", RELEASED)
def test_no_anchor_stands_twice(sample_page: PageOf, path: str) -> None:
    """Each id occurs once on a page."""
    ids = [element["id"] for element in sample_page(path).find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_words_stand_out_where_they_were_said(sample_page: PageOf) -> None:
    """A pull quote is marked within the answer: its words stand in the text once."""
    page = sample_page("interviews/samir-haddad-markenbotschafter.html")
    quotes = [element.get_text() for element in page.select(".turn-guest mark.pull")]
    assert quotes == ["Ich gebe nichts frei, das ist der Sinn.", "Eure Konten gehören euch, eure Leser auch."]
    assert all(page.select_one(".prose").get_text().count(quote) == 1 for quote in quotes)
    assert "==" not in page.select_one(".prose").get_text()


def test_the_view_of_questions_needs_no_script(sample_page: PageOf, sample_output: Path) -> None:
    """It is a checkbox before the text that it changes; no script on the page knows of it."""
    page = sample_page("interviews/samir-haddad-markenbotschafter.html")
    box = page.select_one(".skim-view label input[type=checkbox]")
    assert box.find_parent(class_="skim-view").find_next_sibling(class_="prose")
    assert box.find_parent("label").get_text(strip=True) == "Nur die Fragen"
    scripts = [script["src"] for script in page.select("script[src]")]
    assert all("skim" not in (sample_output / "interviews" / script).read_text() for script in scripts)


def test_feeds_carry_the_conversation(sample_output: Path) -> None:
    """Feeds have the whole text by turns, and links of questions lead to the page."""
    feed = feedparser.parse(sample_output / "themen/markenbotschafter.xml")
    (item,) = [entry for entry in feed.entries if "samir-haddad-markenbotschafter" in entry.link]
    text = BeautifulSoup(item.content[0].value, "html.parser")
    assert text.get_text().count("Ich gebe nichts frei, das ist der Sinn.") == 1
    assert text.select_one(".turn-question a")["href"].startswith(f"{item.link}#q-")


def test_what_waits_for_its_release_is_nowhere(sample_output: Path) -> None:
    """No file of the site contains a word, name or address of the sample's unreleased interview."""
    marks = (
        b"nora-lindqvist-the-quiet-pager",
        b"4b7e0d93af216c58",
        b"A quiet pager",
        b"Four hundred and twelve",
    )
    files = tree(sample_output)
    assert [path for path, data in files.items() if any(mark in data for mark in marks)] == []
    assert [path for path in files if "quiet-pager" in path] == []


@pytest.mark.parametrize("status", ["published", "hidden", "draft"])
def test_only_a_release_opens_an_interview(tiny: TinyEdition, status: str) -> None:
    """An unreleased interview is not built, whatever its status; a built one goes when its release is withdrawn."""

    def built(release: str) -> list[str]:
        front = {"uid": "gate-0000001", "release": release, "status": status, "aliases": ["gate"]}
        tiny.interview("gate", title="Vertraulich", **front)
        build_site(tiny.root)
        return [path for path, data in tree(tiny.root / "output").items() if b"Vertraulich" in data or "gate" in path]

    assert built("open") == []
    assert bool(built("given")) is (status != "draft")
    assert built("open") == []


def test_plain_pelican_keeps_an_open_interview_back(tiny: TinyEdition) -> None:
    """Pelican itself would write hidden posts; an unreleased interview never reaches it."""
    tiny.interview("gate", title="Vertraulich", release="open", status="hidden")
    assert run(tiny.root, "pelican", "--fatal=errors").returncode == 0
    assert not [path for path, data in tree(tiny.root / "output").items() if b"Vertraulich" in data or "gate" in path]


def test_a_recording_waits_for_the_release_as_its_interview_does(tiny: TinyEdition) -> None:
    """A file that only unreleased texts name is not copied, wherever it lies; one that others show is."""
    people = [{**person, "image": {"file": "images/eva.svg", "alt": "Eva", "credit": "E"}} for person in PEOPLE]
    tiny.yaml("people", people)
    files = ("media/ton.mp3", "images/eva.svg", "images/plan.svg", "zeichnungen/skizze.svg")
    for file in files:
        tiny.write(f"content/{file}", sound(60) if file.endswith(".mp3") else "<svg/>")
    tiny.note("zeigt", body="Lesenswert. ![Ein Plan]({static}/images/plan.svg)")

    def copied(release: str) -> set[str]:
        tiny.interview(
            "gate",
            uid="gate-0000001",
            release=release,
            media={"audio": {"file": "media/ton.mp3"}},
            image={"file": "images/eva.svg", "alt": "Eva Falk", "credit": "E"},
            body="@eva-falk: Ja. ![Plan]({static}/images/plan.svg) ![Skizze]({static}/zeichnungen/skizze.svg)",
        )
        build_site(tiny.root)
        return {file for file in files if (tiny.root / "output" / file).exists()}

    assert copied("open") == {"images/eva.svg", "images/plan.svg"}
    assert copied("given") == {*files}
    assert copied("open") == {"images/eva.svg", "images/plan.svg"}
    assert run(tiny.root, "pelican", "--fatal=errors", "-o", "plain").returncode == 0
    assert tree(tiny.root / "plain") == tree(tiny.root / "output")


def test_a_partner_without_an_entry_has_a_name_all_the_same(tiny: TinyEdition) -> None:
    """A guest without an entry in people.yaml has name, role and monogram; few questions make no table."""
    tiny.interview(
        "gast",
        guests=[{"name": "Gerd Hahn", "role": "Wirt"}],
        body="@anna-berg: Wem gehört das Haus denn nun?\n\n@gerd-hahn: Mir.",
    )
    build_site(tiny.root)
    page = soup(tiny.root, "interviews/gast.html")
    partner = page.select_one(".partner")
    assert partner.select_one(".monogram").get_text() == "GH"
    assert (partner.img, partner.a) == (None, None)
    assert page.select_one(".questions") is None
    assert page.select_one(".turn-question")["id"] == "q-wem-gehoert-das-haus-denn-nun"

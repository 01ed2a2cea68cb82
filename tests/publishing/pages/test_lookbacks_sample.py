"""Look-backs and issues of the sample edition, as readers get them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition

Read = Callable[[str], BeautifulSoup]
LOOKBACKS = {
    "rueckblicke/der-bildschirm-war-nicht-schuld.html": ("notizen/elf-gespraeche.html", "13. Oktober 2016"),
    "rueckblicke/wer-den-quelltext-hat-ist-frei.html": ("notizen/zeigt-den-quelltext.html", "21. Juni 2016"),
}
ISSUES = ("presseschau/presseschau-september-2026", "presseschau/presseschau-28-september-11-oktober-2026")
WEEK = "heute-vor-jahren.html"


def addresses(tag: BeautifulSoup | None) -> list[str]:
    """Return the targets of the links in a tag, without leading ../."""
    assert tag is not None
    return [link["href"].removeprefix("../") for link in tag.find_all("a", href=True)]


def test_a_look_back_shows_the_old_post_and_what_has_changed(sample_page: Read) -> None:
    """Its card, its date, how many years ago it was, and what has changed since stand before the text."""
    for path, (old, day) in LOOKBACKS.items():
        past = sample_page(path).select_one(".past")
        assert old in addresses(past.select_one(".card"))
        assert past.select_one(".past-when time").get_text() == day
        assert "Vor 10 Jahren" in past.get_text()
        assert len(past.select(".since > li")) > 1
        assert past.find_next(class_="prose") is not None


def test_the_old_post_leads_to_its_look_back(sample_page: Read) -> None:
    """The link stands in the head of the old post and below its text."""
    for path, (old, _) in LOOKBACKS.items():
        page = sample_page(old)
        assert path in addresses(page.select_one(".post-head .reread"))
        assert path in addresses(page.select_one(".seen-again"))


def test_this_week_of_earlier_years_has_a_page(sample_page: Read) -> None:
    """It holds the posts of the same week in 2016 and 2021 under their years, and nothing else."""
    page = sample_page(WEEK)
    assert page.h1.get_text() == "Heute vor Jahren"
    assert "12.–18. Oktober 2026" in page.select_one(".opening").get_text()
    anniversaries = {
        " ".join(section.h2.get_text().split()): [link["href"] for link in section.select(".headline a")]
        for section in page.select("section.anniversary")
    }
    assert anniversaries == {
        "Vor 5 Jahren 2021": ["notizen/der-liveblog-hoert-nicht-auf.html"],
        "Vor 10 Jahren 2016": ["notizen/elf-gespraeche.html"],
    }


def test_front_page_and_archive_lead_to_it(sample_page: Read) -> None:
    """Both link to the page; the front page also lists its posts."""
    assert WEEK in addresses(sample_page("archiv.html").main)
    shelf = sample_page("index.html").select_one(".shelf-years")
    assert addresses(shelf) == [WEEK, "notizen/der-liveblog-hoert-nicht-auf.html", "notizen/elf-gespraeche.html"]


def test_the_week_turns_by_itself(tiny: TinyEdition) -> None:
    """A build in the next week shows that week's posts, though no file changed; builds before it write nothing."""
    tiny.note("alt", date="2016-10-20T08:00:00+02:00")
    build_site(tiny.root)
    page = tiny.root / "output" / WEEK
    assert "In dieser Woche ist in keinem früheren Jahr etwas erschienen" in page.read_text()
    assert build_site(tiny.root, as_of=datetime(2026, 10, 18, 21, 59, tzinfo=UTC)).written_count == 0
    build_site(tiny.root, as_of=datetime(2026, 10, 18, 22, 0, tzinfo=UTC))
    assert "notizen/alt.html" in page.read_text()
    assert "Heute vor 10 Jahren" in page.read_text()


def test_an_issue_lists_its_posts_by_topic(sample_page: Read) -> None:
    """Each topic has a heading, and below it its posts with links to their pages."""
    page = sample_page(f"{ISSUES[0]}.html")
    prose = page.select_one(".prose")
    assert [element.get_text() for element in prose.find_all("h2")] == [
        "Digitale Transformation",
        "Open Source in der Verwaltung",
        "Führung und IT-Organisation",
        "Journalismus und neue Formate",
    ]
    assert addresses(prose.find_all("h3")[0]) == ["notizen/abschalten-ist-eine-leistung.html"]
    assert "1.–30. September 2026" in page.select_one(".post-head").get_text()
    labelled = [element.get_text() for element in prose.find_all("h3") if "Weichenstellung 2" in element.get_text()]
    assert labelled == ["Offenlegung: Weichenstellung 2: Wer spricht, wenn nichts mehr geht?"]


def test_an_issue_has_its_place_in_lists_and_archive(sample_page: Read) -> None:
    """It stands in the list of its format and in the archive of its month."""
    for path in ISSUES:
        assert f"{path}.html" in addresses(sample_page("presseschau.html").main)
        assert f"{path}.html" in [
            address.removeprefix("../") for address in addresses(sample_page("archiv/2026/10.html").main)
        ]


def test_an_issue_leads_to_its_forms(sample_output: Path, sample_page: Read) -> None:
    """The page links to both versions for mail, HTML and plain text, and both files exist."""
    for path in ISSUES:
        page = sample_page(f"{path}.html")
        assert addresses(page.select_one(".forms")) == [f"{path}.mail.html", f"{path}.txt"]
        assert page.find("link", rel="alternate", type="text/plain")["href"].endswith(".txt")
        assert all((sample_output / f"{path}{end}").is_file() for end in (".mail.html", ".txt"))


def test_the_mail_form_is_safe_for_mail(sample_page: Read) -> None:
    """Styles are inlined; there is no script, image or custom property; all addresses are absolute."""
    for path in ISSUES:
        mail = sample_page(f"{path}.mail.html")
        assert mail.find(["style", "link", "script", "img"]) is None
        assert mail.h1["style"]
        assert mail.h2["style"]
        assert "var(" not in str(mail)
        assert all(re.match("https?://", link["href"]) for link in mail.find_all("a"))
        assert f"https://weichenwerk.example/{path}.html" in addresses(mail)
        assert mail.html["lang"] == "de"
        assert "Verantwortlich für den Inhalt" in mail.get_text()


def test_the_text_form_says_what_the_page_says(sample_output: Path, sample_page: Read) -> None:
    """The text has every heading and address of the page, in lines of at most 72 characters."""
    for path in ISSUES:
        text = (sample_output / f"{path}.txt").read_text()
        prose = sample_page(f"{path}.mail.html").body
        assert all(" ".join(element.get_text().split()) in text for element in prose.find_all("h2"))
        assert all(link["href"] in text for element in prose.find_all("h3") for link in element.find_all("a"))
        assert all(len(line) <= 72 for line in text.splitlines() if "http" not in line)
        assert "<" not in text


def test_subscribers_read_look_backs_and_issues(sample_output: Path) -> None:
    """The feed has both with their whole text; a look-back begins with a link to its target."""
    entries = {entry.link: entry.content[0].value for entry in feedparser.parse(sample_output / "feed.xml").entries}
    back = entries["https://weichenwerk.example/rueckblicke/der-bildschirm-war-nicht-schuld.html"]
    assert back.startswith('<p>Rückblick auf: <a href="https://weichenwerk.example/notizen/elf-gespraeche.html">')
    assert back.index("Was sich seither geändert hat") < back.index("Meine Nachfolgerin")
    issue = entries[f"https://weichenwerk.example/{ISSUES[0]}.html"]
    assert 'href="https://weichenwerk.example/notizen/abschalten-ist-eine-leistung.html"' in issue

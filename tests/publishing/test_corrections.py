from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import soup

PageOf = Callable[[str], BeautifulSoup]
CORRECTED = {
    "notizen/abschalten-ist-eine-leistung.html": "28. September 2026",
    "interviews/ruth-feldkamp-friedhofsverfahren.html": None,
}


def item(site: Path, path: str) -> feedparser.FeedParserDict:
    """Return the entry of the post at `path` in the site's feed."""
    (matching_entry,) = [
        entry for entry in feedparser.parse((site / "feed.xml").read_bytes()).entries if entry.link.endswith(path)
    ]
    return matching_entry


@pytest.mark.parametrize("path", CORRECTED)
def test_a_correction_stands_below_the_text_with_its_day(sample_page: PageOf, path: str) -> None:
    """The head of the page links to it and has the time of the change for machines."""
    page = sample_page(path)
    block = page.find(id="corrections")
    assert page.select_one(".prose").find_next(id="corrections") is block
    day = block.find_all("time")[-1]
    link = page.select_one(".byline a[href='#corrections']")
    assert link.get_text() == f"Korrigiert am {day.get_text()}"
    assert all(element.get_text(strip=True) for element in block("dd"))
    assert page.select_one(".dt-updated")["value"] >= day["datetime"]
    assert CORRECTED[path] in (None, day.get_text())


def test_corrections_reach_subscribers(sample_output: Path) -> None:
    """In the feed the text has the correction, and the item the time of the change, so that readers show it again."""
    entry = item(sample_output, "notizen/abschalten-ist-eine-leistung.html")
    assert "Korrektur (28. September 2026): In der ersten Fassung stand" in entry.content[0].value
    assert entry.updated == "2026-09-28T16:20:00+02:00"  # the editor says the hour, the correction only the day
    assert entry.published_parsed < entry.updated_parsed


@pytest.mark.parametrize(("where", "order"), [("top", ["corrections", "prose"]), ("bottom", ["prose", "corrections"])])
def test_the_policy_says_where_corrections_stand(tiny: TinyEdition, where: str, order: list[str]) -> None:
    """They stand at the top or at the bottom, on the page and in the feed."""
    tiny.yaml("policy", POLICY | {"corrections": where})
    tiny.essay("falsch", body="Der Text.", corrections=[{"date": "2026-10-03", "text": "Es waren 34."}])
    build_site(tiny.root)
    blocks = soup(tiny.root, "essays/falsch.html").select(".post-text > .corrections, .post-text > .prose")
    assert [block["class"][0] for block in blocks] == order
    text = item(tiny.root / "output", "essays/falsch.html").content[0].value
    assert (text.index("Es waren 34.") < text.index("Der Text.")) == (where == "top")


@pytest.mark.parametrize(
    ("front", "changed"),
    [
        ({"corrections": [{"date": "2026-10-03", "text": "A."}]}, "2026-10-03T00:00:00+02:00"),
        ({"corrections": [{"date": "2026-10-01", "text": "A."}]}, "2026-10-01T08:00:01+02:00"),
        (
            {"corrections": [{"date": "2026-10-05", "text": "B."}, {"date": "2026-10-03", "text": "A."}]},
            "2026-10-05T00:00:00+02:00",
        ),
        (
            {"modified": "2026-10-03T15:00:00+02:00", "corrections": [{"date": "2026-10-03", "text": "A."}]},
            "2026-10-03T15:00:00+02:00",
        ),
        (
            {"modified": "2026-10-02T15:00:00+02:00", "corrections": [{"date": "2026-10-03", "text": "A."}]},
            "2026-10-03T00:00:00+02:00",
        ),
    ],
    ids=["on a later day", "on the same day", "the latest of two", "with its hour", "after another change"],
)
def test_a_correction_makes_the_post_a_changed_one(tiny: TinyEdition, front: dict[str, object], changed: str) -> None:
    """It counts from the latest correction, or from a later `modified`; corrections are listed from old to new."""
    tiny.essay("falsch", **front)
    build_site(tiny.root)
    page = soup(tiny.root, "essays/falsch.html")
    assert page.select_one(".dt-updated")["value"] == changed
    days = [element["datetime"] for element in page.select("#corrections time")]
    assert days == sorted(days)
    assert item(tiny.root / "output", "essays/falsch.html").updated == changed


def test_a_new_correction_changes_page_and_feeds_alone(tiny: TinyEdition) -> None:
    """An incremental build writes the post, its feeds and the lists that show it, but no other post."""
    tiny.essay("falsch", uid="falsch-000001")
    tiny.essay("richtig")
    build_site(tiny.root)
    tiny.essay("falsch", uid="falsch-000001", corrections=[{"date": "2026-10-03", "text": "Es waren 34."}])
    files = build_site(tiny.root).changed_paths
    assert {"essays/falsch.html", "feed.xml", "themen/transformation.xml"} <= files
    assert "essays/richtig.html" not in files

from __future__ import annotations

import time

from kuratorium.desk import inbox
from kuratorium.desk.inbox import InboxItem
from kuratorium.desk.triage import stories
from kuratorium.edition.fields import convert_record
from kuratorium.edition.model import InboxFrontMatter
from tests.editions import TinyEdition, work


def item(title: str, source: str = "amtsblog", day: str = "2026-10-13", teaser: str = "", key: str = "") -> InboxItem:
    """Return an inbox item of a source and a day."""
    uid = f"k{abs(hash((title, source, day))):016d}"[:16]
    values = {"uid": uid, "title": title, "teaser": teaser, "bookmark_of": [
        work(f"https://{source}.example/{uid}", source=source, published=day, item=key)]}  # fmt: skip
    meta, violations = convert_record(InboxFrontMatter, values)
    assert meta, violations
    return InboxItem(file=f"curation/inbox/{uid}.md", short_id=uid[:6], meta=meta, body="",
                     day=meta.bookmark_of[0].published)  # fmt: skip


def list_titles(items: list[InboxItem], texts: dict[str, str] | None = None) -> list[list[str]]:
    """Return the titles of each group."""
    groups = stories.group_items(items, texts or {})
    return [[entry.meta.title for entry in (group.item, *group.similar_items)] for group in groups]


def test_one_event_in_four_outlets_is_one_story():
    """Titles that share at least three telling words, and half of those of the shorter one, tell one event."""
    titles = [
        "Bundestag beschließt Gesetz zu offenen Standards in Behörden",
        "Offene Standards: Bundestag beschließt Gesetz",
        "Gesetz für offene Standards im Bundestag beschlossen: Behörden müssen umstellen",
        "Was das Gesetz zu offenen Standards für Behörden bedeutet",
    ]
    items = [item(title, source) for title, source in zip(titles, ("a", "b", "c", "d"), strict=True)]
    other = item("Kommune spart mit gebrauchten Rechnern", "e")
    assert list_titles([*items, other]) == [titles, [other.meta.title]]


def test_endings_of_words_do_not_separate_titles():
    """Outlets decline the same words differently."""
    titles = [
        "205 Opfer in drei Minuten: Magdeburger Todesfahrer benutzte Rettungswege",
        "Anschlag in Magdeburg: Todesfahrer nutzte Rettungsweg",
    ]
    assert list_titles([item(titles[0], "a"), item(titles[1], "b")]) == [titles]


def test_boilerplate_of_a_source_is_no_story():
    """Below different titles, a source often has the same text; below similar ones, it is the same article again."""
    text = " ".join(f"wort{number}" for number in range(80))
    titles = ("Folge 7: Planeten", "Folge 8: Kochen mit Strom", "Folge 8: Kochen mit Strom (Update)")
    items = [item(title, key=f"amtsblog:{number}") for number, title in enumerate(titles)]
    texts = {f"amtsblog:{number}": text for number in range(3)}
    assert list_titles(items, texts) == [[titles[0]], [*titles[1:]]]


def test_a_series_of_one_source_stays_apart():
    """A source gives its own series titles that differ in a number; each is something new."""
    items = [item(f"Sicherheitsupdate für Windows Server Ausgabe {number}") for number in (1, 2)]
    assert len(list_titles(items)) == 2


def test_the_same_event_a_year_later_is_another_story():
    """Titles join only within four days."""
    title = "Verwaltung lädt Entwickler zum Hackathon nach Bonn"
    assert len(list_titles([item(f"{title} ein", "a"), item(f"{title} auf", "b", day="2026-10-08")])) == 2
    assert len(list_titles([item(f"{title} ein", "a"), item(f"{title} auf", "b", day="2026-10-09")])) == 1


def test_texts_of_the_archive_show_a_reprint_under_another_title():
    """Where the archive has the texts, two that are nearly the same are one story, whatever their titles say."""
    text = " ".join(f"wort{number}" for number in range(80))
    items = [item("Ein Titel", "a", key="a:1"), item("Etwas ganz anderes", "b", key="b:1")]
    assert len(list_titles(items)) == 2
    assert len(list_titles(items, {"a:1": text, "b:1": f"{text} und mehr"})) == 1


def test_four_thousand_items_are_grouped_at_once():
    """A full inbox is grouped in a few seconds, also where all titles share a word."""
    items = [item(f"Verwaltung meldet Vorgang{number} Ereignis{number % 900} Amt{number % 700}", f"s{number % 40}")
             for number in range(4000)]  # fmt: skip
    begin = time.process_time()
    stories.group_items(items, {})
    assert time.process_time() - begin < 5


def test_items_on_the_same_story_are_grouped(tiny: TinyEdition):
    """Items that tell the same story are grouped below the newest; none is dropped."""
    tiny.candidate("a", day="2026-10-12", uid="kaaaaaaa", title="Der Vertrag läuft aus")
    tiny.candidate("b", day="2026-10-13", uid="kbbbbbbb", title="Der Vertrag läuft aus!")
    tiny.candidate("c", day="2026-10-14", uid="kccccccc", title="Etwas anderes")
    items, _ = inbox.read_inbox(tiny.root)
    groups = [
        (group.item.meta.uid, [item.meta.uid for item in group.similar_items])
        for group in stories.group_items(items, {})
    ]
    assert groups == [("kccccccc", []), ("kbbbbbbb", ["kaaaaaaa"])]

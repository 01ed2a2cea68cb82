from __future__ import annotations

import pytest

from kuratorium.edition.registry import read_registry
from tests.desk.triage.conftest import Morning
from tests.editions import POLICY, SOURCES, work


def reasons(morning: Morning, title: str) -> list[tuple[int, str]]:
    """Return the points and sentences of the story that an item with this title stands for."""
    (story,) = [story for story in morning.desk.stories if story.item.meta.title == title]
    return [(reason.points, reason.sentence) for reason in story.reasons]


def test_every_point_has_a_sentence_in_the_editions_language(morning: Morning):
    """Nomination, sources, author, keyword and silent topic each say in German what they give points for."""
    morning.tiny.candidate(
        "a",
        title="Quellcode der Umstellung",
        topics=["open-source"],
        also_in=[{"source": "zweite", "url": "https://zweite.example/a"}],
        nominations=[{"by": "Jonas", "word": "stark gerechnet"}],
    )
    assert reasons(morning, "Quellcode der Umstellung") == [
        (5, "von Jonas vorgeschlagen: stark gerechnet"),
        (3, "2 Quellen berichten"),
        (2, "Gerd Hahn: einmal ausgewählt"),
        (2, "Stichwort umstellung im Titel"),
        (2, "Stichwort quellcode im Titel"),
        (2, "noch nichts zum Thema Open Source"),
    ]


def test_feeds_of_one_site_are_one_source(morning: Morning):
    """The same article in four feeds of an outlet is no story that four sources report."""
    morning.tiny.yaml("sources", [SOURCES[0], SOURCES[0] | {"id": "ressort", "feed": "https://amtsblog.example/r.xml"}])
    also_in = [{"source": "ressort", "url": "https://amtsblog.example/a?r"}]
    works = [work("https://amtsblog.example/a", authors=["Neu"])]
    morning.tiny.candidate("a", title="Neues", bookmark_of=works, also_in=also_in)
    assert reasons(morning, "Neues") == []


def test_a_topic_that_is_only_mentioned_gives_half(morning: Morning):
    """A keyword below the title is a weaker hint than one in it, the source's own topic, or an editor's."""
    work_of_nobody = [work("https://amtsblog.example/a", authors=["Neu"])]
    other_work = [work("https://amtsblog.example/b", authors=["Neu"])]
    reason = {"reasons": ["Stichwort: quellcode"]}
    morning.tiny.candidate("a", title="Am Rand", topics=["open-source"], bookmark_of=work_of_nobody, **reason)
    assert reasons(morning, "Am Rand") == [(1, "erwähnt ein stilles Thema: Open Source")]
    morning.tiny.candidate("b", title="Von Hand", topics=["open-source"], bookmark_of=other_work, reasons=None)
    assert reasons(morning, "Von Hand") == [(2, "noch nichts zum Thema Open Source")]


def test_a_topic_is_silent_after_days_that_the_policy_says(morning: Morning):
    """The last post on transformation is thirteen days old: silent after thirteen days, not after fourteen."""
    morning.tiny.candidate("a", title="Neues", bookmark_of=[work("https://amtsblog.example/a", authors=["Neu"])])
    assert reasons(morning, "Neues") == []
    morning.tiny.yaml("policy", POLICY | {"triage": {"silent_days": 13, "silent_topic": 7}})
    assert reasons(morning, "Neues") == [(7, "Transformation: seit 13 Tagen still")]


def test_drafts_and_later_posts_are_no_evidence(morning: Morning):
    """Nobody has read them yet, so they make no author known and no topic lively."""
    new = {"bookmark_of": [work("https://amtsblog.example/x", authors=["Ada Neu"])], "topics": ["open-source"]}
    morning.tiny.note("entwurf", status="draft", **new)
    morning.tiny.note("bald", date="2026-10-20T08:00:00+02:00", **new)
    morning.tiny.candidate("a", title="Neues", **new)
    assert reasons(morning, "Neues") == [(2, "noch nichts zum Thema Open Source")]


def test_a_post_counts_on_its_day_in_the_sites_zone(morning: Morning) -> None:
    """Written late in the evening elsewhere, it is of the next day here: its topic is silent a day less."""
    morning.tiny.note("spaet", date="2026-10-03T23:30:00+00:00", topics=["open-source"])
    morning.tiny.yaml("policy", POLICY | {"triage": {"silent_days": 10}})
    works = [work("https://amtsblog.example/a", authors=["Neu"])]
    morning.tiny.candidate("a", title="Neues", topics=["open-source"], bookmark_of=works)
    assert reasons(morning, "Neues") == [(2, "Open Source: seit 10 Tagen still")]


def test_stories_stand_by_points_then_newest_then_uid(morning: Morning):
    """The same files always give the same order."""
    plain = {"bookmark_of": None, "topics": []}
    for uid, title, day in [
        ("kbbbb1", "B", "2026-10-12"),
        ("kaaaa1", "A", "2026-10-12"),
        ("kcccc1", "C", "2026-10-13"),
    ]:
        works = [work(f"https://amtsblog.example/{uid}", authors=["Neu"], published=day)]
        morning.tiny.candidate(uid, uid=uid, title=title, **(plain | {"bookmark_of": works}))
    works = [work("https://amtsblog.example/alt", authors=["Gerd Hahn"], published="2026-09-30")]
    morning.tiny.candidate("alt", title="Alt", **(plain | {"bookmark_of": works}))
    assert morning.titles() == [["Alt"], ["C"], ["A"], ["B"]]


def test_a_weight_of_zero_silences_a_reason(morning: Morning):
    """What gives no points is not said."""
    morning.tiny.candidate("a", title="Umstellung")
    assert [points for points, _ in reasons(morning, "Umstellung")] == [2, 2]
    morning.tiny.yaml("policy", POLICY | {"triage": {"author": 0, "keyword": 0}})
    assert reasons(morning, "Umstellung") == []


@pytest.mark.parametrize(
    ("value", "message"),
    [("{quellen: 3}", 'unknown key "quellen"'), ("{sources: -1}", ""), ("{sources: viel}", ""), ("[neu]", "")],
)
def test_a_mistake_in_the_weights_is_told_with_its_line(morning: Morning, value: str, message: str):
    """File, line and field, as of all mistakes in policy.yaml."""
    morning.tiny.write("curation/policy.yaml", f"imprint: {{responsible: Anna Berg}}\ntriage: {value}\n")
    (problem,) = read_registry(morning.tiny.root)[1]
    assert (problem.file, problem.line) == ("curation/policy.yaml", 2)
    assert problem.field.startswith("triage")
    assert message in problem.message

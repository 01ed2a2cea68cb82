import re

import pytest

from kuratorium.desk import check
from kuratorium.errors import EditionError, Problem
from kuratorium.publishing.build_command import build_site
from tests.editions import FEED, PEOPLE, POLICY, REPOSITORY, SOURCES, TinyEdition, work
from tests.sounds import sound

QUOTATION = "> Gesagt ist gesagt.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/x)\n"
UNATTRIBUTED = "this quotation has no line that links to its source"
SOURCE_ABOVE = "this quotation names its source above the words, so that they are credited to nobody"
SPONSOR = {
    "name": "Pumpen AG",
    "aliases": ["Pumpe"],
    "domains": ["pumpen.example"],
    "from": "2026-06-01",
    "to": "2026-12-31",
}


def list_warnings(tiny: TinyEdition) -> list[tuple[str, str]]:
    """Run the checks, assert that there are no errors, and return place and message of each warning."""
    result = check.run_checks(tiny.root)
    assert result.errors == ()
    return [(f"{problem.file.rsplit('/', 1)[-1]}:{problem.line}", problem.message) for problem in result.warnings]


def test_a_valid_edition_has_no_problems(tiny: TinyEdition):
    """Posts, pages and sources are counted; nothing is reported."""
    tiny.interview("ein-interview")
    tiny.talk("ein-talk")
    tiny.essay("ein-essay")
    tiny.candidate("wartet")
    tiny.note("zitiert", body=f"Ein eigener Gedanke dazu.\n\n{QUOTATION}")
    result = check.run_checks(tiny.root)
    assert (result.errors, result.warnings) == ((), ())
    assert (result.post_count, result.page_count, result.source_count) == (5, 1, 1)


def test_all_errors_are_reported_together(tiny: TinyEdition):
    """Everything that prevents a build, and every invalid inbox file, is reported in one run."""
    tiny.post("curation/notes/2026/a.md", body="", bookmark_of=[work("https://amtsblog.example/a")])
    tiny.write("curation/inbox/b.md", "---\nuid: [\n---\n")
    tiny.essay("c", topics=["transformatoin"])
    errors = [f"{problem.file}: {problem.message}" for problem in check.run_checks(tiny.root).errors]
    assert len(errors) == 3
    assert errors[0].startswith('content/essays/c.md: unknown topic "transformatoin"')
    assert errors[1].startswith("curation/inbox/b.md: this is not YAML")
    assert errors[2].startswith("curation/notes/2026/a.md: this note has no words of your own")


@pytest.mark.parametrize(
    ("quotation", "message"),
    [
        (QUOTATION, ""),
        ("> Gesagt.\n> — Amtsblog: <https://amtsblog.example/x>", ""),
        ("> Gesagt.", UNATTRIBUTED),
        ("> Gesagt.\n> — Amtsblog, Gerd Hahn", UNATTRIBUTED),
        ("> Mit [Link](https://amtsblog.example/x), doch ohne Zeile.", UNATTRIBUTED),
        ("> Gesagt.\n— Amtsblog: [Titel](https://amtsblog.example/x)", ""),
        ("> Gesagt.\n> ― Amtsblog: [Titel][x]\n\n[x]: https://amtsblog.example/x", ""),
        ("> — [Amtsblog](https://amtsblog.example/x):\n> Gesagt.", SOURCE_ABOVE),
    ],
)
def test_a_quotation_needs_a_linked_attribution(tiny: TinyEdition, quotation, message):
    """Under each quotation stands a line with a link to its source; a link within the quotation does not count."""
    tiny.note("zitiert", body=f"Ein Gedanke, der allein mein eigener ist.\n\n{quotation}")
    assert list_warnings(tiny) == ([("zitiert.md:18", message)] if message else [])


def test_a_note_quotes_at_most_as_many_words_as_it_has(tiny: TinyEdition):
    """If a note quotes more words than it has of its own, the warning gives both numbers."""
    tiny.note("kurz", body=f"Sehr wahr.\n\n{QUOTATION}")
    messages = [message for _, message in list_warnings(tiny)]
    assert messages == ["this note quotes 3 words, and has only 2 of its own"]


def test_a_note_keeps_the_quote_budget(tiny: TinyEdition):
    """A note quotes no more of one work than policy.yaml allows; essays have no budget, and 0 means none."""
    body = f"{'eigen ' * 9}\n\n{QUOTATION}"
    tiny.note("viel", body=body)
    tiny.essay("essay", body=body)
    tiny.yaml("policy", POLICY | {"quote_budget": 2})
    message = "3 words quoted from https://amtsblog.example/x, more than the quote_budget of policy.yaml (2)"
    assert list_warnings(tiny) == [("viel.md:15", message)]
    tiny.yaml("policy", POLICY | {"quote_budget": 0})
    assert list_warnings(tiny) == []


def test_a_recording_has_captions_or_a_transcript(tiny: TinyEdition):
    """Recordings of our own need turns with time codes or a WebVTT file; those at other providers do not."""
    tiny.write("content/media/ton.mp3", sound(60))
    tiny.write("content/media/ton.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n")
    audio = {"file": "media/ton.mp3"}
    tiny.talk("stumm", body="Worum es ging.", media={"audio": audio})
    tiny.talk("ohne-zeiten", body="@anna-berg: Warum?", media={"audio": audio})
    tiny.talk("mit-zeiten", body="@anna-berg (00:01): Warum?", media={"audio": audio})
    tiny.talk("mit-datei", body="Worum es ging.", media={"audio": audio, "transcript": "media/ton.vtt"})
    tiny.talk("anderswo", body="Worum es ging.", media={"audio": {"url": "https://ton.example/1.mp3"}})
    message = "this recording has neither captions nor a transcript"
    assert list_warnings(tiny) == [("ohne-zeiten.md:13", message), ("stumm.md:13", message)]
    # A mistake in the file, or elsewhere, says nothing about the recording that has it.
    tiny.write("content/media/ton.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Gerd Hahn>Guten Abend.\n")
    for _ in range(2):
        files = [problem.file for problem in check.run_checks(tiny.root).warnings if problem.message == message]
        assert [file.rpartition("/")[2] for file in files] == ["ohne-zeiten.md", "stumm.md"]
        tiny.yaml("topics", [{"name": "Ohne Kennung"}])


def test_a_post_needs_a_topic(tiny: TinyEdition):
    """A post without a topic, which no topic page lists, is reported; a draft is not."""
    tiny.essay("ohne", topics=[])
    tiny.essay("entwurf", topics=[], status="draft")
    assert list_warnings(tiny) == [("ohne.md:6", "this post has no topic")]


@pytest.mark.parametrize(
    ("front", "body", "name"),
    [
        ({}, "Wer die Pumpen AG kennt.", "Pumpen AG"),
        ({}, "Wer Pumpes Werk kennt.", "Pumpe"),
        ({"title": "Bei der PUMPEN AG"}, "Text.", "Pumpen AG"),
        ({}, "Siehe [hier](https://www.pumpen.example/x).", "pumpen.example"),
        ({"bookmark_of": [work("https://pumpen.example/")]}, "Text.", "pumpen.example"),
        ({"guests": [{"name": "Ina Jahn", "role": "Chefin der Pumpen AG"}]}, "Text.", "Pumpen AG"),
        ({"guests": ["eva-falk"]}, "Text über Pumpensysteme, notpumpen.example, pumpen.example.org.", ""),
        ({"disclosure": {"kind": "sponsor", "text": "Anzeige"}}, "Pumpen AG.", ""),
        ({"date": "2026-05-31T12:00:00+02:00"}, "Pumpen AG.", ""),
        ({"date": "2027-01-01T12:00:00+01:00"}, "Pumpen AG.", ""),
        ({"date": "2026-12-31T12:00:00+01:00"}, "Pumpen AG.", "Pumpen AG"),
        ({"status": "draft"}, "Pumpen AG.", ""),
    ],
)
def test_a_mentioned_sponsor_is_disclosed(tiny: TinyEdition, front, body, name):
    """A post that mentions a sponsor during its contract, by name, alias or domain, discloses it."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body=body, **front)
    mentions = [problem.message.partition(" is ")[0] for problem in check.run_checks(tiny.root).errors]
    assert mentions == ([f'"{name}"'] if name else [])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Die Fluessgas\u2011Huette war da.", "Flüßgas Hütte"),
        ("Die Flu\u0308ßgas-Hu\u0308tte war da.", "Flüßgas Hütte"),
        ("Die [Hütte](https://www.xn--flgas-sqa3h.example/).", ""),
        ("Die [Hütte](https://www.xn--flugas-dta.example/x).", "flußgas.example"),
        ("Die [Hütte](https://www.flußgas.example/x).", "flußgas.example"),
        ("Die [Hütte](https://www.flussgas.example/x).", ""),
    ],
)
def test_a_sponsor_is_found_however_it_is_written(tiny: TinyEdition, body, name):
    """Umlauts, ß and hyphens are as in `find`; a domain is found in the form that browsers copy, and no other one."""
    sponsor = {"name": "Flüßgas Hütte", "domains": ["flußgas.example"]}
    tiny.yaml("policy", POLICY | {"sponsors": [sponsor]})
    tiny.essay("erwaehnt", body=body)
    mentions = [problem.message.partition(" is ")[0] for problem in check.run_checks(tiny.root).errors]
    assert mentions == ([f'"{name}"'] if name else [])


def test_an_undisclosed_sponsor_prevents_a_build(tiny: TinyEdition):
    """The error gives the line, the day of the post and the key to add; a build ends with the same error."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body="Erster Absatz.\n\nDie Pumpen AG war dabei.")
    problem = Problem(
        "content/essays/erwaehnt.md",
        11,
        "",
        '"Pumpen AG" is a sponsor on 2026-10-01 (policy.yaml), and the post has no disclosure',
        "Add disclosure: {kind: sponsor, text: …}, or another kind that fits Pumpen AG.",
    )
    assert check.run_checks(tiny.root).errors == (problem,)
    with pytest.raises(EditionError) as caught:
        build_site(tiny.root)
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    ("front", "body", "line", "field"),
    [
        ({"title": "Bei der Pumpen AG"}, "Text.", 3, "title"),
        ({"tags": ["Technik", "Pumpen AG"]}, "Text.", 7, "tags[1]"),
        ({"via": {"name": "Ein Freund", "url": "https://pumpen.example/"}}, "Text.", 8, "via"),
        ({"guests": [{"name": "Ina Jahn", "role": "Chefin der Pumpen AG"}]}, "Text.", 8, "guests[0]"),
        ({}, "Wie gesagt.\n\nWer von der Pumpen\nAG kommt, und von der Pumpen AG geht.", 11, ""),
    ],
    ids=["title", "tag", "via", "guest", "over two lines"],
)
def test_the_first_mention_is_reported_by_field_or_line(tiny: TinyEdition, front, body, line, field):
    """Of several mentions of a sponsor, the first in the order of the file is reported."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body=body, **front)
    assert [(problem.line, problem.field) for problem in check.run_checks(tiny.root).errors] == [(line, field)]


def test_a_new_sponsor_is_looked_for_in_cached_posts(tiny: TinyEdition):
    """A build with a cache checks unchanged posts for a new sponsor, and for one in a guest's new role."""
    tiny.interview("gespraech")
    tiny.essay("erwaehnt", body="Die Pumpen AG war dabei.", disclosure={"kind": "gift", "text": "Eine Pumpe."})
    build_site(tiny.root)
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    build_site(tiny.root)
    tiny.yaml("people", [*PEOPLE[:2], {**PEOPLE[2], "role": "Leiterin der Pumpen AG"}])
    with pytest.raises(EditionError) as caught:
        build_site(tiny.root)
    assert [problem.file for problem in caught.value.problems] == ["content/interviews/gespraech.md"]


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("Angaben nach §\u00a05 TMG", "TMG"),
        ("Verantwortlich nach §\u00a055 Abs. 2 RStV", "RStV"),
        ("nach dem Telemediengesetz", "TMG"),
        ("§\u00a025 TTDSG", "TTDSG"),
        ("Angaben nach §\u00a05 DDG, §\u00a018 MStV, §\u00a025 TDDDG, ATMGX", ""),
    ],
)
def test_a_lapsed_law_is_reported(tiny: TinyEdition, text, law):
    """If a page names a law that is no longer in force, the warning names its successor."""
    tiny.page("impressum", body=f"Erste Zeile.\n\n{text}")
    warnings = list_warnings(tiny)
    assert [place for place, _ in warnings] == (["impressum.md:7"] if law else [])
    assert all(f"the {law}" in message for _, message in warnings)


def test_a_placeholder_is_reported(tiny: TinyEdition):
    """A passage that `kuratorium start` left for the editor is reported until it is written."""
    tiny.page("impressum", body="**[Bitte ergänzen: Anschrift.]**")
    assert list_warnings(tiny) == [("impressum.md:5", "this passage is not completed yet")]


def test_a_duplicate_inbox_item_is_reported(tiny: TinyEdition):
    """An item whose uid a note or another item has is reported with the file of that."""
    tiny.note("notiz", uid="kmeant77")
    tiny.candidate("wartet", uid="kmeant77")
    tiny.candidate("a", uid="kagain77")
    tiny.candidate("b", uid="kagain77")
    assert [(place, message.split(" (")[0]) for place, message in list_warnings(tiny)] == [
        ("2026-10-13-b-kagain77.md:0", "this item is already in curation/inbox/2026-10-13-a-kagain77.md"),
        ("2026-10-13-wartet-kmeant77.md:0", "this item is already in curation/notes/2026/notiz.md"),
    ]


def test_every_check_has_a_name_of_its_own():
    """No two rules of CHECKS have the same name."""
    names = [rule.id for rule in check.CHECKS]
    assert len(set(names)) == len(names)


def test_a_stray_file_among_the_notes_is_an_error(tiny: TinyEdition):
    """A file that is no Markdown file, such as a feed, is reported."""
    tiny.write("curation/notes/2026/feed.xml", FEED)
    assert [problem.message for problem in check.run_checks(tiny.root).errors] == ["this file is not a post"]


def test_a_link_to_a_withheld_post_is_reported(tiny: TinyEdition):
    """Links to drafts and unreleased interviews are reported by line, except in texts that are withheld as well."""
    tiny.interview("gate", release="open")
    tiny.essay("entwurf", status="draft", body="Siehe [dort]({filename}/interviews/gate.md).")
    tiny.interview("frei")
    links = "[eins]({filename}/interviews/gate.md), [zwei]({filename}/interviews/frei.md)"
    tiny.note("verweist", body=f"Eigenes.\n\n{links}\nund [drei]({{filename}}/essays/entwurf.md).")
    tiny.page("seite", body="[Das Gespräch]({filename}/interviews/gate.md).")
    interview = "link to an interview that is not released, which has no page: {filename}/interviews/gate.md"
    assert list_warnings(tiny) == [
        ("seite.md:5", interview),
        ("verweist.md:18", interview),
        ("verweist.md:19", "link to a draft, which has no page: {filename}/essays/entwurf.md"),
    ]


def test_a_link_to_a_post_of_a_later_date_is_reported(tiny: TinyEdition):
    """Until that date it has no page; a post that appears with it or after it may link to it."""
    tiny.essay("bald", date="2026-11-02T08:00:00+01:00")
    for name, date in (("jetzt", "2026-10-01"), ("vorher", "2026-11-01"), ("danach", "2026-11-03")):
        tiny.essay(name, date=f"{date}T08:00:00+01:00", body="Siehe [dort]({filename}bald.md).")
    tiny.page("seite", body="[Bald]({filename}/essays/bald.md).")
    message = "link to a post of a later date (2026-11-02), which has no page: {filename}"
    assert [(file.partition(":")[0], text) for file, text in list_warnings(tiny) if "later" in text] == [
        ("jetzt.md", f"{message}bald.md"),
        ("vorher.md", f"{message}bald.md"),
        ("seite.md", f"{message}/essays/bald.md"),
    ]


def test_removed_fields_are_warnings(tiny: TinyEdition):
    """A field of an older contract is reported with its line, and keeps the site from nothing."""
    tiny.yaml("sources", [SOURCES[0] | {"rights": {"images": True}}])
    assert [message for _, message in list_warnings(tiny)] == ['the key "images" is no longer read']
    assert build_site(tiny.root).written_count > 0


def test_contributing_lists_checks_with_their_levels():
    """CONTRIBUTING lists every rule in CHECKS, in their order."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| (error|warning) \|", text, flags=re.MULTILINE)
    assert listed == [(rule.id, rule.level) for rule in check.CHECKS]


def test_what_pages_will_not_show_is_reported(tiny: TinyEdition):
    """Elements, schemes and invisible characters that are removed from a body are named with their line."""
    file = tiny.note("luecken", body="Ein Satz.\n\n<form>Feld</form> [Chat](matrix:u/ada)\n\nRück\u202ewärts.")
    tiny.page("technik", body="<script>x()</script>")
    first = file.read_text().split("\n").index("Ein Satz.") + 1
    assert list_warnings(tiny) == [
        ("technik.md:5", "<script> is removed from the page, with all that stands in it"),
        (f"luecken.md:{first + 2}", "<form> is removed from the page, and only the text in it stays"),
        (f"luecken.md:{first + 2}", 'the link to "matrix:u/ada" is removed, and only its text stays'),
        (f"luecken.md:{first + 4}", "this line holds the character U+202E RIGHT-TO-LEFT OVERRIDE"),
    ]
    build_site(tiny.root)
    page = (tiny.root / "output/notizen/luecken.html").read_text().partition("e-content")[2].partition("</div>")[0]
    assert "Rückwärts." in page
    assert "<form" not in page


def test_a_note_that_was_moved_out_of_the_inbox_by_hand_is_named(tiny: TinyEdition):
    """A note with the date and the file name that a pull gave it is named; one with a name of its own is not."""
    uid = "kwpnfr3w7hszq2mx"
    values = {"uid": uid, "date": "2026-10-01T08:00:00+02:00", "bookmark_of": [work("https://blog.example/clauses")]}
    tiny.post(f"curation/notes/2026-10-01-clauses-{uid[:8]}.md", **values)
    messages = [message for message in map(str, check.run_checks(tiny.root).warnings) if "inbox" in message]
    assert len(messages) == 1
    assert messages[0].startswith(f"curation/notes/2026-10-01-clauses-{uid[:8]}.md:")
    (tiny.root / f"curation/notes/2026-10-01-clauses-{uid[:8]}.md").unlink()
    tiny.post("curation/notes/clauses.md", **values)
    assert not [message for message in map(str, check.run_checks(tiny.root).warnings) if "inbox" in message]


def test_a_folder_for_drafts_keeps_nothing_back(tiny: TinyEdition):
    """A text in `_drafts` is published; the warning says what keeps it back, and a draft has none."""
    tiny.essay("_drafts/halb")
    tiny.essay("_drafts/fertig", status="draft")
    assert list_warnings(tiny) == [("halb.md:1", "texts in _drafts/ are published like any other")]


def test_leftovers_of_other_programs_are_told_with_their_line(tiny: TinyEdition):
    """Marks that the page would show stand in the report, with the line in the file."""
    file = tiny.essay("zettel", body="Ein Satz.\n\nDazu [[Zettel 4]].\n")
    line = file.read_text().split("\n").index("Dazu [[Zettel 4]].") + 1
    message = '"[[Zettel 4]]" is a link of a wiki, which the page shows as text'
    assert list_warnings(tiny) == [(f"zettel.md:{line}", message)]


def ignore(rule: str) -> dict[str, object]:
    """Return front matter that asks to ignore a rule."""
    return {"ignore": [{"rule": rule, "reason": "Hier ist es anders."}]}


def test_a_warning_that_does_not_apply_is_ignored(tiny: TinyEdition):
    """`ignore` hides the warnings of one rule in one file, with a reason; they are counted."""
    tiny.essay("ohne-thema", topics=[], **ignore("topics"))
    tiny.essay("auch-ohne", topics=[])
    tiny.page("impressum", body="Angaben nach §\u00a05 TMG.", **ignore("lapsed-laws"))
    assert list_warnings(tiny) == [("auch-ohne.md:6", "this post has no topic")]
    assert check.run_checks(tiny.root).ignored_count == 2


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        ("topcis", 'there is no rule "topcis"', 'Did you mean "topics"?'),
        ("topics", '"topics" finds nothing here', "Delete this: it would hide what is wrong later."),
        ("edition", '"edition" reports errors, which no text can ignore', "Correct what it reports, and delete this."),
    ],
)
def test_an_ignored_rule_must_exist_and_find_something(tiny: TinyEdition, rule, message, hint):
    """A mistyped one is told with the nearest rule; one that hides nothing would hide a later mistake."""
    tiny.essay("aufsatz", **ignore(rule))
    (problem,) = check.run_checks(tiny.root).warnings
    assert (problem.field, problem.message) == ("ignore[0].rule", message)
    assert problem.hint.startswith(hint)


def test_an_ignored_rule_may_find_something_elsewhere_only(tiny: TinyEdition):
    """What depends on this machine, such as its archive, may be found on a colleague's."""
    tiny.essay("aufsatz", **ignore("moved-items"))
    assert list_warnings(tiny) == []


def test_an_ignored_rule_needs_a_reason(tiny: TinyEdition):
    """Nobody should have to guess later why it was ignored."""
    tiny.essay("aufsatz", ignore=[{"rule": "topics"}])
    (problem,) = check.run_checks(tiny.root).errors
    assert problem.field == "ignore[0].reason"

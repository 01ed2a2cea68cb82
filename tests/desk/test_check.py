import pytest

from kuratorium.desk import check
from kuratorium.errors import EditionError, Problem
from kuratorium.publishing.builder import build_site
from tests.editions import FEED, PEOPLE, POLICY, TinyEdition, work
from tests.publishing.makers import document

QUOTATION = "> Gesagt ist gesagt.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/x)\n"
SPONSOR = {
    "name": "Pumpen AG",
    "aliases": ["Pumpe"],
    "domains": ["pumpen.example"],
    "from": "2026-06-01",
    "to": "2026-12-31",
}


def warnings(tiny: TinyEdition) -> list[tuple[str, str]]:
    """Run the checks; returns place and words of the warnings, after seeing that nothing is an error."""
    result = check.run_checks(tiny.root)
    assert result.errors == ()
    return [(f"{one.file.rsplit('/', 1)[-1]}:{one.line}", one.message) for one in result.warnings]


def test_sound_edition_has_no_problems(tiny: TinyEdition):
    """What is right is counted and not complained about."""
    tiny.interview("ein-interview")
    tiny.talk("ein-talk")
    tiny.essay("ein-essay")
    tiny.candidate("wartet")
    tiny.note("zitiert", body=f"Ein eigener Gedanke dazu.\n\n{QUOTATION}")
    result = check.run_checks(tiny.root)
    assert (result.errors, result.warnings) == ((), ())
    assert (result.posts, result.pages, result.sources) == (5, 1, 1)


def test_all_problems_are_errors_together(tiny: TinyEdition):
    """What keeps the site from being built, and what the inbox cannot show, is told in one run."""
    tiny.post("curation/notes/2026/a.md", body="", bookmark_of=[work("https://amtsblog.example/a")])
    tiny.write("curation/inbox/b.md", "---\nuid: [\n---\n")
    tiny.essay("c", topics=["transformatoin"])
    found = [f"{one.file}: {one.message}" for one in check.run_checks(tiny.root).errors]
    assert len(found) == 3
    assert found[0].startswith("content/essays/c.md: unknown topic «transformatoin»")
    assert found[1].startswith("curation/inbox/b.md: this is no YAML")
    assert found[2].startswith("curation/notes/2026/a.md: this note has no words of your own")


@pytest.mark.parametrize(
    ("quotation", "says"),
    [
        (QUOTATION, ""),
        ("> Gesagt.\n> — Amtsblog: <https://amtsblog.example/x>", ""),
        ("> Gesagt.", "this quotation has no linked line"),
        ("> Gesagt.\n> — Amtsblog, Gerd Hahn", "this quotation has no linked line"),
        ("> Mit [Link](https://amtsblog.example/x), doch ohne Zeile.", "this quotation has no linked line"),
    ],
)
def test_quotation_needs_a_linked_line(tiny: TinyEdition, quotation, says):
    """Under each quotation stands a line with a link to its source; a link elsewhere does not count."""
    tiny.note("zitiert", body=f"Ein Gedanke, der allein mein eigener ist.\n\n{quotation}")
    found = warnings(tiny)
    if says:
        assert [(place, what[: len(says)]) for place, what in found] == [("zitiert.md:18", says)]
    else:
        assert found == []


def test_more_quoted_than_said(tiny: TinyEdition):
    """A note that quotes more words than it says is told both numbers."""
    tiny.note("kurz", body=f"Sehr wahr.\n\n{QUOTATION}")
    assert [what for _, what in warnings(tiny)] == ["3 quoted words stand against 2 of your own"]


def test_quote_budget_of_the_policy(tiny: TinyEdition):
    """A note keeps to the budget for each work; an essay, and a policy without a budget, have none."""
    body = f"{'eigen ' * 9}\n\n{QUOTATION}"
    tiny.note("viel", body=body)
    tiny.essay("essay", body=body)
    tiny.yaml("policy", POLICY | {"quote_budget": 2})
    found = warnings(tiny)
    over = "3 words quoted from https://amtsblog.example/x are over the quote_budget of policy.yaml (2)"
    assert found == [("viel.md:15", over)]
    tiny.yaml("policy", POLICY | {"quote_budget": 0})
    assert warnings(tiny) == []


def test_words_are_counted_by_whose_they_are():
    """Own words apart from quoted ones, these by the work that the line below them links to."""
    other = "> Noch etwas.\n> — Zettel: <https://zettel.example/y>\n"
    nobody = "> Von irgendwem.\n"
    counted = check.count_note_words(
        document(f"Vier eigene Wörter hier.\n\n{QUOTATION}\nUnd.\n\n{other}\nUnd.\n\n{nobody}")
    )
    assert counted.own_words == 6
    assert counted.quoted_by_work == {"https://amtsblog.example/x": 3, "https://zettel.example/y": 2, "": 2}
    assert (counted.quoted_words, counted.max_quoted_words) == (7, 3)


def test_a_recording_that_cannot_be_read(tiny: TinyEdition):
    """Sound of our own has captions: turns with time codes, or a file; what lies elsewhere is not ours to caption."""
    tiny.write("content/media/ton.mp3", "ID3")
    tiny.write("content/media/ton.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n")
    ours = {"file": "media/ton.mp3"}
    tiny.talk("stumm", body="Worum es ging.", media={"audio": ours})
    tiny.talk("ohne-zeiten", body="@anna-berg: Warum?", media={"audio": ours})
    tiny.talk("mit-zeiten", body="@anna-berg (00:01): Warum?", media={"audio": ours})
    tiny.talk("mit-datei", body="Worum es ging.", media={"audio": ours, "transcript": "media/ton.vtt"})
    tiny.talk("anderswo", body="Worum es ging.", media={"audio": {"url": "https://ton.example/1.mp3"}})
    told = "this recording has neither captions nor a transcript"
    assert warnings(tiny) == [("ohne-zeiten.md:13", told), ("stumm.md:13", told)]


def test_post_without_topics(tiny: TinyEdition):
    """A post that no topic's page and feed will show is told; a draft is left in peace."""
    tiny.essay("ohne", topics=[])
    tiny.essay("entwurf", topics=[], status="draft")
    assert warnings(tiny) == [("ohne.md:6", "this post has no topic")]


@pytest.mark.parametrize(
    ("front", "body", "named"),
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
def test_sponsor_is_disclosed(tiny: TinyEdition, front, body, named):
    """Who mentions a sponsor while it pays, by name, alias or domain, says so."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body=body, **front)
    found = [one.message.partition(" is ")[0] for one in check.run_checks(tiny.root).errors]
    assert found == ([f"«{named}»"] if named else [])


def test_an_undisclosed_sponsor_is_told_with_its_place(tiny: TinyEdition):
    """The line, the day on which the sponsor pays, what to add; and it keeps the site from being built."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body="Erster Absatz.\n\nDie Pumpen AG war dabei.")
    problem = Problem(
        "content/essays/erwaehnt.md",
        11,
        "",
        "«Pumpen AG» is a sponsor on 2026-10-01 (policy.yaml), and nothing discloses it",
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
def test_a_mention_is_told_by_field_or_line(tiny: TinyEdition, front, body, line, field):
    """Where a sponsor is named first, in the order of the file."""
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    tiny.essay("erwaehnt", body=body, **front)
    assert [(one.line, one.field) for one in check.run_checks(tiny.root).errors] == [(line, field)]


def test_a_sponsor_that_comes_later_is_found_in_posts_that_were_read_before(tiny: TinyEdition):
    """A build that remembers its texts holds them against a new sponsor, and against a guest's new role."""
    tiny.interview("gespraech")
    tiny.essay("erwaehnt", body="Die Pumpen AG war dabei.", disclosure={"kind": "gift", "text": "Eine Pumpe."})
    build_site(tiny.root)
    tiny.yaml("policy", POLICY | {"sponsors": [SPONSOR]})
    build_site(tiny.root)
    tiny.yaml("people", [{**one, "role": "Leiterin der Pumpen AG"} for one in PEOPLE])
    with pytest.raises(EditionError) as caught:
        build_site(tiny.root)
    assert [one.file for one in caught.value.problems] == ["content/interviews/gespraech.md"]


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("Angaben nach § 5 TMG", "TMG"),
        ("Verantwortlich nach § 55 Abs. 2 RStV", "RStV"),
        ("nach dem Telemediengesetz", "TMG"),
        ("§ 25 TTDSG", "TTDSG"),
        ("Angaben nach § 5 DDG, § 18 MStV, § 25 TDDDG, ATMGX", ""),
    ],
)
def test_old_laws_are_named(tiny: TinyEdition, text, law):
    """An imprint that names a law that is gone is told which one came after it."""
    tiny.page("impressum", body=f"Erste Zeile.\n\n{text}")
    found = warnings(tiny)
    assert [place for place, _ in found] == (["impressum.md:7"] if law else [])
    assert all(f"the {law}" in what for _, what in found)


def test_starter_pages_are_to_be_completed(tiny: TinyEdition):
    """What `kuratorium start` left open is told until it is written."""
    tiny.page("impressum", body="**[Bitte ergänzen: Anschrift.]**")
    assert warnings(tiny) == [("impressum.md:5", "something is still to be completed here")]


def test_inbox_offers_nothing_twice(tiny: TinyEdition):
    """An inbox file that is a note already, or stands there twice, is told with the other file."""
    tiny.note("notiz", uid="kmeant77")
    tiny.candidate("wartet", uid="kmeant77")
    tiny.candidate("a", uid="kagain77")
    tiny.candidate("b", uid="kagain77")
    assert [(place, what.split(" (")[0]) for place, what in warnings(tiny)] == [
        ("2026-10-13-b-kagain77.md:0", "this is already curation/inbox/2026-10-13-a-kagain77.md"),
        ("2026-10-13-wartet-kmeant77.md:0", "this is already curation/notes/2026/notiz.md"),
    ]


def test_every_check_has_a_name_of_its_own():
    """The names of the table tell its rules apart."""
    names = [one.name for one in check.CHECKS]
    assert len(set(names)) == len(names)


def test_feed_of_the_sample_source_is_no_post(tiny: TinyEdition):
    """A stray file among the notes is an error that says where posts live."""
    tiny.write("curation/notes/2026/feed.xml", FEED)
    assert [one.message for one in check.run_checks(tiny.root).errors] == ["this file is no post"]


def test_links_to_what_is_withheld_are_told(tiny: TinyEdition):
    """A draft or an unreleased interview has no page: who links to it is told where, unless they wait, too."""
    tiny.interview("gate", release="open")
    tiny.essay("entwurf", status="draft", body="Siehe [dort]({filename}/interviews/gate.md).")
    tiny.interview("frei")
    links = "[eins]({filename}/interviews/gate.md), [zwei]({filename}/interviews/frei.md)"
    tiny.note("verweist", body=f"Eigenes.\n\n{links}\nund [drei]({{filename}}/essays/entwurf.md).")
    tiny.page("seite", body="[Hier]({filename}/interviews/gate.md).")
    nothing = "readers will find no page there"
    assert warnings(tiny) == [
        ("seite.md:5", f"{{filename}}/interviews/gate.md leads to an interview that is not released: {nothing}"),
        ("verweist.md:18", f"{{filename}}/interviews/gate.md leads to an interview that is not released: {nothing}"),
        ("verweist.md:19", f"{{filename}}/essays/entwurf.md leads to a draft: {nothing}"),
    ]


def test_removed_fields_are_warnings(tiny: TinyEdition):
    """A field of an older contract is reported with its line, and keeps the site from nothing."""
    tiny.write("curation/policy.yaml", "imprint: {responsible: Anna Berg}\ntriage: {neu: 0.5}\n")
    assert warnings(tiny) == [("policy.yaml:2", 'the key "triage" is no longer read')]
    assert build_site(tiny.root).written_count > 0

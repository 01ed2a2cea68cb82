from __future__ import annotations

from pathlib import Path

import pytest

from kuratorium.edition import loader, registry
from kuratorium.errors import Problem
from tests.editions import PEOPLE, POLICY, SOURCES, TOPICS, TinyEdition

DATA = Path(__file__).parents[1] / "data" / "registry"
SLUG = "expected a slug (lower-case letters, digits, hyphens), found "
COLON = 'this is not YAML: the value contains ": ", which begins another value'

CASES = {
    "sources-id-leaves-the-folder": Problem(
        "curation/sources.yaml", 4, "[1].id", f'{SLUG}"../../amtsblog"', 'Did you mean "amtsblog"?'
    ),
    "people-picture-missing": Problem(
        "curation/people.yaml",
        5,
        "[1].image.file",
        "there is no file content/images/fehlt.png",
        "Put it there, or correct the name: it is one below content/, such as images/….",
    ),
    "people-no-address": Problem(
        "curation/people.yaml",
        3,
        "[0].email",
        'expected a mail address, found "anna.berg"',
        "For example: anna.berg@example.org",
    ),
    "people-no-fediverse-account": Problem(
        "curation/people.yaml",
        3,
        "[0].fediverse",
        'expected an account of the fediverse, found "https://social.example/@anna"',
        "For example: @anna@social.example",
    ),
    "policy-embeds-of-nobody": Problem(
        "curation/policy.yaml", 2, "embeds[1]", 'unknown provider "youtub"', 'Did you mean "youtube"?'
    ),
    "sources-id-twice": Problem(
        "curation/sources.yaml", 4, "[1].id", 'the id "amtsblog" occurs twice', "Give one of them another id."
    ),
    "sources-unknown-key": Problem(
        "curation/sources.yaml", 4, "[0].topic", 'unknown key "topic"', 'Did you mean "topics"?'
    ),
    "sources-unknown-topic": Problem(
        "curation/sources.yaml",
        4,
        "[0].topics[0]",
        'unknown topic "opensource"',
        'Did you mean "open-source"? New ones are added in curation/topics.yaml.',
    ),
    "sources-unknown-person": Problem(
        "curation/sources.yaml",
        5,
        "[0].people[1]",
        'unknown person "eva-falck"',
        'Did you mean "eva-falk"? New ones are added in curation/people.yaml.',
    ),
    "sources-no-list": Problem(
        "curation/sources.yaml", 1, "", "expected a list of entries", 'Write entries that begin with "- id: …".'
    ),
    "sources-no-yaml": Problem("curation/sources.yaml", 2, "", COLON, 'Put it in quotes: name: "Amtsblog: Neues"'),
    "sources-not-utf-8": Problem(
        "curation/sources.yaml",
        2,
        "",
        "the file is not UTF-8 (byte 0xc4)",
        "Save it with the encoding UTF-8.",
    ),
    "sources-wrong-type": Problem(
        "curation/sources.yaml",
        5,
        "[0].rights.opt_out",
        'expected true or false, found "vielleicht"',
        "Correct the value.",
    ),
    "sources-page-without-select": Problem(
        "curation/sources.yaml",
        5,
        "[0].type",
        'a page needs "select", which says where its entries are',
        "For example, one line further down: select: {entry: article, title: h2}",
    ),
    "sources-select-without-page": Problem(
        "curation/sources.yaml",
        5,
        "[0].select",
        '"select" is only for pages',
        'Add "type: page", or delete "select".',
    ),
    "sources-unknown-zone": Problem(
        "curation/sources.yaml",
        5,
        "[0].zone",
        'unknown time zone "Europe/Berlim"',
        'Did you mean "Europe/Berlin"? Write an IANA name.',
    ),
    "sources-feed-outside": Problem(
        "curation/sources.yaml",
        4,
        "[0].feed",
        "this path leads outside the edition",
        "Write an http or https address, or the path of a file in the edition, such as curation/samples/….",
    ),
    "topics-unknown-curator": Problem(
        "curation/topics.yaml",
        5,
        "[1].curators[0]",
        'unknown person "karl-dorn"',
        'Did you mean "carl-dorn"? New ones are added in curation/people.yaml.',
    ),
    "topics-pinned-is-no-uid": Problem(
        "curation/topics.yaml",
        3,
        "[0].pinned[0]",
        'expected a uid (6 to 64 lower-case letters, digits, hyphens), found "Erste Notiz"',
        "For example: 7c1f9a52d3e84b06",
    ),
    "series-without-name": Problem("curation/series.yaml", 1, "[0].name", "is missing", 'Add a line "name: …".'),
    "policy-fresh-without-nobody": Problem(
        "curation/policy.yaml",
        3,
        "fresh.without[1]",
        'unknown source "amtsblock"',
        'Did you mean "amtsblog"? New ones are added in curation/sources.yaml.',
    ),
    "policy-without-imprint": Problem("curation/policy.yaml", 1, "imprint", "is missing", 'Add a line "imprint: …".'),
    "policy-date-without-day": Problem(
        "curation/policy.yaml",
        2,
        "as_of",
        'expected a date with time and offset, found "2026-10"',
        "Write year, month, day and time as in 2026-09-30T09:00:00+02:00.",
    ),
    "policy-intranet-with-address": Problem(
        "curation/policy.yaml",
        2,
        "intranet[2]",
        'expected the name of a host, without http:// and port, found "http://wiki.intern/"',
        "For example: wiki.intern",
    ),
    "policy-intranet-with-port": Problem(
        "curation/policy.yaml",
        2,
        "intranet[1]",
        'expected the name of a host, without http:// and port, found "10.0.0.7:8080"',
        "For example: wiki.intern",
    ),
    "policy-email-without-at": Problem(
        "curation/policy.yaml",
        3,
        "imprint.email",
        'expected a mail address, found "redaktion(at)amtsblog.example"',
        "For example: anna.berg@example.org",
    ),
    "policy-sponsor-ends-before-it-begins": Problem(
        "curation/policy.yaml",
        4,
        "sponsors[0].from",
        '"from" is 2026-11-30, which is after "to", 2026-02-01',
        "Exchange the two days, or correct one of them.",
    ),
    "policy-archive-too-short": Problem(
        "curation/policy.yaml",
        2,
        "archive_days",
        'expected a whole number from 100 to 36500, found "30"',
        "Correct the value.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_reported_with_its_place_and_a_hint(tiny: TinyEdition, name: str) -> None:
    """One mistake gives one problem: file, line, field, what is wrong, what would be right."""
    tiny.write(CASES[name].file, (DATA / f"{name}.yaml").read_bytes())
    _, problems = registry.read_registry(tiny.root)
    assert problems == [CASES[name]]


def test_a_feed_leads_outside_by_a_link(tiny: TinyEdition, tmp_path: Path) -> None:
    """A symbolic link in the edition that leads outside is followed, and its feed refused."""
    (tmp_path / "outside.xml").write_text("secret")
    (tiny.root / "curation/samples/amtsblog.xml").unlink()
    (tiny.root / "curation/samples/amtsblog.xml").symlink_to(tmp_path / "outside.xml")
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.message) == ("[0].feed", "this path leads outside the edition")


@pytest.mark.parametrize(
    "domain",
    [
        "https://stadtwerk.example/",
        "http://www.stadtwerk.example/strom",
        "stadtwerk.example/",
        "www.stadtwerk.example",
        "*.stadtwerk.example",
        "@stadtwerk.example",
        "info@stadtwerk.example",
        " stadtwerk.example",
        "stadtwerk.example.",
        "stadtwerk.example:8080",
    ],
)
def test_a_domain_of_a_sponsor_is_a_name_alone(tiny: TinyEdition, domain: str) -> None:
    """Any other form would match no link, and no mention of the sponsor would be found."""
    sponsor = {"name": "Stadtwerk", "domains": ["strom.example", domain]}
    tiny.yaml("policy", {**POLICY, "sponsors": [sponsor]})
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.hint) == (
        "sponsors[0].domains[1]",
        "Write stadtwerk.example: subdomains are included.",
    )


@pytest.mark.parametrize(
    ("domain", "hint"),
    [
        ("strom.example, gas.example", "Write each as an item of its own: [strom.example, gas.example]"),
        ("www.strom.example https://gas.example/", "Write each as an item of its own: [strom.example, gas.example]"),
        ("<strom.example>", "Write strom.example: subdomains are included."),
        ("Stadtwerk", "For example: example.org"),
        ("localhost", "For example: example.org"),
        ("strom..example", "For example: example.org"),
        ("Strom und Gas", "For example: example.org"),
        ("10.0.0.7", "For example: example.org"),
    ],
)
def test_what_is_no_domain_is_none(tiny: TinyEdition, domain: str, hint: str) -> None:
    """A word alone would be found in every text, and what no host can be in none."""
    tiny.yaml("policy", {**POLICY, "sponsors": [{"name": "Stadtwerk", "domains": [domain]}]})
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.hint) == ("sponsors[0].domains[0]", hint)


@pytest.mark.parametrize("domain", ["strom.example", "Strom.Example", "sträßchen.example", "xn--strsschen-0za.example"])
def test_a_domain_may_have_any_letters(tiny: TinyEdition, domain: str) -> None:
    """Case and letters beyond ASCII are as people write them."""
    tiny.yaml("policy", {**POLICY, "sponsors": [{"name": "Stadtwerk", "domains": [domain]}]})
    assert registry.read_registry(tiny.root)[1] == []


FEED_HINT = "Write an http or https address, or the path of a file in the edition, such as curation/samples/…."


@pytest.mark.parametrize(
    ("feed", "hint"),
    [
        ("rathaus.example/feed", "Write https://rathaus.example/feed"),
        ("www.rathaus.example", "Write https://www.rathaus.example"),
        ("rathaus.example:8080/feed.xml", "Write https://rathaus.example:8080/feed.xml"),
        ("feed://rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("feed:http://rathaus.example/rss", "Write http://rathaus.example/rss"),
        ("podcast://rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("ftp://rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("//rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("https//rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("https:/rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("https: //rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("https://https://rathaus.example/rss", "Write https://rathaus.example/rss"),
        ("https://rathaus.example/rss ", "Write https://rathaus.example/rss"),
        ("<https://rathaus.example/rss>", "Write https://rathaus.example/rss"),
        ("[Rathaus](https://rathaus.example/rss)", "Write https://rathaus.example/rss"),
        ("https://rathaus.example/alle meldungen", "Write https://rathaus.example/alle%20meldungen"),
        ("curation\\samples\\amtsblog.xml", "Write curation/samples/amtsblog.xml"),
        ("https://", FEED_HINT),
        ("https://rathaus.example:99999/", FEED_HINT),
        ("https://rathaus..example/rss", FEED_HINT),
        ("mailto:info@rathaus.example", FEED_HINT),
    ],
)
def test_a_feed_is_an_address_or_a_path(tiny: TinyEdition, feed: str, hint: str) -> None:
    """What a pull could not fetch is an error with its line, and with the address that was probably meant."""
    tiny.yaml("sources", [*SOURCES, {"id": "rathaus", "name": "Rathaus", "feed": feed}])
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.line, problem.field, problem.hint) == (10, "[1].feed", hint)


@pytest.mark.parametrize(
    "feed",
    [
        "HTTPS://Rathaus.Example/rss",
        "http://127.0.0.1:8000/feed",
        "https://[2001:db8::1]/feed",
        "https://wiki/feed",
        "https://bücher.example/ü?a=b c".replace(" ", "%20"),
        "curation/samples/amtsblog.xml",
        "./curation/samples/amtsblog.xml",
        "file:curation/samples/amtsblog.xml",
        "curation/samples/später.xml",
        "später.xml",
    ],
)
def test_other_feeds_are_left_to_the_pull(tiny: TinyEdition, feed: str) -> None:
    """A program may write a file between build and pull; hosts, ports and letters are as people write them."""
    tiny.yaml("sources", [*SOURCES, {"id": "rathaus", "name": "Rathaus", "feed": feed}])
    assert registry.read_registry(tiny.root)[1] == []


@pytest.mark.parametrize("field", ["keep", "drop"])
def test_a_filter_names_something(tiny: TinyEdition, field: str) -> None:
    """An empty filter would drop all entries, or none."""
    tiny.yaml("sources", [SOURCES[0] | {field: {"words": []}}])
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.message) == (f"[0].{field}", "this filter has neither words nor categories")


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("sources", [SOURCES[0] | {"topics": ["transformation", "open-source", "transformation"]}], "[0].topics[2]"),
        ("sources", [SOURCES[0] | {"people": ["carl-dorn", "carl-dorn"]}], "[0].people[1]"),
        ("topics", [*TOPICS[:1], TOPICS[1] | {"curators": ["carl-dorn", "carl-dorn"]}], "[1].curators[1]"),
        ("policy", POLICY | {"fresh": {"without": ["amtsblog", "amtsblog"]}}, "fresh.without[1]"),
        ("topics", [TOPICS[0] | {"pinned": ["notiz-1", "notiz-2", "notiz-1"]}, TOPICS[1]], "[0].pinned[2]"),
    ],
)
def test_an_id_stands_once_in_a_list(tiny: TinyEdition, name: str, values: object, field: str) -> None:
    """A doubled id would be suggested or shown twice."""
    tiny.yaml(name, values)
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.message[-12:]) == (field, "occurs twice")


@pytest.mark.parametrize(
    ("sponsor", "field"),
    [({"name": "…"}, "sponsors[0].name"), ({"name": "Netz AG", "aliases": ["Netz", "?!"]}, "sponsors[0].aliases[1]")],
)
def test_a_sponsor_has_a_name_that_can_be_found(tiny: TinyEdition, sponsor: dict[str, object], field: str) -> None:
    """Signs alone are in no text a mention."""
    tiny.yaml("policy", POLICY | {"sponsors": [sponsor]})
    assert [problem.field for problem in registry.read_registry(tiny.root)[1]] == [field]


def test_the_responsible_person_has_a_name(tiny: TinyEdition) -> None:
    """An id would be on every page as it is."""
    tiny.yaml("policy", POLICY | {"imprint": {"responsible": "anna-berg"}})
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.hint) == ("imprint.responsible", "Write the name: Anna Berg")


def test_a_link_of_a_person_has_words(tiny: TinyEdition) -> None:
    """The key of an address is what readers click on."""
    tiny.yaml("people", [PEOPLE[0] | {"links": {" ": "https://anna.example/"}}, *PEOPLE[1:]])
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.field, problem.message) == ("[0].links", 'expected text as a key, found " "')


def test_every_data_file_has_its_case() -> None:
    """Every file in data/registry/ is used by a test."""
    assert {path.stem for path in DATA.iterdir()} == set(CASES)


def test_mistakes_of_all_files_are_reported_together(tiny: TinyEdition) -> None:
    """Mistakes in sources, topics and policy come from one run."""
    names = ["sources-unknown-key", "policy-without-imprint"]
    for name in names:
        tiny.write(CASES[name].file, (DATA / f"{name}.yaml").read_bytes())
    tiny.write("curation/topics.yaml", "- id: x\n  name: [y]\n")
    _, problems = registry.read_registry(tiny.root)
    assert {problem.file for problem in problems} == {
        f"curation/{name}.yaml" for name in ("sources", "topics", "policy")
    }
    assert {CASES[name] for name in names} < set(problems)


def test_records_are_found_by_id(tiny: TinyEdition) -> None:
    """They are in the order of the files, with the values of the files."""
    records, problems = registry.read_registry(tiny.root)
    assert problems == []
    assert list(records.people) == ["anna-berg", "carl-dorn", "eva-falk"]
    assert list(records.topics) == ["transformation", "open-source"]
    assert records.sources["amtsblog"].topics == ("transformation",)
    assert records.policy is not None
    assert records.policy.imprint.responsible == "Anna Berg"


def test_a_file_may_have_no_entries(tiny: TinyEdition) -> None:
    """A new edition has no sources yet: a file with only comments is valid."""
    tiny.write("curation/sources.yaml", "# Noch keine.\n")
    records, problems = registry.read_registry(tiny.root)
    assert (records.sources, problems) == ({}, [])


@pytest.mark.parametrize("name", ["sources", "people", "topics", "policy"])
def test_a_missing_file_is_reported(tiny: TinyEdition, name: str) -> None:
    """The hint says how to make an edition that has it."""
    (tiny.root / "curation" / f"{name}.yaml").unlink()
    _, problems = registry.read_registry(tiny.root)
    hint = 'Run this inside an edition; "kuratorium start" creates one.'
    assert problems == [Problem(f"curation/{name}.yaml", 0, "", "the file is missing", hint)]


def test_a_folder_in_place_of_a_file_is_reported(tiny: TinyEdition) -> None:
    """A path that cannot be read is a problem, not a traceback."""
    (tiny.root / "curation/sources.yaml").unlink()
    (tiny.root / "curation/sources.yaml").mkdir()
    (problem,) = registry.read_registry(tiny.root)[1]
    assert problem == Problem(
        "curation/sources.yaml", 0, "", "cannot be read: Is a directory", "Make the file readable."
    )


def test_removed_fields_are_read_without_effect(tiny: TinyEdition) -> None:
    """An edition that still has fields of an older contract is valid, whatever their values; other fields count."""
    rights = {"excerpt_words": "viele", "images": True, "credit": None, "opt_out": True}
    tiny.yaml("sources", [SOURCES[0] | {"rights": rights}])
    records, problems = registry.read_registry(tiny.root)
    assert problems == []
    assert records.sources["amtsblog"].rights.opt_out is True


def test_removed_fields_are_found_with_their_lines(tiny: TinyEdition) -> None:
    """Each is reported with file, line and field, also beside mistakes; a field that never existed is a mistake."""
    tiny.write(
        "curation/sources.yaml",
        "- id: a\n  name: A\n  feed: a.xml\n  rights:\n    images: true\n    opt_out: vielleicht\n"
        "- id: b\n  name: B\n  feed: b.xml\n  rights: {excerpt_words: 20, triage: 1}\n",
    )
    hint = "Delete it: it has no effect."
    assert registry.find_removed_fields(tiny.root) == [
        Problem("curation/sources.yaml", 5, "[0].rights.images", 'the key "images" is no longer read', hint),
        Problem(
            "curation/sources.yaml", 10, "[1].rights.excerpt_words", 'the key "excerpt_words" is no longer read', hint
        ),
    ]
    _, problems = registry.read_registry(tiny.root)
    assert [(problem.line, problem.field) for problem in problems] == [
        (6, "[0].rights.opt_out"),
        (10, "[1].rights.triage"),
    ]


@pytest.mark.parametrize("text", ["- a: [", "a: b", "", "- 1"], ids=["no-yaml", "mapping", "empty", "no-record"])
def test_a_broken_file_has_no_removed_fields(tiny: TinyEdition, text: str) -> None:
    """Such a file has its own mistakes; looking for removed fields in it raises nothing."""
    tiny.write("curation/sources.yaml", text)
    (tiny.root / "curation/policy.yaml").unlink()
    assert registry.find_removed_fields(tiny.root) == []


@pytest.mark.parametrize(
    ("edit", "line", "field", "message"),
    [
        (("name: Carl Dorn", r'name: "Carl\e[2J Dorn"'), 6, "[1].name", "contains the control character U+001B"),
        (("role: Kurator\n", "role: Kurator\u202e\n"), 7, "[1].role", "contains the U+202E right-to-left override"),
        (("- id: eva-falk", "- id: „eva-falk“"), 9, "[2].id", '"„eva-falk“" is in typographic quotation marks („ “)'),
        (("- id: carl-dorn", "- id: carl-dorn\u00a0"), 5, "[1].id", r'"carl-dorn\xa0" contains U+00A0 no-break space'),
        (
            ("- id: carl-dorn", "<<<<<<< HEAD\n- id: carl-dorn"),
            5,
            "",
            "the merge is not finished: this line begins with",
        ),
    ],
)
def test_characters_that_nobody_sees_are_named(
    tiny: TinyEdition, edit: tuple[str, str], line: int, field: str, message: str
) -> None:
    """In registries as in front matter: one error, with line, field and the character."""
    people = tiny.root / "curation/people.yaml"
    assert edit[0] in people.read_text()
    people.write_text(people.read_text().replace(*edit, 1))
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.file, problem.line, problem.field) == ("curation/people.yaml", line, field)
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    "host",
    [
        *("*.intern", ".intern", "wiki.*", "wiki..intern", "10.0.0.256", "10.1", "0x7f.1", "fd00::12345", "::1::"),
        *(
            "10.0.0.0/8",
            "wiki.intern,netz.intern",
            "wiki intern",
            "https://wiki.intern",
            "wiki.intern:8080",
            "ada@wiki",
        ),
        "w" * 64 + ".intern",
    ],
)
def test_an_intranet_host_that_no_host_can_be_is_an_error(tiny: TinyEdition, host: str) -> None:
    """A pattern, a network or a slip would be compared with whole names, and never be one: the hint says what is."""
    tiny.yaml("policy", POLICY | {"intranet": ["127.0.0.1", host]})
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.file, problem.field) == ("curation/policy.yaml", "intranet[1]")
    assert host in problem.message
    assert "wiki.intern" in problem.hint


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("hub", "http://hub.example/", "Write https://…; http is for a hub whose host is in intranet."),
        ("hub", "https://anna:geheim@hub.example/", "Write https://hub.example/"),
        ("hub", "https://hüb.example/", "Write https://xn--hb-xka.example/"),
        ("hub", "https://[:::]/", "For example: https://hub.example.org/"),
        ("newsletter", "brief@example.org", "For example: mailto:brief@example.org?subject=Abo"),
        ("newsletter", "javascript:alert(1)", "For example: mailto:brief@example.org?subject=Abo"),
        ("newsletter", "mailto:", "For example: mailto:brief@example.org?subject=Abo"),
        ("security_contact", "http://amt.example/melden", "For example: mailto:sicherheit@example.org"),
        ("security_contact", "melden@amt.example", "For example: mailto:sicherheit@example.org"),
    ],
)
def test_an_address_that_readers_cannot_use_is_an_error(tiny: TinyEdition, field: str, value: str, hint: str) -> None:
    """A hub has an encrypted address without a password, a newsletter an address of the web or of mail.

    Who reports a weakness writes a mail, or does so encrypted.
    """
    tiny.yaml("policy", POLICY | {field: value})
    (problem,) = registry.read_registry(tiny.root)[1]
    assert (problem.file, problem.field, problem.hint) == ("curation/policy.yaml", field, hint)
    assert value in problem.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("hub", "https://hub.example/?a=1"), ("hub", "http://127.0.0.1:8080/")),
        *(("security_contact", "https://amt.example/melden"), ("security_contact", "mailto:melden@amt.example")),
        *(("newsletter", "https://brief.example/an?liste=1"), ("newsletter", "mailto:brief@example.org?subject=Abo")),
    ],
)
def test_an_address_that_readers_can_use_is_none(tiny: TinyEdition, field: str, value: str) -> None:
    """A hub in the intranet may do without encryption."""
    tiny.yaml("policy", POLICY | {field: value})
    assert registry.read_registry(tiny.root)[1] == []


@pytest.mark.parametrize(
    "host",
    [
        "WIKI.Intern",
        "wiki.intern.",
        "wiki",
        "bücher.intern",
        "xn--bcher-kva.intern",
        "a_b.intern",
        "10.0.0.7",
        "[fd00::7]",
    ],
)
def test_a_host_may_be_written_in_any_spelling(tiny: TinyEdition, host: str) -> None:
    """What the guard compares alike: case, a last dot, letters beyond ASCII, addresses with brackets."""
    tiny.yaml("policy", POLICY | {"intranet": [host]})
    assert registry.read_registry(tiny.root)[1] == []


@pytest.mark.parametrize(
    ("allowed", "messages"),
    [
        ({"embeds": ["youtube"]}, []),
        ({"embeds": ["peertube"]}, ["policy.yaml does not allow embeds of youtube"]),
        ({"embeds": []}, ["policy.yaml does not allow embeds of youtube"]),
        ({"embeds": None}, ["policy.yaml does not allow embeds of youtube"]),
        ({}, ["policy.yaml does not allow embeds of youtube"]),
    ],
    ids=["named", "others", "empty", "without a value", "absent"],
)
def test_only_providers_that_the_policy_names_are_allowed(
    tiny: TinyEdition, allowed: dict[str, object], messages: list[str]
) -> None:
    """No host learns the address of a reader unless the edition has decided so."""
    tiny.yaml("policy", {key: value for key, value in POLICY.items() if key != "embeds"} | allowed)
    tiny.note("film", body="Sehenswert, weil es einfach ist.\n\n[[youtube:dQw4w9WgXcQ]]")
    assert [problem.message for problem in loader.read_edition(tiny.root)[1]] == messages

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.curation import Person, Policy, Source, Topic
from kuratorium.edition.fields import Violation, convert_record, suggest_nearest
from kuratorium.edition.model import FrontMatter, Speaker, StandalonePageFrontMatter
from kuratorium.edition.works import Work

RECORDS = (FrontMatter, StandalonePageFrontMatter, Person, Policy, Source, Topic, Work)
GOOD: dict[str, Any] = {"uid": "abcdef123456", "title": "Titel", "date": "2026-10-01T08:00:00+02:00"}
WORK = {"url": "https://amtsblog.example/", "title": "Das Werk"}


def _list_keys(record_type: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(record_type)}


# Anything that YAML can contain, with keys of the contract often enough to reach its inner records.
KEYS = st.sampled_from(sorted(set().union(*map(_list_keys, RECORDS)))) | st.text() | st.integers() | st.none()
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text()
    | st.sampled_from(["slug", "2026-10-01", "2026-10-01T08:00:00+02:00", "2026-10-01 08:00Z", "https://a.example/"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=30
)


def _convert_invalid(record_type: type[msgspec.Struct], value: Any) -> tuple[str, str]:
    """Convert a value with one violation, and return its message and hint."""
    record, (violation,) = convert_record(record_type, value, ZoneInfo("Europe/Berlin"))
    assert record is None
    return violation.message, violation.hint


@given(record_type=st.sampled_from(RECORDS), value=VALUES)
def test_any_value_gives_a_record_or_violations(record_type: type[msgspec.Struct], value: Any) -> None:
    """No value raises: there is a record, or there are violations, each with a message and a hint."""
    record, violations = convert_record(record_type, value)
    assert (record is None) == bool(violations)
    assert record is None or isinstance(record, record_type)
    assert all(violation.message and violation.hint for violation in violations)
    assert all(isinstance(step, str | int) for violation in violations for step in violation.path)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1.5])
def test_a_number_is_no_text(number: float) -> None:
    """A number where a text belongs is reported, also the one that differs from itself (.nan in YAML)."""
    message, hint = _convert_invalid(FrontMatter, GOOD | {"title": number})
    assert (message, hint) == (f'expected text, found "{number}"', "Put it in quotes.")


@pytest.mark.parametrize(
    "address",
    ["https://[", "https://[/a", "https://a]/", "https://a.example:port/", "https://?a", "http://https:/", "Ein Text"],
)
def test_an_address_without_a_host_is_none(address: str) -> None:
    """An address that no browser can open is reported."""
    message, hint = _convert_invalid(Work, WORK | {"url": address})
    assert message.startswith("expected an http or https address")
    assert "https://example.org/article" in hint


@pytest.mark.parametrize(
    "address",
    [
        "https://https://zeitung.example/a",
        "http://https//zeitung.example/a",
        "zeitung.example/a",
        "<https://zeitung.example/a>",
        "[Zeitung](https://zeitung.example/a)",
        "https//zeitung.example/a",
        "ttps://zeitung.example/a",
    ],
)
def test_the_address_that_was_meant_is_proposed(address: str) -> None:
    """A missing, doubled or misspelt scheme and marks around an address are reported with what to write."""
    message, hint = _convert_invalid(Work, WORK | {"url": address})
    assert (message, hint) == (
        f'expected an http or https address, found "{address}"',
        "Write https://zeitung.example/a",
    )


@pytest.mark.parametrize(
    "address",
    ["https://[2001:db8::1]:8080/a", "http://a.example:80", "https://ä.example?a=[b]", "https://a_b.example/#:["],
)
def test_an_odd_address_is_one(address: str) -> None:
    """Numbers of IPv6, ports, and brackets behind the host are parts of addresses."""
    work, violations = convert_record(Work, WORK | {"url": address})
    assert violations == []
    assert work
    assert work.url == address


@given(key=st.sampled_from(sorted(_list_keys(FrontMatter))), value=VALUES)
def test_a_violation_is_reported_at_its_key(key: str, value: Any) -> None:
    """Whatever the value of a key, violations are within it."""
    _, violations = convert_record(FrontMatter, GOOD | {key: value})
    assert {violation.path[0] for violation in violations} <= {key}


def test_a_valid_value_becomes_a_record() -> None:
    """Dates have an offset, days are days, lists become tuples, and absent fields have their default."""
    values = GOOD | {
        "guests": ["eva-falk", {"name": "Gerd Hahn"}],
        "bookmark_of": [WORK | {"published": "2026-09-30"}],
        "strength": 2,
    }
    record, violations = convert_record(FrontMatter, values)
    assert violations == []
    assert record is not None
    assert record.date == datetime(2026, 10, 1, 6, tzinfo=UTC)
    assert record.guests == ("eva-falk", Speaker(name="Gerd Hahn"))
    assert record.bookmark_of[0].published == date(2026, 9, 30)
    assert (record.status, record.tags, record.media) == ("published", (), None)


@pytest.mark.parametrize("written", ["2026-10-01T08:00+02:00", "2026-10-01 08:00+02:00", "2026-10-01 06:00Z"], ids=str)
def test_a_time_may_lack_its_seconds(written: str) -> None:
    """People leave the seconds out and mean :00."""
    record, violations = convert_record(FrontMatter, GOOD | {"date": written})
    assert violations == []
    assert record is not None
    assert record.date == datetime(2026, 10, 1, 6, tzinfo=UTC)


def test_an_empty_key_is_like_an_absent_one() -> None:
    """`summary:` with nothing behind it is valid; `title:` with nothing behind it is a missing title."""
    record, violations = convert_record(FrontMatter, GOOD | {"summary": None, "tags": None, "event": None})
    assert violations == []
    assert record == convert_record(FrontMatter, GOOD)[0]
    assert convert_record(FrontMatter, GOOD | {"title": None})[1] == [
        Violation(("title",), "is missing", 'Add a line "title: …".')
    ]


def test_all_violations_are_found_together() -> None:
    """One conversion finds all violations, at any depth."""
    values = GOOD | {"titel": "x", "tags": "y", "bookmark_of": [WORK, {"url": "ftp://x", "paywall": "nein"}]}
    assert [violation.path for violation in convert_record(FrontMatter, values)[1]] == [
        ("titel",),
        ("tags",),
        ("bookmark_of", 1, "title"),
        ("bookmark_of", 1, "url"),
        ("bookmark_of", 1, "paywall"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("title", 42, 'expected text, found "42"', "Put it in quotes."),
        ("title", True, "expected text, found true", "Put it in quotes."),
        ("title", ["DE"], "expected text, found a list", 'Put it in quotes: "[DE]"'),
        ("title", " ", 'expected some text, found " "', "For example: …"),
        ("title", "\u200b\u2060", 'expected some text, found "\\u200b\\u2060"', "For example: …"),
        ("date", "2026-06-30T24:00:00+02:00",
         'expected a date with time and offset, found "2026-06-30T24:00:00+02:00"',
         "Write 2026-07-01T00:00:00+02:00."),
        ("uid", "Kurz", 'expected a uid (6 to 64 lower-case letters, digits, hyphens), found "Kurz"',
         "For example: 7c1f9a52d3e84b06"),
        ("slug", "Über uns", 'expected a slug (lower-case letters, digits, hyphens), found "Über uns"',
         'Did you mean "ueber-uns"?'),
        ("lang", "Deutsch", 'expected a language code, found "Deutsch"', "For example: de"),
        ("status", "publshed", 'expected one of draft, published, hidden, withdrawn, found "publshed"',
         'Did you mean "published"?'),
        ("status", "xyz", 'expected one of draft, published, hidden, withdrawn, found "xyz"',
         "Known here: draft, hidden, published, withdrawn."),
        ("strength", 5, 'expected a whole number from 1 to 3, found "5"', "Correct the value."),
        ("series", {"id": "reihe", "position": 0}, 'expected a whole number of at least 1, found "0"',
         "Correct the value."),
        ("event", "morgen", 'expected keys with values, found "morgen"',
         "Possible keys: start, end, mode, url, place, status, sequence."),
        ("corrections", [{"date": "2026-10", "text": "x"}],
         'expected a whole date (year, month and day), found "2026-10"', "Write year, month and day as in 2026-09-30."),
        ("media", {"chapters": [{"start": "1230", "title": "x"}]}, 'expected a time code, found "1230"',
         "For example: 12:30"),
        ("tags", {"a": 1}, "expected a list, found keys with values", "Write it as a list: [one, two]."),
        ("topics", [None], "expected text, found nothing", 'Write text; put it in quotes if it begins with "#".'),
        ("date", "2026-10-01", 'expected a date with time and offset, found "2026-10-01"',
         "Write 2026-10-01T09:00:00+02:00."),
        ("date", "10/13/2026", 'expected a date with time and offset, found "10/13/2026"',
         "Write 2026-10-13T09:00:00+02:00."),
        ("date", "0026-10-13", 'expected a date with time and offset, found "0026-10-13"',
         "Write year, month, day and time as in 2026-09-30T09:00:00+02:00."),
        ("date", "10/11/2026", 'expected a date with time and offset, found "10/11/2026"',
         "Write year, month, day and time as in 2026-09-30T09:00:00+02:00."),
        ("transcript", "x.vtt", 'unknown key "transcript"', 'Indent it below "media:", where it belongs.'),
        ("date", "3. Oktober 2026", 'expected a date with time and offset, found "3. Oktober 2026"',
         "Write 2026-10-03T09:00:00+02:00."),
        ("date", "2026-06-31T18:30:00+01:00",
         'expected a date with time and offset, found "2026-06-31T18:30:00+01:00"',
         "Write 2026-06-30T18:30:00+02:00."),
        ("modified", "bald", 'expected a date with time and offset, found "bald"',
         "Write year, month, day and time as in 2026-09-30T09:00:00+02:00."),
        ("corrections", [{"date": "2026-02-30", "text": "x"}],
         'expected a whole date (year, month and day), found "2026-02-30"', "Write it as 2026-02-28."),
        ("author", "anna", 'unknown key "author"', "Write authors: [id], with ids of curation/people.yaml."),
        ("category", "x", 'unknown key "category"', "Write topics: [id], with ids of curation/topics.yaml."),
    ],
    ids=["number", "yes", "list", "blank", "unseen", "midnight", "uid", "slug", "language", "nearly", "far", "too-high",
         "too-low", "record", "day", "timecode", "dict", "empty-item", "day-only", "american", "no year", "ambiguous",
         "other level", "german", "no such day", "no date", "short month", "author", "category"],
)  # fmt: skip
def test_a_violation_says_what_is_wrong_and_what_would_be_right(
    field: str, value: Any, message: str, hint: str
) -> None:
    """It uses the words of the contract, not those of Python."""
    assert _convert_invalid(FrontMatter, GOOD | {field: value}) == (message, hint)


def test_a_key_must_be_text() -> None:
    """`links: {1: https://…}` is a violation like any other."""
    person = {"id": "anna-berg", "name": "Anna Berg", "links": {1: "https://anna.example/"}}
    assert _convert_invalid(Person, person) == ('expected text as a key, found "1"', "Put it in quotes.")


def test_hints_about_posts_are_given_only_for_posts() -> None:
    """`author:` of a work means names, `url:` of a source its site: the hint proposes one of their own keys."""
    assert _convert_invalid(Work, WORK | {"author": "Gerd Hahn"}) == ('unknown key "author"', 'Did you mean "authors"?')
    source = {"id": "blog", "name": "Blog", "feed": "https://blog.example/feed"}
    message, hint = _convert_invalid(Source, source | {"url": "https://blog.example/"})
    assert message == 'unknown key "url"'
    assert hint.startswith("Known here: ")
    assert "site" in hint


def test_a_long_value_is_cut_in_messages() -> None:
    """A message stays readable, however long the value is."""
    assert (
        _convert_invalid(FrontMatter, GOOD | {"lang": "x" * 500})[0] == f'expected a language code, found "{"x" * 60}…"'
    )


@pytest.mark.parametrize(
    ("choices", "hint"),
    [
        (["anna-berg", "carl-dorn"], 'Did you mean "anna-berg"?'),
        (["zoe", "carl"], "Known here: carl, zoe."),
        ([], "None is defined yet."),
    ],
    ids=["near", "far", "none"],
)
def test_the_most_similar_choice_is_proposed(choices: list[str], hint: str) -> None:
    """If none is similar, all choices are listed, sorted."""
    assert suggest_nearest("anna-burg", choices) == hint

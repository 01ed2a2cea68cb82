from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.curation import Person, Policy, Source, Topic
from kuratorium.edition.model import FrontMatter, Speaker, StandalonePageFrontMatter, Work
from kuratorium.edition.validation import Violation, convert_record, suggest_nearest

RECORDS = (FrontMatter, StandalonePageFrontMatter, Person, Policy, Source, Topic, Work)
GOOD: dict[str, Any] = {"uid": "abcdef123456", "title": "Titel", "date": "2026-10-01T08:00:00+02:00"}
WORK = {"url": "https://amtsblog.example/", "title": "Das Werk"}


def _names(record: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(record)}


# Whatever YAML may hold, with the keys of the contract often enough to get far into it.
KEYS = st.sampled_from(sorted(set().union(*map(_names, RECORDS)))) | st.text() | st.integers() | st.none()
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


def _one(record: type[msgspec.Struct], value: Any) -> tuple[str, str]:
    """Decode what has one misfit, and return what is said of it."""
    made, (misfit,) = convert_record(record, value)
    assert made is None
    return misfit.message, misfit.hint


@given(record=st.sampled_from(RECORDS), value=VALUES)
def test_any_value_gives_a_record_or_misfits(record: type[msgspec.Struct], value: Any) -> None:
    """Nothing that YAML may hold raises: there is a record, or there are misfits, each with words and a mend."""
    made, misfits = convert_record(record, value)
    assert (made is None) == bool(misfits)
    assert made is None or isinstance(made, record)
    assert all(misfit.message and misfit.hint for misfit in misfits)
    assert all(isinstance(step, str | int) for misfit in misfits for step in misfit.path)


@given(key=st.sampled_from(sorted(_names(FrontMatter))), value=VALUES)
def test_any_value_of_a_known_key_is_taken_or_told(key: str, value: Any) -> None:
    """A misfit of a value is told at its key, and nowhere else."""
    _, misfits = convert_record(FrontMatter, GOOD | {key: value})
    assert {misfit.path[0] for misfit in misfits} <= {key}


def test_what_fits_becomes_a_record() -> None:
    """Dates are aware, days are days, lists are tuples, and what is not given has its default."""
    values = GOOD | {
        "guests": ["eva-falk", {"name": "Gerd Hahn"}],
        "bookmark_of": [WORK | {"published": "2026-09-30"}],
        "strength": 2,
    }
    made, misfits = convert_record(FrontMatter, values)
    assert misfits == []
    assert made is not None
    assert made.date == datetime(2026, 10, 1, 6, tzinfo=UTC)
    assert made.guests == ("eva-falk", Speaker(name="Gerd Hahn"))
    assert made.bookmark_of[0].published == date(2026, 9, 30)
    assert (made.status, made.tags, made.media) == ("published", (), None)


@pytest.mark.parametrize("written", ["2026-10-01T08:00+02:00", "2026-10-01 08:00+02:00", "2026-10-01 06:00Z"], ids=str)
def test_a_time_without_seconds_is_a_time(written: str) -> None:
    """People leave the seconds out, and mean :00."""
    made, misfits = convert_record(FrontMatter, GOOD | {"date": written})
    assert misfits == []
    assert made is not None
    assert made.date == datetime(2026, 10, 1, 6, tzinfo=UTC)


def test_a_key_left_empty_is_a_key_not_given() -> None:
    """`summary:` with nothing behind it is no mistake; `title:` with nothing behind it is a missing title."""
    made, misfits = convert_record(FrontMatter, GOOD | {"summary": None, "tags": None, "event": None})
    assert misfits == []
    assert made == convert_record(FrontMatter, GOOD)[0]
    assert convert_record(FrontMatter, GOOD | {"title": None})[1] == [
        Violation(("title",), "is missing", "Add a line «title: …».")
    ]


def test_every_misfit_of_a_file_is_told_at_once() -> None:
    """One run, all mistakes, at whatever depth."""
    values = GOOD | {"titel": "x", "tags": "y", "bookmark_of": [WORK, {"url": "ftp://x", "paywall": "nein"}]}
    assert [misfit.path for misfit in convert_record(FrontMatter, values)[1]] == [
        ("titel",),
        ("tags",),
        ("bookmark_of", 1, "title"),
        ("bookmark_of", 1, "url"),
        ("bookmark_of", 1, "paywall"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "what", "mend"),
    [
        ("title", 42, "expected text, found «42»", "Put it in quotes."),
        ("title", True, "expected text, found true", "Put it in quotes."),
        ("title", ["a"], "expected text, found a list", "Write text."),
        ("title", " ", "expected some text, found « »", "For example: …"),
        ("uid", "Kurz", "expected a uid (6 to 64 lower-case letters, digits, hyphens), found «Kurz»",
         "For example: 7c1f9a52d3e84b06"),
        ("slug", "Über uns", "expected a slug (lower-case letters, digits, hyphens), found «Über uns»",
         "For example: some-words-like-these"),
        ("lang", "Deutsch", "expected a language code, found «Deutsch»", "For example: de"),
        ("status", "publshed", "expected one of draft, published, hidden, found «publshed»",
         "Did you mean «published»?"),
        ("status", "xyz", "expected one of draft, published, hidden, found «xyz»",
         "Known here: draft, hidden, published."),
        ("strength", 5, "expected a whole number from 1 to 3, found «5»", "Correct the value."),
        ("series", {"id": "reihe", "position": 0}, "expected a whole number of at least 1, found «0»",
         "Correct the value."),
        ("event", "morgen", "expected keys with values, found «morgen»",
         "Possible keys: start, end, mode, url, place, status."),
        ("corrections", [{"date": "2026-10", "text": "x"}],
         "expected a whole date (year, month and day), found «2026-10»", "Write it as 2026-09-30."),
        ("media", {"chapters": [{"start": "1230", "title": "x"}]}, "expected a time code, found «1230»",
         "For example: 12:30"),
        ("tags", {"a": 1}, "expected a list, found keys with values", "Write it as a list: [one, two]."),
        ("topics", [None], "expected text, found nothing", "Write text."),
        ("date", "2026-10-01", "expected a date with time and offset, found «2026-10-01»",
         "Write 2026-10-01T09:00:00+02:00."),
        ("author", "anna", "unknown key «author»", "Write authors: [id], with ids of curation/people.yaml."),
        ("category", "x", "unknown key «category»", "Write topics: [id], with ids of curation/topics.yaml."),
    ],
    ids=["number", "yes", "list", "blank", "uid", "slug", "language", "nearly", "far", "too-high", "too-low", "record",
         "day", "timecode", "dict", "empty-item", "day-only", "author", "category"],
)  # fmt: skip
def test_a_misfit_says_what_is_wrong_and_what_would_be_right(field: str, value: Any, what: str, mend: str) -> None:
    """In the words of the contract, not of Python."""
    assert _one(FrontMatter, GOOD | {field: value}) == (what, mend)


def test_a_key_that_is_no_text_is_told() -> None:
    """`links: {1: https://…}` is told like any other mistake."""
    person = {"id": "anna-berg", "name": "Anna Berg", "links": {1: "https://anna.example/"}}
    assert _one(Person, person) == ("expected text as a key, found «1»", "Put it in quotes.")


def test_advice_about_posts_is_given_for_posts_only() -> None:
    """`author:` of a work means names, `url:` of a source its site: the mend is one of their own keys."""
    assert _one(Work, WORK | {"author": "Gerd Hahn"}) == ("unknown key «author»", "Did you mean «authors»?")
    source = {"id": "blog", "name": "Blog", "feed": "https://blog.example/feed"}
    what, mend = _one(Source, source | {"url": "https://blog.example/"})
    assert what == "unknown key «url»"
    assert mend.startswith("Known here: ")
    assert "site" in mend


def test_a_long_value_is_shown_by_its_beginning() -> None:
    """A message stays readable."""
    assert _one(FrontMatter, GOOD | {"lang": "x" * 500})[0] == f"expected a language code, found «{'x' * 60}…»"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["anna-berg", "carl-dorn"], "Did you mean «anna-berg»?"),
        (["zoe", "carl"], "Known here: carl, zoe."),
        ([], "None is defined yet."),
    ],
    ids=["near", "far", "none"],
)
def test_the_nearest_known_word_is_proposed(known: list[str], said: str) -> None:
    """Or all that are known, sorted, where none is near."""
    assert suggest_nearest("anna-burg", known) == said

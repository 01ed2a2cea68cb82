from datetime import UTC, datetime

import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition, work


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"date": "2026-07-01T09:00:00+01:00"},
         "the offset +01:00 is not that of Europe/Berlin on this day",
         "Write 2026-07-01T09:00:00+02:00, or 2026-07-01T10:00:00+02:00 for the same moment."),
        ({"modified": "2026-12-01T09:00:00Z"},
         "the offset +00:00 is not that of Europe/Berlin on this day",
         "Write 2026-12-01T09:00:00+01:00, or 2026-12-01T10:00:00+01:00 for the same moment."),
        ({"date": "2026-03-29T02:30:00+01:00"},
         "clocks in Europe/Berlin skip 02:30 on this day", "Write 2026-03-29T03:30:00+02:00."),
    ],
    ids=["winter offset in summer", "another zone", "no such hour"],
)  # fmt: skip
def test_an_offset_that_is_not_the_sites_is_a_warning(
    tiny: TinyEdition, fields: dict[str, str], message: str, hint: str
) -> None:
    """The warning names the offset that the site's clocks have then."""
    tiny.essay("gedanke", **fields)
    result = check.run_checks(tiny.root)
    assert result.errors == ()
    assert [(problem.message, problem.hint) for problem in result.warnings] == [(message, hint)]
    assert result.warnings[0].field == next(iter(fields))


def test_the_sites_own_offsets_are_right(tiny: TinyEdition) -> None:
    """Both offsets of the hour that comes twice in autumn are; the time zone is that of the settings."""
    tiny.talk("nacht", start="2026-10-25T02:30:00+02:00", end="2026-10-25T02:30:00+01:00")
    assert check.run_checks(tiny.root).warnings == ()
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", settings.replace("Europe/Berlin", "America/New_York"))
    fields = [problem.field for problem in check.run_checks(tiny.root).warnings]
    assert {"event.start", "event.end"} <= set(fields)


def test_a_change_before_the_date_is_a_warning(tiny: TinyEdition) -> None:
    """One of the two is mistyped; equal moments are fine."""
    tiny.essay("frueher", date="2026-05-02T09:00:00+02:00", modified="2026-05-01T09:00:00+02:00")
    tiny.essay("gleich", date="2026-05-02T09:00:00+02:00", modified="2026-05-02T09:00:00+02:00")
    problems = check.run_checks(tiny.root).warnings
    assert [(problem.file, problem.field) for problem in problems] == [("content/essays/frueher.md", "modified")]


def test_a_long_event_or_period_is_a_warning(tiny: TinyEdition) -> None:
    """A slip of the year makes an event last for a year; a conference of days and a digest of a year are fine."""
    tiny.talk("lang", start="2026-11-05T22:00:00+01:00", end="2027-11-05T23:00:00+01:00")
    tiny.talk("messe", start="2026-11-05T09:00:00+01:00", end="2026-11-09T18:00:00+01:00")
    for name, until in (("jahr", "2026-12-31"), ("zu-lang", "2027-12-31")):
        tiny.post(f"content/digests/{name}.md", period={"from": "2026-01-01", "to": until})
    problems = check.run_checks(tiny.root).warnings
    assert [(problem.file, problem.field, problem.message) for problem in problems] == [
        ("content/digests/zu-lang.md", "period.to", "the period ends 729 days after it begins"),
        ("content/talks/lang.md", "event.end", "the event ends 365 days after it begins"),
    ]


def test_what_readers_see_already_is_not_in_the_future(tiny: TinyEdition) -> None:
    """Corrections, changes and works have a day until that of the edition, 2026-10-14; a post to come may wait."""
    future = {
        "modified": "2026-10-14T09:01:00+02:00",
        "corrections": [{"date": "2026-10-14", "text": "Heute."}, {"date": "2026-10-15", "text": "Morgen."}],
        "bookmark_of": [work("https://amtsblog.example/a", published="2027-10-13", accessed="2026-10-15")],
    }
    tiny.essay("heute", **future)
    tiny.essay("entwurf", **future, status="draft")
    tiny.essay("spaeter", **future | {"modified": None}, date="2026-10-15T09:00:00+02:00")
    problems = check.run_checks(tiny.root, now=datetime(2030, 1, 1, tzinfo=UTC)).warnings
    assert [(problem.file, problem.field) for problem in problems] == [
        ("content/essays/heute.md", "modified"),
        ("content/essays/heute.md", "corrections[1].date"),
        ("content/essays/heute.md", "bookmark_of[0].published"),
        ("content/essays/heute.md", "bookmark_of[0].accessed"),
    ]

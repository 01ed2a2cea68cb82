import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition


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

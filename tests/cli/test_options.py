from __future__ import annotations

import pytest

from tests.cli.program import kuratorium
from tests.editions import TinyEdition


def test_an_edition_is_found_from_below(tiny: TinyEdition):
    """Commands work in every folder of an edition."""
    assert kuratorium(tiny.root / "curation/notes", "check").returncode == 0


@pytest.mark.parametrize("date", ["2026-10-14", "2026-10-14T09:00:00", "soon", "0001-01-01T00:00:00+02:00"])
def test_as_of_needs_date_time_and_offset(tiny: TinyEdition, date: str):
    """A date without time or offset, or near the end of the calendar, is refused with an example."""
    ran = kuratorium(tiny.root, "build", "--as-of", date)
    assert ran.returncode == 2
    assert "2026-10-14T09:00:00+02:00 schreiben" in ran.stderr

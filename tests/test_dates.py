from datetime import date

import pytest
from babel import Locale

from kuratorium.dates import format_date_range


@pytest.mark.parametrize(
    ("since", "until", "german", "english"),
    [
        ("2026-10-05", "2026-10-11", "5.–11. Oktober 2026", "October 5 – October 11, 2026"),
        ("2026-09-28", "2026-10-04", "28. September – 4. Oktober 2026", "September 28 – October 4, 2026"),
        ("2026-12-28", "2027-01-03", "28. Dezember 2026 – 3. Januar 2027", "December 28, 2026 – January 3, 2027"),
        ("2026-10-05", "2026-10-05", "5. Oktober 2026", "October 5, 2026"),
    ],
)
def test_a_range_names_month_and_year_once(since: str, until: str, german: str, english: str) -> None:
    """Month and year are not repeated if they are the same, as far as the language allows it."""
    days = date.fromisoformat(since), date.fromisoformat(until)
    assert format_date_range(*days, Locale("de")) == german
    assert format_date_range(*days, Locale("en")) == english

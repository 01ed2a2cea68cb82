from __future__ import annotations

import pytest

from kuratorium.edition.settings import parse_site_settings
from kuratorium.errors import EditionError
from tests.editions import SITE


def test_the_address_of_the_site_is_in_ascii() -> None:
    """Feeds and calendars name the host as DNS does, with "ß" as a letter of its own; a path stays."""
    settings = parse_site_settings({**SITE, "SITEURL": "https://www.Fußweg.example:8080/blätter/"})
    assert settings.url == "https://www.xn--fuweg-mqa.example:8080/blätter"
    assert parse_site_settings({**SITE, "SITEURL": "https://[::1]:8080"}).url == "https://[::1]:8080"


@pytest.mark.parametrize("name", ["OUTPUT_RETENTION", "STATIC_PATHS", "STATIC_EXCLUDES", "IGNORE_FILES"])
@pytest.mark.parametrize(
    ("value", "hint"),
    [("papers", "= ['papers']"), ([7], '= ["…", "…"]'), ([""], '= ["…", "…"]'), (None, '= ["…", "…"]')],
)
def test_a_setting_that_is_a_list_is_nothing_else(name: str, value: object, hint: str) -> None:
    """A text in place of a list would be read letter by letter, and a build would delete what it should keep."""
    with pytest.raises(EditionError) as caught:
        parse_site_settings({**SITE, name: value})
    (problem,) = caught.value.problems
    assert problem.field == name
    assert f"{name} {hint}" in problem.hint

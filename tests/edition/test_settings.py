from __future__ import annotations

from kuratorium.edition.settings import parse_site_settings
from tests.editions import SITE


def test_the_address_of_the_site_is_in_ascii() -> None:
    """Feeds and calendars name the host as DNS does, with "ß" as a letter of its own; a path stays."""
    settings = parse_site_settings({**SITE, "SITEURL": "https://www.Fußweg.example:8080/blätter/"})
    assert settings.url == "https://www.xn--fuweg-mqa.example:8080/blätter"
    assert parse_site_settings({**SITE, "SITEURL": "https://[::1]:8080"}).url == "https://[::1]:8080"

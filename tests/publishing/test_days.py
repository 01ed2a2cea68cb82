import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition
from tests.publishing.build.test_run import run


@pytest.mark.parametrize(
    ("timezone", "year", "month", "day"),
    [("Europe/Berlin", 2025, "Januar", "1. Januar 2025"), ("America/New_York", 2024, "Dezember", "31. Dezember 2024")],
)
def test_a_post_is_everywhere_of_the_sites_day(
    tiny: TinyEdition, timezone: str, year: int, month: str, day: str
) -> None:
    """Archive, page and look-back count by the day on the clocks of the site, whatever offset a date is written with.

    A year has each of its months once, also if its posts are written with several offsets.
    """
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", settings.replace('"Europe/Berlin"', f'"{timezone}"'))
    tiny.essay("nacht", uid="nacht01", date="2024-12-31T23:30:00Z", body="Ein Gedanke.")
    tiny.essay("mittag", date=f"{year}-{'01-01' if year == 2025 else '12-31'}T12:00:00-05:00", body="Noch einer.")
    tiny.post("content/lookbacks/wieder.md", lookback_of="nacht01", changed_since=["Nichts."], body="Wieder gelesen.")
    build_site(tiny.root)
    assert (tiny.root / f"output/archiv/{year}.html").is_file()
    assert not (tiny.root / f"output/archiv/{4049 - year}.html").exists()
    archive = BeautifulSoup((tiny.root / f"output/archiv/{year}.html").read_text("utf-8"), "html.parser")
    assert [heading.get_text() for heading in archive.select("main .counts a")] == [month]
    page = BeautifulSoup((tiny.root / "output/essays/nacht.html").read_text("utf-8"), "html.parser")
    assert page.select_one("time.dt-published").get_text() == day
    lookback = BeautifulSoup(next((tiny.root / "output").glob("*/wieder.html")).read_text("utf-8"), "html.parser")
    assert day in lookback.main.get_text()


def test_an_option_of_pelican_may_name_the_time_zone(tiny: TinyEdition) -> None:
    """Posts are of the days there, in the archive as on their pages."""
    tiny.essay("nacht", date="2024-12-31T23:30:00Z", body="Ein Gedanke.")
    ran = run(tiny.root, "pelican", "--fatal=errors", "-e", 'TIMEZONE="America/New_York"')
    assert ran.returncode == 0, ran.stderr
    assert (tiny.root / "output/archiv/2024.html").is_file()
    assert not (tiny.root / "output/archiv/2025.html").exists()

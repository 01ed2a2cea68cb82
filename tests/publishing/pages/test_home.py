from datetime import date, timedelta
from typing import Any

import pytest

from kuratorium.edition.curation import Imprint, LeadPolicy, Person, Policy
from kuratorium.edition.model import Event, Post
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.pages.home import find_curators, find_lead_story, plan_home_page
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import soup
from tests.publishing.makers import ADA, BEN, NOON, catalog, post, site


def lead(published: Catalog) -> str:
    """Return the uid of the lead story."""
    story = find_lead_story(published)
    return story.uid if story else ""


def talk(number: int, days: int) -> Post:
    """Return a talk that begins in so many days."""
    return post(number, format="talk", upcoming=True, event=Event(start=NOON + timedelta(days=days)))


def policy(**fields: Any) -> Policy:
    """Return a policy that names a lead story."""
    return Policy(imprint=Imprint(responsible="Ada Lamm"), lead=LeadPolicy(**fields))


def test_an_old_post_does_not_lead_because_nothing_newer_is_strong() -> None:
    """What is two months older than the latest post stays where it is, however strong; a quiet site keeps its lead."""
    assert lead(catalog(post(1, strength=1), post(50, strength=3))) == "u-000050"
    assert lead(catalog(post(1, strength=1), post(100, strength=3))) == "u-000001"
    assert lead(catalog(post(900), post(920, strength=3))) == "u-000920"


def test_a_featured_post_leads_the_newest_of_several() -> None:
    """It leads before a stronger one, and a hidden one never does."""
    posts = (post(1, strength=3), post(2, featured=True), post(3, featured=True), post(0, featured=True, hidden=True))
    assert lead(catalog(*posts)) == "u-000002"


def test_the_policy_names_the_lead_story_until_a_day() -> None:
    """On that day it still leads, before a featured one; on the next it does not. A hidden post is not pinned."""
    posts = (post(1, featured=True), post(2), post(300), post(4, hidden=True))
    today = NOON.date()
    assert lead(catalog(*posts, policy=policy(uid="u-000300"))) == "u-000300"
    assert lead(catalog(*posts, policy=policy(uid="u-000300", until=today))) == "u-000300"
    assert lead(catalog(*posts, policy=policy(uid="u-000300", until=today - timedelta(days=1)))) == "u-000001"
    assert lead(catalog(*posts, policy=policy(uid="u-000004"))) == "u-000001"


def test_few_talks_to_come_are_shown_and_a_leading_one_once() -> None:
    """The next four, in the order of their starts; one that leads is not announced again."""
    talks = [talk(number, 20 - number) for number in range(1, 7)]
    (home,) = plan_home_page(catalog(*talks, policy=policy(uid="u-000005")), site())
    shown = [one.uid for one in home.context["upcoming"]]
    assert home.context["lead"].uid == "u-000005"
    assert shown == ["u-000006", "u-000004", "u-000003"]
    assert home.context["shelves"] == ()


def test_the_board_stands_behind_the_site() -> None:
    """Without members it is those who curate a topic; without either, nobody is shown."""
    member = Person(id="eva", name="Eva", member=True)
    assert find_curators(catalog(people=(ADA, BEN, member))) == (member,)
    assert find_curators(catalog(people=(ADA, BEN))) == (ADA,)
    assert find_curators(catalog(people=(BEN,))) == ()


def test_a_post_leads_until_its_day_is_over(tiny: TinyEdition) -> None:
    """In the time zone of the site: the build after midnight, without any edit, leads with the next one."""
    tiny.note("alt", title="Alt", date="2026-01-05T08:00:00+01:00", featured=date(2026, 10, 20))
    tiny.note("neu", title="Neu", strength=3)
    for as_of, title in (("2026-10-20T23:59:59+02:00", "Alt"), ("2026-10-21T00:00:00+02:00", "Neu")):
        tiny.yaml("policy", POLICY | {"as_of": as_of})
        build_site(tiny.root)
        assert soup(tiny.root, "index.html").select_one(".lead .headline").get_text() == title


def test_a_pin_takes_effect_at_the_next_build(tiny: TinyEdition) -> None:
    """`featured: true` in front matter, then the uid in policy.yaml, which counts more, and then neither."""
    tiny.note("eins", title="Eins", strength=3)
    tiny.note("zwei", title="Zwei", uid="7c1f9a52d3e84b06")
    tiny.note("drei", title="Drei", uid="9c1f9a52d3e84b06", featured=True)

    def build() -> str:
        build_site(tiny.root)
        return str(soup(tiny.root, "index.html").select_one(".lead .headline").get_text())

    assert build() == "Drei"
    tiny.yaml("policy", POLICY | {"lead": {"uid": "7c1f9a52d3e84b06"}})
    assert build() == "Zwei"
    tiny.yaml("policy", POLICY)
    tiny.note("drei", title="Drei", uid="9c1f9a52d3e84b06")
    assert build() == "Eins"


@pytest.mark.parametrize(
    ("pin", "message", "hint"),
    [
        ({"uid": "7c1f9a52d3e84b07"}, 'no post has the uid "7c1f9a52d3e84b07"', 'Did you mean "7c1f9a52d3e84b06"?'),
        ({"uid": "7c1f9a52d3e84b06", "until": "bald"}, 'expected a whole date (year, month and day), found "bald"', ""),
    ],
)
def test_a_wrong_pin_is_an_error_with_its_line(tiny: TinyEdition, pin: dict[str, str], message: str, hint: str) -> None:
    """policy.yaml names a post that does not exist, or a day that is none."""
    tiny.note("zwei", uid="7c1f9a52d3e84b06")
    tiny.yaml("policy", POLICY | {"lead": pin})
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    (problem,) = error.value.problems
    assert (problem.file, problem.message) == ("curation/policy.yaml", message)
    assert problem.line > 1
    assert hint in problem.hint


@pytest.mark.parametrize(("value", "found"), [("bald", '"bald"'), (7, '"7"'), ("2026-10", '"2026-10"')])
def test_featured_is_true_or_a_day(tiny: TinyEdition, value: object, found: str) -> None:
    """All else is an error; beside another mistake, `true` is none."""
    tiny.note("eins", featured=value)
    tiny.note("zwei", featured=True, strength=9)
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    messages = {problem.file.rsplit("/", 1)[-1]: problem.message for problem in error.value.problems}
    assert messages == {
        "eins.md": f"expected a whole date (year, month and day), found {found}",
        "zwei.md": 'expected a whole number from 1 to 3, found "9"',
    }


@pytest.mark.parametrize("count", [0, 1])
def test_a_front_page_of_one_post_or_none_has_no_empty_bands(tiny: TinyEdition, count: int) -> None:
    """No heading without posts below it; who reads here and how to follow stand there all the same."""
    for file in (tiny.root / "curation/notes").rglob("*.md"):
        file.unlink()
    for number in range(count):
        tiny.note(f"notiz-{number}", title="x" * 300)
    build_site(tiny.root)
    page = soup(tiny.root, "index.html")
    assert [heading.get_text() for heading in page.select(".shelf > h2")] == ["Themen"]
    assert [link.get_text() for link in page.select(".portraits a")] == ["Anna Berg", "Carl Dorn"]
    assert page.select_one(".curators .follow a")["href"] == "feed.xml"
    assert len(page.select(".lead .card")) == count

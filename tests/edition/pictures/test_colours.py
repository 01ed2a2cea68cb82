from typing import Any

import pytest

from kuratorium.edition import loader
from kuratorium.edition.pictures.colours import find_contrast, read_tokens, write_rules
from kuratorium.edition.pictures.model import Colour, ColoursPolicy
from tests.editions import POLICY, REPOSITORY, TinyEdition

VIOLET = {"day": "#7a1fa2", "night": "#d9a7f0"}


def check(tiny: TinyEdition, colours: Any) -> list[tuple[str, str, str]]:
    """Return field, message and hint of each problem of an edition with these colours."""
    tiny.yaml("policy", POLICY | {"colours": colours})
    problems = loader.read_edition(tiny.root)[1]
    assert all(problem.file == "curation/policy.yaml" and problem.line for problem in problems)
    return [(problem.field, problem.message, problem.hint) for problem in problems]


def test_contrast_is_that_of_wcag() -> None:
    """From 1 to 21; #767676 is the lightest grey that may be text on white."""
    assert round(find_contrast("#000000", "#ffffff"), 2) == 21
    assert find_contrast("#abcdef", "#abcdef") == 1
    assert find_contrast("#767676", "#ffffff") >= 4.5 > find_contrast("#777777", "#ffffff")


def test_links_must_be_read_by_day_and_by_night(tiny: TinyEdition) -> None:
    """On paper and panels; the nearest shade that can be read is proposed, and is right."""
    ((field, message, hint),) = check(tiny, {"link": {"day": "#7a1fa2", "night": "#7a1fa2"}})
    assert field == "colours.link.night"
    assert "on #1a2421, and text needs (WCAG AA) 4.5 : 1" in message
    proposed = hint.split('"')[1]
    assert check(tiny, {"link": {"day": "#7a1fa2", "night": proposed}}) == []


def test_a_line_must_be_seen(tiny: TinyEdition) -> None:
    """It is no text, but the colour of the paper would hide it."""
    ((field, message, _),) = check(tiny, {"route": {"day": "#ffffff", "night": "#f06292"}})
    assert field == "colours.route.day"
    assert "a line that is seen needs 1.5 : 1" in message


@pytest.mark.parametrize(("value", "shown"), [(None, "nothing"), ("violett", '"violett"'), ("#abc", '"#abc"')])
def test_a_colour_has_six_digits_in_quotation_marks(tiny: TinyEdition, value: Any, shown: str) -> None:
    """Without them, YAML takes it for a comment."""
    ((field, message, hint),) = check(tiny, {"link": VIOLET | {"day": value}})
    assert field == "colours.link.day"
    assert message.endswith(f"# begins a comment; found {shown}")
    assert 'day: "#0b5c58"' in hint


def test_colours_that_name_none_or_another_are_told(tiny: TinyEdition) -> None:
    """An unknown name is answered with the nearest known one."""
    assert [message for _, message, _ in check(tiny, {})] == ["names no colour"]
    assert any('"link"' in hint for _, _, hint in check(tiny, {"links": VIOLET}))


@pytest.mark.parametrize("route", ["#f5c518", "#d81b60", "#000000", "#ffffff", "#777777", "#1e90ff"])
def test_text_on_the_set_line_can_be_read(route: str) -> None:
    """Its colour is chosen by the contrast, whatever the line's is."""
    tokens = read_tokens((REPOSITORY / "theme/static/css/tokens.css").read_text())
    rules = read_tokens(write_rules(ColoursPolicy(route=Colour(day=route, night=route)), tokens))
    assert rules["route"] == (route, route)
    assert all(find_contrast(colour, route) >= 4.5 for colour in rules["on-route"])


def test_the_colours_of_the_theme_are_those_that_the_check_knows() -> None:
    """Links of the theme itself have the contrast that it wants of others."""
    tokens = read_tokens((REPOSITORY / "theme/static/css/tokens.css").read_text())
    for place in (0, 1):
        assert all(find_contrast(tokens["link"][place], tokens[ground][place]) >= 4.5 for ground in ("paper", "panel"))

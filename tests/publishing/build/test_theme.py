import pytest
from jinja2 import DictLoader, Environment

from kuratorium.publishing import settings
from kuratorium.publishing.build import theme
from kuratorium.publishing.writers import html
from tests.editions import REPOSITORY

THEME = {
    "page.html": '{% extends "base.html" %}{% block x %}{{ fragment("card", post) }}{% endblock %}',
    "base.html": '{% include ["own.html", "mark.html"] %}',
    "partials/card.html": '{% include "cards/" ~ post.format ~ ".html" %}',
    "cards/note.html": "",
    "cards/talk.html": '{% from "macros.html" import x %}',
    "macros.html": "",
    "mark.html": "",
    "any.html": "{% include name %}",
    "alone.html": "",
    "broken.html": "{% for %}",
}


def changed(name: str) -> set[str]:
    """The templates whose digest differs when `name` changes, or appears."""
    before = {one: text.encode() for one, text in THEME.items()}
    named = theme.find_dependencies(Environment(loader=DictLoader(THEME)), sorted(THEME))
    was = theme.digest_dependencies(named, before)
    now = theme.digest_dependencies(named, before | {name: b"changed"})
    return {one for one in was if was[one] != now[one]}


@pytest.mark.parametrize(
    ("name", "concerned"),
    [
        ("alone.html", {"alone.html"}),
        ("base.html", {"page.html", "base.html"}),
        ("mark.html", {"page.html", "base.html", "mark.html"}),
        ("own.html", {"page.html", "base.html"}),
        ("cards/talk.html", {"page.html", "partials/card.html", "cards/talk.html"}),
        ("cards/essay.html", {"page.html", "partials/card.html"}),
        ("macros.html", {"page.html", "partials/card.html", "cards/talk.html", "macros.html"}),
    ],
)
def test_a_template_hangs_on_all_that_it_draws_on(name: str, concerned: set[str]) -> None:
    """Parents, parts, macros, pieces, and what may come to be one; a name that cannot be told is any."""
    assert changed(name) == concerned | {"any.html", "broken.html"}


def test_the_theme_says_what_it_draws_on() -> None:
    """No template of ours hangs on the whole theme, so that a change of one leaves most pages alone."""
    made = html.build_environment(REPOSITORY, settings.read_settings(REPOSITORY))
    named = theme.find_dependencies(made, made.list_templates())
    assert len(named) > 50
    assert [name for name, others in named.items() if "*" in others] == []
    assert "partials/cards/*" in named["partials/card.html"]

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
    """Return the templates whose digest differs when the template `name` changes, or appears."""
    sources = {template: text.encode() for template, text in THEME.items()}
    dependencies = theme.find_dependencies(Environment(loader=DictLoader(THEME)), sorted(THEME))
    before = theme.digest_dependencies(dependencies, sources)
    after = theme.digest_dependencies(dependencies, sources | {name: b"changed"})
    return {template for template in before if before[template] != after[template]}


@pytest.mark.parametrize(
    ("name", "dependents"),
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
def test_a_template_depends_on_all_that_it_uses(name: str, dependents: set[str]) -> None:
    """A template depends on its parents, includes, macros and fragments, also on those that may be added later.

    One that includes a name it computes, or that does not parse, depends on all templates.
    """
    assert changed(name) == dependents | {"any.html", "broken.html"}


def test_no_template_of_the_theme_depends_on_the_whole_theme() -> None:
    """The theme names its templates by constants, so that a change of one leaves most pages alone."""
    environment = html.build_environment(REPOSITORY, settings.read_settings(REPOSITORY))
    dependencies = theme.find_dependencies(environment, environment.list_templates())
    assert len(dependencies) > 50
    assert [name for name, used in dependencies.items() if "*" in used] == []
    assert "partials/cards/*" in dependencies["partials/card.html"]

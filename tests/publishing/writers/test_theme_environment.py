"""The theme's environment beside Jinja's own: the same templates give the same text, or the same error."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from gettext import NullTranslations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import ChainableUndefined, Environment, FunctionLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kuratorium.publishing.writers import theme_environment

Outcome = tuple[str, str, list[tuple[str, int | None]]]
"""Text or kind of error, message, and the template and line of each template that the error went through."""


class Card:
    """An object of a theme: attributes, methods, text of its own."""

    title = "Mark & <b>"
    items = ("one", "two & three")

    def call(self, *args: object, **named: object) -> str:
        """Show how it was called."""
        return f"<{args} {named}>"

    def __str__(self) -> str:
        return "<card>"


class Marked:
    """An object with HTML of its own, which is not escaped."""

    def __html__(self) -> str:
        """Return HTML."""
        return "<i>&amp;</i>"


class ContextCallable:
    """An object that is called with the context."""

    @pass_context
    def __call__(self, context: Context, name: str = "a") -> object:
        """Return what the context holds under a name."""
        return context.get(name, "nothing")


@pass_context
def show_context(context: Context, *names: str) -> str:
    """Show what a function that gets the context sees of it."""
    return " ".join(f"{name}={context.get(name)}" for name in names) + f" in {context.name}"


def stop() -> None:
    """Raise what ends a loop."""
    raise StopIteration


CONTEXT: Mapping[str, object] = {
    "a": "A & <a>",
    "b": Markup("<b>b</b>"),
    "n": 3,
    "no": None,
    "xs": ["x", "<y>", Markup("<z>")],
    "tree": [{"name": "<1>", "below": [{"name": "<2>", "below": []}]}],
    "card": Card(),
    "marked": Marked(),
    "text": type("Text", (str,), {})("<of a subclass>"),
    "show": show_context,
    "called": ContextCallable(),
    "stop": stop,
    "flag": False,
    "name": "part.html",
    "_private": "<p>",
}


class German(NullTranslations):
    """A catalogue of one word."""

    def gettext(self, message: str) -> str:
        """Return the translation of a message."""
        return {"word": "<Wort> & %%", "with": "%(x)s hier"}.get(message, message)


def make_environment(kind: type[Environment], sources: Mapping[str, str], options: Mapping[str, Any]) -> Environment:
    """Return an environment of these templates, with a catalogue."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], f"/theme/templates/{name}", lambda: True) if name in sources else None

    extensions = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
    environment = kind(
        **{"loader": FunctionLoader(load), "autoescape": True, "extensions": extensions, "cache_size": -1, **options}
    )
    environment.globals["globally"] = "<g>"
    if kind is Environment:
        environment.install_gettext_translations(German(), newstyle=True)  # type: ignore[attr-defined] # the extension adds it
    else:
        theme_environment.install_translations(environment, German())
    return environment


def find_template_frames(error: Exception) -> Iterator[tuple[str, int | None]]:
    """Yield the template and line of each frame of a traceback that is one."""
    frames = traceback.extract_tb(error.__traceback__)
    return ((frame.filename, frame.lineno) for frame in frames if frame.filename.endswith(".html"))


def render(kind: type[Environment], sources: Mapping[str, str], options: Mapping[str, Any]) -> Outcome:
    """Render page.html twice; return what came out."""
    try:
        template = make_environment(kind, sources, options).get_template("page.html")
        first, second = template.render(CONTEXT), template.render(CONTEXT)
    except Exception as error:  # noqa: BLE001 - any must be the same
        return type(error).__name__, str(error), list(find_template_frames(error))
    assert first == second
    assert type(first) is str
    return "text", first, []


def compare(sources: Mapping[str, str], **options: object) -> Outcome:
    """Return what both environments make of page.html."""
    ours, jinjas = (render(kind, sources, options) for kind in (theme_environment.ThemeEnvironment, Environment))
    assert ours == jinjas
    return ours


PARTS = {
    "part.html": "[{{ a }}{{ b }}{% set a = 'set in part' %}{{ show('a', 'x', 'n') }}{{ x|default('-') }}]",
    "macros.html": "{% macro m(p, q='<q>') %}{{ p }}{{ q }}{{ globally }}{{ varargs }}{{ kwargs }}{% endmacro %}"
    "{% macro c() %}<c>{{ caller('x') }}</c>{% endmacro %}{% set exported = '<e>' %}{{ a|default('-') }}text",
    "base.html": "<{% block head %}head {{ a }}{% endblock %}|{{ self.head() }}|{% block body scoped %}{% endblock %}"
    "{% for x in xs %}{% block row scoped %}{{ x }}{{ loop.index }}{% endblock %}{% endfor %}>",
    "middle.html": "{% extends 'base.html' %}{% block head %}({{ super() }}){% set own = 1 %}{{ show('own') }}"
    "{% endblock %}",
    "required.html": "{% block must required %}{% endblock %}",
}

PAGES = {
    "escaping": "{{ a }}{{ b }}{{ n }}{{ no }}{{ card }}{{ marked }}{{ text }}{{ xs }}{{ '<c>' }}{{ 1.5 }}{{ a|safe }}",
    "joined text": "{{ a ~ b }}{{ b + a }}{{ '%s' % a }}{{ xs|join(', ') }}{{ b|upper }}{{ (a ~ '<x>')|length }}",
    "escaping off": "{% autoescape false %}{{ a }}{{ b }}{% include 'part.html' %}{% endautoescape %}{{ a }}",
    "escaping by a variable": "{% autoescape flag %}{{ a }}{{ 'x' ~ a }}{{ '<c>' }}{{ _('word') }}{% endautoescape %}",
    "inline if": "{{ a if flag }}{{ a if n }}{{ (a if flag) is defined }}{{ '<' if flag else '>' }}"
    "{{ (a if flag) or b }}",
    "if, elif, else": "{% if flag %}1{% elif no %}2{% elif n > 2 %}3{{ a }}{% else %}4{% endif %}",
    "loops": "{% for x in xs if x %}{{ loop.index }}{{ loop.last }}{{ loop.cycle('p', 'q') }}{{ x }}{% else %}"
    "-{% endfor %}"
    "{% for x in [] %}{% else %}empty{% endfor %}{{ x is defined }}",
    "loop controls": "{% for x in xs %}{% if loop.index == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}"
    "{% for x in xs %}{% break %}{% endfor %}",
    "recursive loops": "{% for t in tree recursive %}{{ loop.depth }}{{ t.name }}{{ loop(t.below) }}{% endfor %}",
    "set in scopes": "{% set v = 1 %}{% for x in xs %}{% set v = x %}{{ v }}{% include 'part.html' %}{% endfor %}"
    "{{ v }}"
    "{% if n %}{% set v = 2 %}{% endif %}{{ v }}{{ show('v') }}",
    "set blocks": "{% set v %}<b>{{ a }}{% include 'part.html' %}{% endset %}{{ v }}{{ v|length }}"
    "{% set w | upper %}{{ a }}{% endset %}{{ w }}",
    "namespaces": "{% set ns = namespace(i=0) %}{% for x in xs %}{% set ns.i = ns.i + 1 %}{% endfor %}{{ ns.i }}",
    "with": "{% with x = a, y = '<y>' %}{{ x }}{{ y }}{% include 'part.html' %}{% endwith %}{{ x is defined }}",
    "filter blocks": "{% filter upper %}{{ a }}<i>{% include 'part.html' %}{% endfilter %}",
    "do": "{% set l = [] %}{% do l.append('<') %}{{ l }}",
    "macros": "{% from 'macros.html' import m, c %}{{ m(a) }}{{ m(a, b, 1, z='<z>') }}"
    "{% call(x) c() %}{{ x }}{{ a }}{% include 'part.html' %}{% endcall %}",
    "a macro of the page": "{% macro m() %}{{ a }}{% for x in xs %}{{ x }}{% endfor %}{% endmacro %}{{ m() }}"
    "{{ m()|length }}",
    "imports": "{% import 'macros.html' as i %}{{ i.exported }}{{ i.m('<') }}{{ i }}"
    "{% import 'macros.html' as j with context %}{{ j }}",
    "a missing import": "{% from 'macros.html' import nothing %}\n{{ nothing }}",
    "includes": "{% set x = '<own>' %}{% include 'part.html' %}{{ a }}{% include name %}"
    "{% include ['none.html', name] %}",
    "includes in loops": "{% for x in xs %}{% include 'part.html' %}{% endfor %}{% include 'loop.html' %}",
    "loop is not included": "{% for x in xs %}{% include 'loop.html' %}{% endfor %}",
    "include of what may be missing": "{% include 'none.html' ignore missing %}"
    "{% include ['none.html'] ignore missing %}"
    "{% include 'part.html' ignore missing with context %}",
    "include without context": "{% set x = 1 %}1{% include 'bare.html' without context %}2"
    "{% include 'none.html' ignore missing without context %}"
    "{% include ['bare.html'] ignore missing without context %}",
    "a missing include": "1\n{% include 'none.html' %}",
    "missing includes": "1\n\n{% include ['none.html', 'nor.html'] %}",
    "blocks": "{% extends 'middle.html' %}lost{% block body %}{{ super() }}{{ a }}{% include 'part.html' %}"
    "{% endblock %}"
    "{% block row %}{{ x }}{{ super() }}{{ self.head() }}{% endblock %}",
    "text before extends": "{{ a }}{% include 'part.html' %}{% extends 'middle.html' %}",
    "an include beside the blocks": "{% extends 'base.html' %}{% include 'part.html' %}{% block head %}{% endblock %}",
    "extends by a condition": "{% if n %}{% extends 'base.html' %}{% endif %}{{ a }}{% block head %}H{% endblock %}",
    "extends not by a condition": "{% if no %}{% extends 'base.html' %}{% endif %}{{ a }}{% block head %}"
    "H{% endblock %}",
    "extends twice": "{% extends 'base.html' %}\n{% extends 'middle.html' %}",
    "a required block": "{% extends 'required.html' %}",
    "no super": "{% block b %}\n{{ super() }}{% endblock %}",
    "calls": "{{ card.call(a, k=b) }}{{ show('a', 'n') }}{{ called() }}{{ called('n') }}{{ range(2)|list }}"
    "{{ dict(x=1) }}",
    "calls see loops and blocks": "{% for x in xs %}{% set own = x %}{{ show('own', 'x') }}{{ called('own') }}"
    "{% endfor %}"
    "{% block b %}{% set own = 1 %}{{ show('own') }}{{ called('own') }}{{ card.call(own) }}{% endblock %}",
    "a call that stops": "{{ stop() is defined }}",
    "translations": "{{ _('word') }}{{ _('with', x='<x>') }}{{ gettext('100 %%') }}{{ _('word') ~ a }}{{ _(b) }}"
    "{{ _('word')|length }}"
    "{% trans x=a %}with {{ x }}{% endtrans %}{{ ngettext('%(num)s thing', '%(num)s things', n) }}",
    "a translation that fails": "1\n{{ _('50 % off') }}",
    "attributes and items": "{{ card.title }}{{ card['title'] }}{{ tree[0].name }}{{ tree[0]['below'].0.name }}"
    "{{ card.items[1:] }}",
    "private names": "{% set _x = _private %}{{ _x }}{% include 'part.html' %}",
    "an unknown name": "1\n{{ nothing }}",
    "an unknown field": "1\n\n{{ card.nothing.more }}",
    "a name that is defined nowhere, tested": "{{ nothing is defined }}{{ nothing|default('<d>') }}",
    "a name of Python's": "{{ output }}{{ concat }}{{ escape_output }}",
    "division by zero": "{% for x in xs %}\n{% if loop.last %}\n{{ 1 / 0 }}{% endif %}{% endfor %}",
    "an error below": "1\n{% include 'broken.html' %}",
    "an error in a macro": "{% from 'failing.html' import f %}\n1\n{{ f() }}",
    "an error in a block": "{% extends 'base.html' %}\n{% block body %}\n{{ nothing() }}{% endblock %}",
    "an error within one output": "{{ a }}{{\nb }} {{ 1 }}\n{{ a }}\n{{ n() }}\n{{ a }}",
    "an unknown filter": "1\n{{ a|nothing }}",
    "an unknown filter that is not reached": "1\n{% if flag %}{{ a|nothing }}{% endif %}{{ (a|nothing) if flag }}",
    "bad syntax": "1\n{% for %}",
    "bad syntax below": "1\n{% include 'syntax.html' %}",
}
MORE_PARTS = {
    "loop.html": "{{ loop is defined }}{{ x is defined }}",
    "bare.html": "{{ x is defined }}{{ a is defined }}{{ globally }}",
    "broken.html": "\n\n{{ card.nothing() }}",
    "failing.html": "{% macro f() %}\n\n{{ 1 / 0 }}{% endmacro %}",
    "syntax.html": "\n\n{{ a b }}",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_template_means_what_it_means_to_jinja(page: str) -> None:
    """Text, error, and the lines that an error names are those of Jinja's own environment."""
    sources = {**PARTS, **MORE_PARTS, "page.html": page}
    compare(sources, undefined=StrictUndefined, auto_reload=False)
    compare(sources, undefined=Undefined, trim_blocks=True, lstrip_blocks=True, optimized=False)
    compare(sources, undefined=ChainableUndefined, autoescape=False)
    compare(sources, finalize=lambda value: "<none>" if value is None else value)


def test_an_include_without_context_is_caught_where_it_stands() -> None:
    """Jinja itself lets it escape from `set`, and a macro that holds one shows the name of a Python object."""
    page = "1{% set v %}{% include 'bare.html' without context %}{% endset %}2{{ v }}"
    assert (
        render(theme_environment.ThemeEnvironment, {**MORE_PARTS, "page.html": page}, {})[1] == "12FalseFalse&lt;g&gt;"
    )


NAMES = st.sampled_from(["a", "b", "n", "xs", "card", "text", "own", "nothing"])
TEXTS = st.sampled_from(["<p>", " & ", "\n", "  \n  ", "{# c #}", "text"])
CALLS = st.sampled_from(["show('a', 'own', 'x')", "called('own')", "card.call(a)", "_('word')", "m(own)", "loop.index"])
EXPRESSIONS = st.one_of(
    NAMES,
    CALLS,
    st.builds("{}|default('<d>')".format, NAMES),
    st.builds("{} ~ {}".format, NAMES, NAMES),
    st.builds("{} if {} is defined".format, NAMES, NAMES),
    st.builds("{} if {} else '<e>'".format, NAMES, NAMES),
    st.builds("{}.title".format, NAMES),
)


def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return templates that hold these."""
    body = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.builds("{{% if {} is defined %}}{}{{% else %}}{}{{% endif %}}".format, NAMES, body, body),
        st.builds("{{% for x in xs %}}{}{{% endfor %}}".format, body),
        st.builds("{{% for {} in xs %}}{}{{% else %}}{}{{% endfor %}}".format, NAMES, body, body),
        st.builds("{{% with {} = {} %}}{}{{% endwith %}}".format, NAMES, EXPRESSIONS, body),
        st.builds("{{% set {} %}}{}{{% endset %}}".format, NAMES, body),
        st.builds("{{% filter upper %}}{}{{% endfilter %}}".format, body),
        st.builds("{{% macro m(x) %}}{}{{% endmacro %}}".format, body),
        st.builds("{{% autoescape {} %}}{}{{% endautoescape %}}".format, st.sampled_from(["true", "false", "n"]), body),
    )


LEAVES = st.one_of(
    TEXTS,
    st.builds("{{{{ {} }}}}".format, EXPRESSIONS),
    st.builds("{{% set {} = {} %}}".format, NAMES, EXPRESSIONS),
    st.sampled_from(["{% include 'part.html' %}", "{% include 'none.html' ignore missing %}", "{{ self.head() }}"]),
)
TEMPLATES = st.lists(st.recursive(LEAVES, nest, max_leaves=6), min_size=1, max_size=4).map("".join)


@given(page=TEMPLATES, part=TEMPLATES, block=TEMPLATES, undefined=st.sampled_from([StrictUndefined, Undefined]))
@settings(max_examples=60, deadline=None)
def test_any_template_means_what_it_means_to_jinja(
    page: str, part: str, block: str, undefined: type[Undefined]
) -> None:
    """Statements in any order and depth: in a page, in what it includes, and in its blocks."""
    sources = {"part.html": part.replace("'part.html'", "'leaf.html'"), "leaf.html": "({{ x }}{{ own }})"}
    head = f"{{% block head %}}{block}{{% endblock %}}".replace("{{ self.head() }}", "")
    compare({**sources, "page.html": page + head}, undefined=undefined)
    compare(
        {
            **sources,
            "base.html": page + "{% block head %}base{% endblock %}",
            "page.html": "{% extends 'base.html' %}" + head,
        },
        undefined=undefined,
    )

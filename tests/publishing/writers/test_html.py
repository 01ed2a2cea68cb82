import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from kuratorium.publishing.template_inputs import PageMeta
from kuratorium.publishing.writers.html import Fragments
from tests.publishing.makers import post, site


def environment(**partials: str) -> Environment:
    """Return an environment with these partials and the function `fragment`."""
    sources = {f"partials/{name}.html": source for name, source in partials.items()}
    jinja = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    jinja.globals["fragment"] = Fragments(jinja).render_fragment
    return jinja


def render_page(jinja: Environment, source: str, path: str = "index.html", **context: object) -> str:
    """Render `source` as the template of a page at `path`."""
    head = PageMeta(path=path, title="T", kind="list", lang="de")
    return jinja.from_string(source).render(site=site(), meta=head, **context)


def test_a_fragment_links_from_where_it_is_shown() -> None:
    """It is rendered once, and its links are right on pages at any depth."""
    jinja = environment(row='<a href="{{ meta.root }}{{ post.path }}">{{ post.title }}</a>')
    source = "{{ fragment('row', post) }}"
    assert render_page(jinja, source, post=post(1)) == '<a href="notizen/nr-1.html">Nummer 1</a>'
    assert render_page(jinja, source, "a/b/c.html", post=post(1)) == '<a href="../../notizen/nr-1.html">Nummer 1</a>'


def test_a_fragment_is_rendered_once_for_each_of_its_inputs() -> None:
    """Another post or option is another fragment; the same one is not rendered twice."""
    jinja, rendered = environment(row="{{ note(post.uid, level) }}"), []
    jinja.globals["note"] = lambda *key: rendered.append(key) or ""
    source = "{{ fragment('row', post, level=level) }}"
    for number, level in [(1, 2), (1, 2), (1, 3), (2, 2), (1, 2)]:
        render_page(jinja, source, post=post(number), level=level)
    assert rendered == [("u-000001", 2), ("u-000001", 3), ("u-000002", 2)]


def test_a_fragment_sees_nothing_of_the_page_that_shows_it() -> None:
    """A fragment must not depend on the first page that shows it."""
    for source in ("{{ secret }}", "{{ meta.path }}"):
        with pytest.raises(UndefinedError):
            render_page(environment(row=source), "{{ fragment('row') }}", secret="of this page only")


def test_a_fragment_is_escaped_once() -> None:
    """Markup in a title is escaped, the fragment's own markup is not."""
    jinja = environment(row="<b>{{ post.title }}</b>")
    assert (
        render_page(jinja, "{{ fragment('row', post) }}", post=post(1, title="<i> & Co")) == "<b>&lt;i&gt; &amp; Co</b>"
    )

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from kuratorium.publishing.template_inputs import PageMeta
from kuratorium.publishing.writers.html import Fragments
from tests.publishing.makers import post, site


def environment(**partials: str) -> Environment:
    """An environment with these partials and a page that shows one of them."""
    sources = {f"partials/{name}.html": source for name, source in partials.items()}
    made = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    made.globals["fragment"] = Fragments(made).render_fragment
    return made


def shown(made: Environment, source: str, path: str = "index.html", **context: object) -> str:
    """What a page at `path` makes of `source`."""
    head = PageMeta(path=path, title="T", kind="list", lang="de")
    return made.from_string(source).render(site=site(), meta=head, **context)


def test_a_piece_links_from_where_it_is_shown() -> None:
    """Rendered once, it leads from every page to the same place."""
    made = environment(row='<a href="{{ meta.root }}{{ post.path }}">{{ post.title }}</a>')
    source = "{{ fragment('row', post) }}"
    assert shown(made, source, post=post(1)) == '<a href="notizen/nr-1.html">Nummer 1</a>'
    assert shown(made, source, "a/b/c.html", post=post(1)) == '<a href="../../notizen/nr-1.html">Nummer 1</a>'


def test_a_piece_is_rendered_once_for_each_of_its_inputs() -> None:
    """Another post or another option is another fragment; the same again is not rendered again."""
    made, rendered = environment(row="{{ note(post.uid, level) }}"), []
    made.globals["note"] = lambda *key: rendered.append(key) or ""
    source = "{{ fragment('row', post, level=level) }}"
    for number, level in [(1, 2), (1, 2), (1, 3), (2, 2), (1, 2)]:
        shown(made, source, post=post(number), level=level)
    assert rendered == [("u-000001", 2), ("u-000001", 3), ("u-000002", 2)]


def test_a_piece_sees_nothing_of_the_page_that_shows_it() -> None:
    """What is kept for all pages must not depend on the first of them."""
    for source in ("{{ secret }}", "{{ meta.path }}"):
        with pytest.raises(UndefinedError):
            shown(environment(row=source), "{{ fragment('row') }}", secret="of this page only")


def test_a_piece_is_escaped_once() -> None:
    """Markup in a title stays text, and the fragment itself stays markup."""
    made = environment(row="<b>{{ post.title }}</b>")
    assert shown(made, "{{ fragment('row', post) }}", post=post(1, title="<i> & Co")) == "<b>&lt;i&gt; &amp; Co</b>"

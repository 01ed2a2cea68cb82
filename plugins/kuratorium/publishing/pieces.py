"""Pieces: parts that many pages show alike, such as the card of a post, are rendered once per build."""

from __future__ import annotations

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from msgspec import Struct

from ..model import Post

_ROOT = "\0"


class Anywhere(Struct, frozen=True):
    """What a piece sees in place of its page: only a way to the root, which each page replaces by its own."""

    root: str = _ROOT


class Pieces:
    """Keeps the pieces of one build; templates call `piece`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._made: dict[tuple[object, ...], str] = {}

    @pass_context
    def piece(self, context: Context, name: str, post: Post | None = None, **options: object) -> Markup:
        """Return partials/`name`.html for the page in `context`.

        The partial sees the site, `page.root`, `post` and `options` (hashable), and nothing else.
        """
        key = (name, post.uid if post else "", *options.items())
        made = self._made.get(key)
        if made is None:
            template = self._environment.get_template(f"partials/{name}.html")
            made = template.render(site=context["site"], page=Anywhere(), post=post, **options)
            self._made[key] = made
        return Markup(made.replace(_ROOT, context["page"].root))  # noqa: S704 - a template made it, with escaping on

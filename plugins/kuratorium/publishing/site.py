"""What every page knows of the site, made of settings, policy and catalog."""

from __future__ import annotations

from .. import conf
from ..registry import Registry
from .catalog import Catalog
from .page import Link, Site
from .paths import Paths


def site_of(settings: conf.Site, registry: Registry, made: Catalog) -> Site:
    """Make the site of an edition that was read without problems."""
    assert registry.policy is not None  # noqa: S101 - without a policy there was a problem
    return Site(
        name=settings.name,
        subtitle=settings.subtitle,
        url=settings.url,
        lang=settings.lang,
        paths=Paths(settings.lang),
        imprint=registry.policy.imprint,
        topics=made.topics,
        formats=tuple(format.id for format in made.formats),
        standing=tuple(Link(page.title, page.path) for page in made.standing if not page.hidden),
        people=bool(made.people),
        series=bool(made.series),
        sources=bool(made.followed),
        corrections=registry.policy.corrections,
    )

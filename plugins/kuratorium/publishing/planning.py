"""Which pages are to be rendered: all whose recipe is another one than before, or that the site has lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from .. import anniversaries
from ..errors import EditionError, Problem
from ..model import Post
from . import catalog, decision, recipes
from .assets import Assets
from .decision import State
from .ground import Ground, Task
from .memory import Body, body_digests
from .page import Page, Site
from .paths import Paths
from .plan import plan
from .site import site_of
from .texts import Text, key_of

LOST = "the file in the site was missing, or had been changed"


class Plan(Struct, frozen=True, kw_only=True):
    """Pages to render, paths that the site has no longer, and what is to be remembered."""

    tasks: list[Task]
    gone: set[str]
    state: State


def whole(ground: Ground) -> Plan:
    """Plan the whole site; raises EditionError where two outputs want the same address."""
    site_settings, known = ground.settings.site, ground.registry
    as_of = ground.as_of.astimezone(ZoneInfo(site_settings.timezone))
    listing = ground.memory.listing(known)
    made = catalog.make(listing, Paths(site_settings.lang), site_settings.lang, as_of)
    site = site_of(site_settings, known, made)
    pages = plan(made, site)
    refuse_clashes(pages, ground.assets)
    writer = recipes.Writer(ground.theme.digest, body_digests(ground.memory.bodies, ground.address_of))
    tasks = [task for page in pages if (task := _task(ground, page, writer.write(page)))]
    moments = {moment for one in listing.posts for moment in catalog.moments(one)}
    since, until = decision.window({*moments, *anniversaries.turns(as_of)}, as_of)
    ground.store.keep_value("site", msgspec.json.encode(site))
    there = ground.outputs.keys() | ground.change.strange
    return Plan(
        tasks=tasks,
        gone=there - {page.path for page in pages} - ground.assets.keys(),
        state=replace(
            ground.state,
            since=since,
            until=until,
            posts=len(made.posts) + len(made.hidden),
            pages=sum(page.writer == "html" for page in pages),
        ),
    )


def again(ground: Ground, fresh: Iterable[Text]) -> Plan:
    """Plan only the pages that hold these bodies, and what the site has lost: no list differs."""
    made = {
        key_of(text.listed): Body(text.file, recipes.digest(text.html), text.links) for text in fresh if text.listed
    }
    bodies = body_digests(made, ground.address_of)
    paths = {path for key in bodies for path in ground.store.holders(key)} | ground.change.lost
    finder = _Finder(ground)
    tasks = [task for path in sorted(paths) if (task := _again(ground, path, bodies, finder))]
    gone = {path for path, (_, _, mark) in ground.outputs.items() if not mark and path not in ground.assets}
    return Plan(tasks=tasks, gone=gone | (ground.change.strange - ground.assets.keys()), state=ground.state)


def refuse_clashes(pages: Iterable[Page], assets: Assets) -> None:
    """Raise EditionError where a page and an asset want the same address."""
    mend = "Move or rename this file, or give the page another slug."
    problems = [
        Problem(assets[page.path], 0, "", f"a page of the site has its address, {page.path}", mend)
        for page in pages
        if page.path in assets
    ]
    if problems:
        raise EditionError(problems)


def _task(ground: Ground, page: Page, recipe: bytes) -> Task | None:
    was = ground.outputs.get(page.path)
    if was is None or was[2] != recipes.fingerprint(recipe):
        return Task(page=page, recipe=recipe)
    return Task(page=page, recipe=recipe, why=LOST) if page.path in ground.change.lost else None


def _again(ground: Ground, path: str, bodies: Mapping[str, str], finder: _Finder) -> Task | None:
    kept = ground.store.recipe(path)
    if not kept:
        return None  # an asset
    was = recipes.read(kept)
    recipe = recipes.rewritten(was, {key: bodies.get(key, digest) for key, digest in was.bodies.items()})
    if recipe == kept and path not in ground.change.lost:
        return None
    return Task(page=recipes.page(path, was, finder.find), recipe=recipe, why="" if recipe != kept else LOST)


class _Finder:
    """Finds what recipes refer to, without a catalog of all."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._found: dict[tuple[str, str], Any] = {}

    def find(self, kind: str, name: str) -> Any:
        """Give the post, the record of the registry, or the site of this name."""
        if (kind, name) not in self._found:
            self._found[kind, name] = self._look(kind, name)
        return self._found[kind, name]

    def _look(self, kind: str, name: str) -> Any:
        if kind == "Site":
            return msgspec.json.decode(self._ground.store.value("site"), type=Site)
        if kind == "Post":
            return self._post(name)
        known = self._ground.registry
        if kind == "NamedSeries":
            return known.series_of(name)
        return {"Person": known.people, "Topic": known.topics, "Source": known.sources}[kind][name]  # type: ignore[index]

    def _post(self, uid: str) -> Post:
        lang = self._ground.settings.site.lang
        listed = self._ground.memory.by_uid(uid)
        return catalog.post_of(listed, self._ground.registry, Paths(lang), lang, self._ground.as_of)

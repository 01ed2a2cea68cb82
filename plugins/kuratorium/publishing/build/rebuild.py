"""Which pages are to be rendered: all whose recipe is another one than before, or that the site has lost.

Planned pages and assets become files, and the files the site.

What a build stands on: where it is, what is known, what changed, and who watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment
from msgspec import Struct
from msgspec.structs import replace

from ... import calendar_weeks, files
from ...edition.model import Post
from ...edition.registry import Registry
from ...errors import EditionError, Problem
from ...files import hash_of_bytes
from .. import catalog, i18n, links
from ..assets import Assets, not_copied
from ..links import AddressOf
from ..page import ASSETS, Page, Site
from ..pages.outputs import plan, site_of
from ..posts import Text, key_of
from ..settings import Settings
from ..urls import Paths
from ..writers.render import Renderer
from . import changes, fingerprints, workers
from .cache import Store
from .cached_posts import Body, Memory, body_digests
from .publish import Stage
from .result import Change, Moved, Order, Outputs, State, Watch
from .theme import Theme


class Ground(Struct, frozen=True, kw_only=True):
    """All that planning and rendering need. `hashes` by file of the edition, `outputs` are what was built before."""

    root: Path
    settings: Settings
    registry: Registry
    theme: Theme
    store: Store
    memory: Memory
    stage: Stage
    order: Order
    watch: Watch
    change: Change
    state: State
    as_of: datetime
    assets: Assets
    hashes: Mapping[str, bytes]
    outputs: Outputs
    address_of: AddressOf


class Task(Struct, frozen=True, kw_only=True):
    """A page to render, its recipe, and what it is rendered for if not for its recipe."""

    page: Page
    recipe: bytes
    why: str = ""


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
    writer = fingerprints.Writer(ground.theme.digest, body_digests(ground.memory.bodies, ground.address_of))
    tasks = [task for page in pages if (task := _task(ground, page, writer.write(page)))]
    moments = {moment for one in listing.posts for moment in catalog.moments(one)}
    since, until = changes.window({*moments, *calendar_weeks.turns(as_of)}, as_of)
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
    made = {key_of(text.listed): Body(text.file, files.digest(text.html), text.links) for text in fresh if text.listed}
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
    if was is None or was[2] != fingerprints.fingerprint(recipe):
        return Task(page=page, recipe=recipe)
    return Task(page=page, recipe=recipe, why=LOST) if page.path in ground.change.lost else None


def _again(ground: Ground, path: str, bodies: Mapping[str, str], finder: _Finder) -> Task | None:
    kept = ground.store.recipe(path)
    if not kept:
        return None  # an asset
    was = fingerprints.read_inputs(kept)
    recipe = fingerprints.rewritten(was, {key: bodies.get(key, digest) for key, digest in was.bodies.items()})
    if recipe == kept and path not in ground.change.lost:
        return None
    return Task(page=fingerprints.page(path, was, finder.find), recipe=recipe, why="" if recipe != kept else LOST)


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


ASSET = b""
"""In the place of an asset's fingerprint: it has no recipe."""


def make(
    ground: Ground,
    plan: Plan,
    environment: Environment,
    fresh: Iterable[Text],
    *,
    remember: Callable[[Moved, Outputs], None],
) -> Moved:
    """Render and copy all that the plan asks for, then move it into the site.

    `fresh`: texts that were just read. `remember` is called when all is made, before the first file is moved.
    """
    made = _copied(ground)
    made |= _rendered(ground, plan, environment, {text.file: text.html for text in fresh})
    ranks = {task.page.path: task.page.rank for task in plan.tasks} | dict.fromkeys(ground.assets, ASSETS)

    def ready(moved: Moved) -> None:
        outputs = {path: (ground.stage.stamp(path), hashed, mark) for path, (hashed, mark) in made.items()}
        remember(moved, outputs)

    with ground.watch.phase("move"):
        return ground.stage.publish(ranks, plan.gone, ready)


def _copied(ground: Ground) -> dict[str, tuple[bytes, bytes]]:
    made = {}
    for path, file in ground.assets.items():
        hashed = ground.hashes[file]
        was = ground.outputs.get(path)
        if was is None or was[1:] != (hashed, ASSET) or path in ground.change.lost:
            try:
                if not ground.stage.copy(path, f"{ground.root}/{file}"):
                    ground.stage.keep([path])
            except OSError as error:
                raise not_copied(file, error) from error
            made[path] = (hashed, ASSET)
    return made


def _rendered(
    ground: Ground, plan: Plan, environment: Environment, html: Mapping[str, str]
) -> dict[str, tuple[bytes, bytes]]:
    bodies = _Bodies(ground, plan, html)
    words = i18n.of(ground.store.value("words"))
    renderer = Renderer(environment, words, ground.settings.site, bodies.shown)

    def work(tasks: Sequence[Task]) -> list[tuple[str, bytes, bool]]:
        done = []
        for task in tasks:
            data = renderer.render(task.page)
            done.append((task.page.path, hash_of_bytes(data), ground.stage.put(task.page.path, data)))
        return done

    hashes: dict[str, bytes] = {}
    processes = workers.count(len(plan.tasks), ground.order.jobs)
    with ground.watch.phase("render", len(plan.tasks)):
        for chunk in workers.share(plan.tasks, work, processes):
            hashes.update({path: hashed for path, hashed, _ in chunk})
            ground.stage.keep(path for path, _, is_new in chunk if not is_new)
            ground.watch.tick(len(chunk))
    return {task.page.path: (hashes[task.page.path], fingerprints.fingerprint(task.recipe)) for task in plan.tasks}


class _Bodies:
    """The HTML of the bodies that the planned pages show."""

    def __init__(self, ground: Ground, plan: Plan, fresh: Mapping[str, str]) -> None:
        self._ground = ground
        keys = {key for task in plan.tasks for key in task.page.bodies}
        # Before any worker is forked: none of them can share the store's connection.
        self._html = {key: ground.memory.html(key, fresh) for key in keys}

    def shown(self, key: str, root: str) -> str:
        """The body with its links made for a page whose way to the site's root is `root`."""
        file, html = self._html[key]
        return links.place(html, file, root, self._ground.address_of)

"""Planned pages and assets become files, and the files the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from jinja2 import Environment

from . import links, recipes, translations, workers
from .assets import not_copied
from .ground import Ground, Task
from .look import Outputs
from .page import ASSETS
from .planning import Plan
from .render import Renderer
from .scan import hash_of_bytes
from .stage import Moved
from .texts import Text

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
    words = translations.of(ground.store.value("words"))
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
    return {task.page.path: (hashes[task.page.path], recipes.fingerprint(task.recipe)) for task in plan.tasks}


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

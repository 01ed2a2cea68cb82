"""Builds an edition, and builds it again with little work: what it found once it keeps, in the store and in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ... import files
from ...edition import paths
from ...edition.paths import REGISTRY, Linked, Stamp
from ...errors import EditionError
from ..settings import Settings
from . import changes, hooks, publish, result
from .cache import Store
from .changes import Gathered, Look
from .publish import Lock, Stage, refuse_foreign
from .result import Built, Moved, Order, State, Watch

if TYPE_CHECKING:
    from .cached_posts import Memory
    from .read import Reading
    from .rebuild import Ground, Plan

# What reads, plans and renders is imported when it is needed: a build that finds nothing changed does without.

STAGE = "var/stage"


class Engine:
    """One edition and what is known of it. `output`: build there instead of where the settings say."""

    def __init__(self, root: Path, store: Store, output: Path | None = None) -> None:
        self.root = root
        self._store = store
        self._output = output
        self._turn = b""
        self._state: State | None = None
        self._inputs: dict[str, tuple[Stamp, bytes, int]] = {}
        self._outputs: result.Outputs = {}
        self._seen: dict[str, Stamp] = {}
        self._remembered: Memory | None = None
        self._environment: Any = None

    def build(self, order: Order, watch: Watch, lock: Lock) -> Built | str:
        """Build, or say why only Pelican can; raises EditionError, and then the site is as it was."""
        begun = time.perf_counter()
        self._store.begin()
        try:
            moved = self._moved(order, watch, lock)
            return moved if isinstance(moved, str) else self._told(moved, time.perf_counter() - begun)
        except BaseException:
            self._turn, self._environment = b"", None  # what is in memory may be half of what was to be
            raise
        finally:
            self._store.forget()

    def _moved(self, order: Order, watch: Watch, lock: Lock) -> Moved | str:
        with watch.phase("look"):
            publish.finish(self.root / STAGE)
            if self._turn != self._store.value("turn"):  # somebody else has built since, or the last build failed
                self._turn, self._seen = b"", {}
            state = self._remembered_state()
            # Where policy.yaml changed, the whole site is planned anyway, for the date that it names.
            as_of = order.as_of or (state and state.pinned) or order.now
            gathered = self._gathered(state.settings, state.linked, order) if state else None
            if gathered and state and not order.changed and changes.unchanged(gathered, self._store, state, as_of):
                self._state = state
                return Moved(written=(), unchanged=len(gathered.site or ()), deleted=())
            self._recall()
            settings = changes.read_settings(self.root, self._state, self._inputs)
            if settings.pelican:
                return settings.pelican
            if not gathered or gathered.settings != settings:
                gathered = self._gathered(settings, state.linked if state else Linked(), order)
            output = self._output_of(settings)
            refuse_foreign(self.root, output, settings.retention)
            stage = Stage(self.root / STAGE, output, settings.retention, lock)
            known = changes.CachedFiles(self._inputs, self._outputs)
            found = changes.look(gathered, self.root, state=self._state, known=known, output=output, as_of=as_of)
        try:
            moved = self._nothing(found) if found.nothing else self._build(found, stage, order, watch)
        finally:
            stage.discard()
        self._seen = found.seen
        return moved

    def _output_of(self, settings: Settings) -> Path:
        return self._output or self.root / settings.output

    def _gathered(self, settings: Settings, linked: Linked, order: Order) -> Gathered:
        seen = changes.seen(self.root, self._seen, order.changed)
        return changes.gather(self.root, settings, linked, self._output_of(settings), seen)

    def _remembered_state(self) -> State | None:
        """What the last build remembered of itself, whoever made it."""
        return changes.decode(self._store.value("state"))

    def _recall(self) -> None:
        """Know what the store knows, unless it is known already."""
        turn = self._store.value("turn")
        if self._turn and self._turn == turn:
            return
        self._turn = turn
        self._state = changes.decode(self._store.value("state"))
        self._inputs = self._store.inputs()
        self._outputs = self._store.outputs()
        self._seen = {}
        self._remembered = None

    @property
    def _memory(self) -> Memory:
        from .cached_posts import Memory

        self._remembered = self._remembered or Memory(self._store)
        return self._remembered

    def _nothing(self, found: Look) -> Moved:
        """Remember files that only were touched, and no more."""
        assert self._state  # noqa: S101 - else everything would have changed
        if found.found.hashes or found.touched or not self._store.value("glance"):
            self._keep_inputs(found, found.found.hashes)
            self._keep_outputs(self._touched(found))
            self._commit(self._state, found)
        return Moved(written=(), unchanged=len(self._outputs), deleted=())

    def _build(self, found: Look, stage: Stage, order: Order, watch: Watch) -> Moved:
        """Read what changed, plan, render, move, remember."""
        from . import read as reading
        from . import rebuild

        change, memory = found.change, self._memory
        try:
            read = reading.read_changed(self.root, memory, change, found.problems, order=order, watch=watch)
        except reading.Unsound as unsound:
            if unsound.reading:
                self._keep_texts(found, unsound.reading)
                self._commit_texts(found)
            raise unsound.error from None
        self._keep_texts(found, read)
        self._store.mark()
        try:
            ground = self._ground(found, stage, read, order, watch)
            with watch.phase("plan"):
                wide = change.plan or read.relisted
                plan = rebuild.whole(ground) if wide else rebuild.again(ground, read.texts)
            moved = rebuild.make(
                ground,
                plan,
                self._environment,
                read.texts,
                remember=lambda moved, outputs: self._remember(found, ground, plan, moved, outputs),
            )
            return replace(moved, unchanged=len(self._outputs) - len(moved.written))
        except EditionError:  # what was read is sound, and need not be read again
            self._store.back()
            self._commit_texts(found)
            raise

    def _ground(self, found: Look, stage: Stage, read: Reading, order: Order, watch: Watch) -> Ground:
        from .. import assets as assets_files
        from ..urls import Paths
        from ..writers import html
        from . import rebuild, theme

        settings, change = found.settings, found.change
        if self._environment is None or change.templates or change.settings:
            self._environment = html.make(self.root, settings, self._store)
        if read.relisted or change.plan or not self._state:
            state = State(settings=settings, pinned=read.pinned, linked=self._memory.linked(read.registry), whole=True)
        else:
            state = self._state
        copied = assets_files.find(self.root, settings, state.linked)
        hashes = self._hashes(found, copied.values())
        known = None if change.templates or change.words or change.settings else theme.read(self._store)
        return rebuild.Ground(
            root=self.root,
            settings=settings,
            registry=read.registry,
            theme=known or theme.make(self.root, settings, self._environment, hashes, self._store),
            store=self._store,
            memory=self._memory,
            stage=stage,
            order=order,
            watch=watch,
            change=change,
            state=state,
            as_of=read.registry.as_of(order.as_of, order.now),
            assets=copied,
            hashes=hashes,
            outputs=self._outputs,
            address_of=self._memory.address_of(Paths(settings.site.lang), copied),
        )

    def _hashes(self, found: Look, copied: Iterable[str]) -> dict[str, bytes]:
        """Hash by file, of all that is known or needed."""
        hashes = {file: row[1] for file, row in self._inputs.items()} | found.found.hashes
        for file in {*found.found.new, *copied} - hashes.keys():
            hashes[file] = files.hash_of(f"{self.root}/{file}")
        return hashes

    # --- what is remembered ----------------------------------------------------------------------

    def _keep_texts(self, found: Look, read: Reading) -> None:
        """Keep the registry, and the texts that are sound with it; those that are not will be new to the next build."""
        self._memory.keep(read.registry, read.texts, read.gone)
        self._memory.keep_waiting(read.waiting)
        self._drop_inputs({*read.gone, *(text.file for text in read.texts if text.problems)})
        self._keep_inputs(found, {text.file: text.hash for text in read.texts if not text.problems})
        self._drop_inputs(read.inbox)
        self._keep_inputs(found, read.inbox)
        if found.change.registry:
            self._keep_inputs(found, {file: files.hash_of(f"{self.root}/{file}") for file in REGISTRY})

    def _remember(self, found: Look, ground: Ground, plan: Plan, moved: Moved, outputs: result.Outputs) -> None:
        """Keep all that the next build needs to know of this one."""
        texts = {file for file in found.found.changed | found.found.new if paths.is_text(file)}
        fresh = {file: hashed for file, hashed in ground.hashes.items() if file in found.files and file not in texts}
        known = self._inputs
        differing = {
            file: hashed
            for file, hashed in fresh.items()
            if file in found.found.hashes or file not in known or known[file][1] != hashed
        }
        self._keep_inputs(found, differing)
        self._drop_inputs(known.keys() - found.files.keys() - {*ground.assets.values()})
        gone = {*moved.deleted, *plan.gone} - outputs.keys()
        self._store.drop_outputs(gone)
        for path in gone:
            self._outputs.pop(path, None)
        self._keep_outputs(self._touched(found) | outputs)
        self._store.keep_recipes((task.page.path, task.recipe, task.why, task.page.bodies) for task in plan.tasks)
        hooks.note(self._store, moved.written, moved.deleted)
        self._commit(plan.state, found)

    def _touched(self, found: Look) -> result.Outputs:
        return {path: (one, *self._outputs[path][1:]) for path, one in found.touched.items() if path in self._outputs}

    def _keep_inputs(self, found: Look, hashes: dict[str, bytes]) -> None:
        rows = {file: (found.files[file], hashed, found.at) for file, hashed in hashes.items() if file in found.files}
        self._inputs.update(rows)
        self._store.keep_inputs((file, *row) for file, row in rows.items())

    def _drop_inputs(self, files: Iterable[str]) -> None:
        files = set(files)
        self._store.drop_inputs(files)
        for file in files:
            self._inputs.pop(file, None)

    def _keep_outputs(self, outputs: result.Outputs) -> None:
        self._outputs.update(outputs)
        self._store.keep_outputs((path, *row) for path, row in outputs.items())

    def _commit_texts(self, found: Look) -> None:
        """Make sure of texts that were read, though the site does not show them yet."""
        self._commit(replace(self._state or State(settings=found.settings), whole=False))

    def _commit(self, state: State, found: Look | None = None) -> None:
        """Make sure of all that was kept, and tell other engines that they know less."""
        if found:
            files = {file: one for file, one in found.files.items() if file in self._inputs}
            changes.keep(self._store, found.at, files, {path: row[0] for path, row in self._outputs.items()})
        else:
            changes.forget(self._store)
        self._state = state
        self._turn = str(int(self._store.value("turn") or b"0") + 1).encode()
        self._store.keep_value("state", changes.encode(state))
        self._store.keep_value("turn", self._turn)
        self._store.commit()

    def _told(self, moved: Moved, seconds: float) -> Built:
        assert self._state  # noqa: S101 - it was remembered
        return Built(
            posts=self._state.posts,
            pages=self._state.pages,
            written=len(moved.written),
            unchanged=moved.unchanged,
            deleted=len(moved.deleted),
            seconds=seconds,
            output=self._output_of(self._state.settings),
            files=frozenset((*moved.written, *moved.deleted)),
        )

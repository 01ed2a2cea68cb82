"""Builds an edition, and builds it again with little work: what it found once it keeps, in the store and in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EditionError
from ..folders import Stamp
from ..registry import FILES as REGISTRY
from . import decision, look, scan
from .built import Built, Order, Watch
from .decision import State
from .look import Look
from .stage import Lock, Moved, Stage, refuse_foreign
from .store import Store

if TYPE_CHECKING:
    from .ground import Ground
    from .planning import Plan
    from .reading import Reading

# What reads, plans and renders is imported when it is needed: a build that finds nothing changed does without.

STAGE = "var/stage"


class Engine:
    """One edition and what is known of it. `output`: build there instead of where the settings say."""

    def __init__(self, root: Path, store: Store, output: Path | None = None) -> None:
        self.root = root
        self._store = store
        self._output = output
        self._turn = b""
        self._seen: dict[str, Stamp] = {}
        self._environment: Any = None

    def build(self, order: Order, watch: Watch, lock: Lock) -> Built | str:
        """Build, or say why only Pelican can; raises EditionError, and then the site is as it was."""
        begun = time.perf_counter()
        self._store.begin()
        try:
            with watch.phase("look"):
                self._recall()
                settings = look.settings(self.root, self._state, self._inputs)
                if settings[0].pelican:
                    return settings[0].pelican
                output = self._output or self.root / settings[0].output
                refuse_foreign(self.root, output, settings[0].retention)
                stage = Stage(self.root / STAGE, output, settings[0].retention, lock)
                found = look.look(
                    self.root,
                    settings=settings,
                    state=self._state,
                    inputs=self._inputs,
                    outputs=self._outputs,
                    output=output,
                    seen=look.seen(self.root, self._seen, order.changed),
                    # Where policy.yaml changed, the whole site is planned anyway, for the date that it names.
                    as_of=order.as_of or (self._state and self._state.pinned) or order.now,
                )
            try:
                moved = self._nothing(found) if found.nothing else self._build(found, stage, order, watch)
            finally:
                stage.discard()
            self._seen = found.seen
            return self._told(output, moved, time.perf_counter() - begun)
        except BaseException:
            self._turn = b""  # what is in memory may be half of what was to be
            raise
        finally:
            self._store.forget()

    def _recall(self) -> None:
        """Know what the store knows, unless it is known already."""
        turn = self._store.value("turn")
        if self._turn and self._turn == turn:
            return
        from .memory import Memory

        self._turn = turn
        self._state = decision.decode(self._store.value("state"))
        self._inputs = self._store.inputs()
        self._outputs = self._store.outputs()
        self._seen = {}
        self._memory = Memory(self._store)

    def _nothing(self, found: Look) -> Moved:
        """Remember files that only were touched, and no more."""
        assert self._state  # noqa: S101 - else everything would have changed
        if found.found.hashes or found.touched:
            self._keep_inputs(found, found.found.hashes)
            self._keep_outputs(self._touched(found))
            self._commit(self._state)
        return Moved(written=(), unchanged=len(self._outputs), deleted=())

    def _build(self, found: Look, stage: Stage, order: Order, watch: Watch) -> Moved:
        """Read what changed, plan, render, move, remember."""
        from . import making, planning, reading

        change, memory = found.change, self._memory
        try:
            read = reading.read(self.root, memory, change, found.problems, order=order, watch=watch)
        except reading.Unsound as unsound:
            if unsound.reading:
                self._keep_texts(found, unsound.reading)
                self._commit(State(settings=found.settings))
            raise unsound.error from None
        self._keep_texts(found, read)
        try:
            ground = self._ground(found, stage, read, order, watch)
            with watch.phase("plan"):
                wide = change.plan or read.relisted
                plan = planning.whole(ground) if wide else planning.again(ground, read.texts)
            return making.make(
                ground,
                plan,
                self._environment,
                read.texts,
                remember=lambda moved, outputs: self._remember(found, ground, plan, {*moved.deleted}, outputs),
            )
        except EditionError:  # what was read is sound, and need not be read again
            self._commit(State(settings=found.settings))
            raise

    def _ground(self, found: Look, stage: Stage, read: Reading, order: Order, watch: Watch) -> Ground:
        from . import assets, environment, ground, theme
        from .paths import Paths

        settings, change = found.settings, found.change
        if self._environment is None or change.templates or change.settings:
            self._environment = environment.make(self.root, settings, self._store)
        if read.relisted or change.plan or not self._state:
            state = State(settings=settings, pinned=read.pinned, linked=self._memory.linked(read.registry), whole=True)
        else:
            state = self._state
        copied = assets.find(self.root, settings, filter(decision.is_text, found.files), state.linked)
        hashes = self._hashes(found, copied.values())
        known = None if change.templates or change.words or change.settings else theme.read(self._store)
        return ground.Ground(
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
            hashes[file] = scan.hash_of(f"{self.root}/{file}")
        return hashes

    # --- what is remembered ----------------------------------------------------------------------

    def _keep_texts(self, found: Look, read: Reading) -> None:
        """Keep the texts that are sound; those that are not will be new to the next build."""
        self._memory.keep(read.registry, read.texts, read.gone)
        self._memory.keep_waiting(read.waiting)
        self._drop_inputs({*read.gone, *(text.file for text in read.texts if text.problems)})
        self._keep_inputs(found, {text.file: text.hash for text in read.texts if not text.problems})
        self._drop_inputs(read.inbox)
        self._keep_inputs(found, read.inbox)
        if found.change.registry:
            self._keep_inputs(found, {file: scan.hash_of(f"{self.root}/{file}") for file in REGISTRY})

    def _remember(self, found: Look, ground: Ground, plan: Plan, deleted: set[str], outputs: look.Outputs) -> None:
        """Keep all that the next build needs to know of this one."""
        texts = {file for file in found.found.changed | found.found.new if decision.is_text(file)}
        fresh = {file: hashed for file, hashed in ground.hashes.items() if file in found.files and file not in texts}
        known = self._inputs
        differing = {
            file: hashed
            for file, hashed in fresh.items()
            if file in found.found.hashes or file not in known or known[file][1] != hashed
        }
        self._keep_inputs(found, differing)
        self._drop_inputs(known.keys() - found.files.keys() - {*ground.assets.values()})
        gone = (deleted | plan.gone) - outputs.keys()
        self._store.drop_outputs(gone)
        for path in gone:
            self._outputs.pop(path, None)
        self._keep_outputs(self._touched(found) | outputs)
        self._store.keep_recipes((task.page.path, task.recipe, task.why, task.page.bodies) for task in plan.tasks)
        self._commit(plan.state)

    def _touched(self, found: Look) -> look.Outputs:
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

    def _keep_outputs(self, outputs: look.Outputs) -> None:
        self._outputs.update(outputs)
        self._store.keep_outputs((path, *row) for path, row in outputs.items())

    def _commit(self, state: State) -> None:
        """Make sure of all that was kept, and tell other engines that they know less."""
        self._state = state
        self._turn = str(int(self._store.value("turn") or b"0") + 1).encode()
        self._store.keep_value("state", decision.encode(state))
        self._store.keep_value("turn", self._turn)
        self._store.commit()

    def _told(self, output: Path, moved: Moved, seconds: float) -> Built:
        assert self._state  # noqa: S101 - it was remembered
        return Built(
            posts=self._state.posts,
            pages=self._state.pages,
            written=len(moved.written),
            unchanged=len(self._outputs) - len(moved.written),
            deleted=len(moved.deleted),
            seconds=seconds,
            output=output,
            files=frozenset((*moved.written, *moved.deleted)),
        )

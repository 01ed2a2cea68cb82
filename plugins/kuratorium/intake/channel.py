"""A lane, in its own process, and its line to the parent."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import queue
import signal
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from ..model import Source
from .answers import Journey
from .others import Job, Others, Tell, lane_of
from .outcome import Outcome

Work = Callable[[Sequence[Source], Others, Tell], Outcome]

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def be(
    channel: Channel,
    parents: list[Connection],
    share: Sequence[Source],
    work: Work,
    parent: int,
) -> None:
    """Be a lane, in its own process; `parents` are the ends of lines that are not its own, `parent` is a process."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and tells
    gc.set_threshold(100_000, 20, 100)  # trees without circles: looking for them takes a tenth of the time
    for connection in parents:
        connection.close()
    with channel:
        try:
            channel.say("end", work(share, channel, lambda result: channel.say("done", result)))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
            error.add_note(traceback.format_exc())
            channel.say("failed", error)


def _end_with(parent: int) -> None:
    """Die when the parent does, be it killed: whoever pulls next must find nobody at work."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Channel:
    """A lane's end of its line to the parent. A thread speaks, so that the lane can always listen."""

    def __init__(self, number: int, lanes: int, parent: Connection) -> None:
        self._number = number
        self._lanes = lanes
        self._parent = parent
        self._said: queue.SimpleQueue[tuple[object, ...] | None] = queue.SimpleQueue()
        self._speaker = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> Self:
        self._speaker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all is said."""
        self._said.put(None)
        self._speaker.join()

    def say(self, kind: str, *told: object) -> None:
        """Tell the parent."""
        self._said.put((kind, *told))

    def _speak(self) -> None:
        while (said := self._said.get()) is not None:
            self._parent.send(said)

    def is_mine(self, host: str) -> bool:
        """Tell whether this lane asks the host."""
        return lane_of(host, self._lanes) == self._number

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Let another lane go on with a source."""
        self.say("over", source_id, journey)

    async def jobs(self) -> AsyncIterator[Job]:
        """Yield what others hand over, until nobody has anything to do; told to stop, cancel the task that asks."""
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()
        assert asking  # noqa: S101 - who awaits is a task
        heard: asyncio.Queue[Job | None] = asyncio.Queue()

        def hear() -> None:
            message = self._parent.recv()
            if message == "stop":
                asking.cancel()
            else:
                heard.put_nowait(message)

        loop.add_reader(self._parent.fileno(), hear)
        try:
            while job := await heard.get():
                yield job
        finally:
            loop.remove_reader(self._parent.fileno())

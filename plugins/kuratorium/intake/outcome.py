"""What working through sources came to, before the pull as a whole is judged."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from . import schedule
from .report import Result
from .state import State
from .waiting import Waiting


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of sources: a result each, by id, and the inbox files that were written.

    `failures` are what was known of a source, and what its failure makes of it; `answered` tells of each source on the
    web whether it answered. After Ctrl-C it is `interrupted`.
    """

    results: dict[str, Result]
    files: tuple[Waiting, ...] = ()
    failures: dict[str, tuple[State, State]] = {}
    answered: tuple[bool, ...] = ()
    interrupted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def is_machine_fault(self) -> bool:
        """Tell whether so little answered that this machine is to blame."""
        return schedule.is_machine_fault(self.answered)

    def failed_states(self) -> dict[str, State]:
        """Tell what to keep of the sources that failed.

        Where this machine is to blame, only those servers are heard that asked us to wait.
        """
        fault = self.is_machine_fault
        return {
            one: replace(known, not_before=after.not_before) if fault else after
            for one, (known, after) in self.failures.items()
            if not fault or after.not_before
        }


def merged(outcomes: Iterable[Outcome]) -> Outcome:
    """Put together what was done side by side."""
    parts = list(outcomes)
    return Outcome(
        results={source: result for one in parts for source, result in one.results.items()},
        files=tuple(file for one in parts for file in one.files),
        failures={source: states for one in parts for source, states in one.failures.items()},
        answered=tuple(answer for one in parts for answer in one.answered),
        interrupted=any(one.interrupted for one in parts),
        warnings=tuple(dict.fromkeys(warning for one in parts for warning in one.warnings)),
    )

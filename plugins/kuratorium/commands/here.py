"""Where a command runs: the edition around the current folder, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EditionError, UsageError

if TYPE_CHECKING:
    from ..conf import Site
    from ..intake.fetch import Fetcher
    from ..registry import Registry


def now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


def root() -> Path:
    """Find the edition's folder; raises EditionError where there is none."""
    from .. import folders

    return folders.find_root(Path.cwd())


def shown(path: Path) -> str:
    """Write a path as one types it: from the current folder, if it lies below."""
    folder = Path.cwd()
    return str(path.resolve().relative_to(folder) if path.resolve().is_relative_to(folder) else path)


def registry(edition: Path) -> Registry:
    """Read the registry of the edition in a folder; raises EditionError with all that is wrong in it."""
    from .. import registry as reading

    known, problems = reading.read(edition)
    if problems:
        raise EditionError(problems)
    return known


def setting(edition: Path, as_of: datetime | None) -> tuple[Registry, Site, datetime]:
    """Read what a pull needs: the registry, the site, and the edition's date; raises EditionError."""
    from zoneinfo import ZoneInfo

    from .. import conf

    site = conf.read(edition)
    known = registry(edition)
    return known, site, known.as_of(as_of, now()).astimezone(ZoneInfo(site.timezone))


def fetcher(edition: Path, known: Registry) -> Fetcher:
    """Make what asks the web in the site's name."""
    from .. import conf
    from ..intake.fetch import Fetcher, user_agent

    if not known.policy:
        raise EditionError([])
    agent = user_agent(conf.read(edition).url, known.policy.imprint.email)
    return Fetcher(edition, agent, now, intranet=known.policy.intranet)


def one_of(option: str, value: str, known: Mapping[str, object]) -> None:
    """Raise UsageError for an id that nothing has, with the nearest that something has."""
    from ..records import nearest

    if value and value not in known:
        raise UsageError(f"--{option}: «{value}» is no id in curation/{option}s.yaml. {nearest(value, known)}")

"""How the command line is built: commands in their order, examples in every help, dates that name a moment.

Where a command runs: the edition around the current folder, and what belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import EditionError, UsageError

if TYPE_CHECKING:
    from ..edition.registry import Registry
    from ..edition.settings import SiteSettings
    from ..intake.http.client import Fetcher


class CommandWithExamples(click.Command):
    """A command whose help ends with examples, a line each."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are, below the options."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Examples"):
            for line in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class OrderedGroup(CommandWithExamples, click.Group):
    """A group that lists its commands in the order in which they were written."""

    command_class = CommandWithExamples
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the names as help shows them."""
        return list(self.commands)


class DateTimeOption(click.ParamType[datetime]):
    """A date with time and offset, such as 2026-10-14T09:00:00+02:00."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Turn the option's text into an aware datetime."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1000 < moment.year < 9000:  # else arithmetic overflows
            self.fail(f"«{value}» is no date with time and offset: write 2026-10-14T09:00:00+02:00.", param, ctx)
        return moment


command = partial(click.command, cls=CommandWithExamples)
as_of_option = click.option(
    "--as-of", type=DateTimeOption(), metavar="DATE", help="Date everything by this moment, not by now."
)


def get_current_time() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


def find_edition_root() -> Path:
    """Find the edition's folder; raises EditionError where there is none."""
    from ..edition import paths

    return paths.find_root(Path.cwd())


def format_path(path: Path) -> str:
    """Write a path as one types it: from the current folder, if it lies below."""
    folder = Path.cwd()
    return str(path.resolve().relative_to(folder) if path.resolve().is_relative_to(folder) else path)


def load_registry(root: Path) -> Registry:
    """Read the registry of the edition in a folder; raises EditionError with all that is wrong in it."""
    from ..edition import registry as reading

    known, problems = reading.read_registry(root)
    if problems:
        raise EditionError(problems)
    return known


def load_registry_and_site(root: Path, as_of: datetime | None) -> tuple[Registry, SiteSettings, datetime]:
    """Read what a pull needs: the registry, the site, and the edition's date; raises EditionError."""
    from zoneinfo import ZoneInfo

    from ..edition import settings

    site = settings.read_site_settings(root)
    known = load_registry(root)
    return known, site, known.resolve_as_of(as_of, get_current_time()).astimezone(ZoneInfo(site.timezone))


def create_fetcher(root: Path, registry: Registry) -> Fetcher:
    """Make what asks the web in the site's name."""
    from ..edition import settings
    from ..intake.http.client import Fetcher, build_user_agent

    if not registry.policy:
        raise EditionError([])
    agent = build_user_agent(settings.read_site_settings(root).url, registry.policy.imprint.email)
    return Fetcher(root, agent, get_current_time, intranet=registry.policy.intranet)


def check_id(option: str, value: str, records: Mapping[str, object]) -> None:
    """Raise UsageError for an id that nothing has, with the nearest that something has."""
    from ..edition.validation import suggest_nearest

    if value and value not in records:
        raise UsageError(
            f"--{option}: «{value}» is no id in curation/{option}s.yaml. {suggest_nearest(value, records)}"
        )

"""How the command line is built: commands in their order, examples in every help, dates that name a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import click


class Command(click.Command):
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


class Commands(Command, click.Group):
    """A group that lists its commands in the order in which they were written."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the names as help shows them."""
        return list(self.commands)


class Moment(click.ParamType[datetime]):
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


command = partial(click.command, cls=Command)
as_of_option = click.option(
    "--as-of", type=Moment(), metavar="DATE", help="Date everything by this moment, not by now."
)

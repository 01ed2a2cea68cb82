"""What the commands share: help with examples, common options, and access to the edition around the current folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import EditionError, Problem, UsageError

if TYPE_CHECKING:
    from ..edition.registry import Registry
    from ..edition.settings import SiteSettings
    from ..intake.http.client import Fetcher


class CommandWithExamples(click.Command):
    """A command whose help ends with examples, one per line."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        super().format_epilog(ctx, formatter)
        with formatter.section(translate("Examples")):
            for line in self.examples:
                # Not formatter.write_text: it wraps, and a wrapped command line cannot be copied.
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class OrderedGroup(CommandWithExamples, click.Group):
    """A group whose help lists the commands in the order in which they were added; click sorts them by name."""

    command_class = CommandWithExamples
    group_class = type  # click's word for: subgroups have this class, too

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands in the order of the help."""
        return list(self.commands)


class DateTimeOption(click.ParamType[datetime]):
    """An option's value: a date with time and UTC offset, such as 2026-10-14T09:00:00+02:00."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the option's text as an aware datetime; call `fail` (click's usage error) for any other text."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        # Near datetime.min and datetime.max, converting to UTC or subtracting a week raises OverflowError.
        if moment is None or moment.tzinfo is None or not 1000 < moment.year < 9000:
            message = f'"{value}" is not a date with time and offset: write 2026-10-14T09:00:00+02:00.'
            self.fail(translate(message), param, ctx)
        return moment


command = partial(click.command, cls=CommandWithExamples)
as_of_option = click.option(
    "--as-of", type=DateTimeOption(), metavar="DATE", help="Work as if this were the current date and time."
)
by_option = click.option(
    "--by", multiple=True, metavar="ID", help="Author of the draft (id in people.yaml); repeat for several."
)


def resolve_in_edition(root: Path, file: Path) -> str:
    """Return the path from the edition's root of a file that is named from the current folder; raises UsageError."""
    # Not Path.resolve, which follows links: a post may be one. A file that is gone has a path, too.
    path = Path(os.path.normpath(Path.cwd() / file))
    for top in (root, root.resolve()):
        if path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    raise UsageError(f"{file} is no file of this edition ({root}).")


def check_id(option: str, value: str, records: Mapping[str, Any], *, kind: str = "") -> None:
    """Raise UsageError if an option's value is no id in `records`, with the most similar id.

    An empty value stands for an option without a value, and passes. `kind` is the name of the registry file without
    its plural, `topic` for curation/topics.yaml; by default the option has that name.
    """
    from ..edition.registry import suggest_record

    if value and value not in records:
        hint = suggest_record(value, records)
        raise UsageError(f'--{option}: "{value}" is not an id in curation/{kind or option}s.yaml. {hint}')


def get_current_time() -> datetime:
    """Return the time of the machine's clock, in UTC; everything below the command line gets it passed in."""
    return datetime.now(UTC)


def find_edition_root() -> Path:
    """Return the root of the edition that holds the current folder; raise EditionError if there is none."""
    from ..edition import paths

    return paths.find_root(Path.cwd())


def find_writable_root(*folders: str) -> Path:
    """Return the root of the edition, for a command that writes below `folders`, by default all that editors share.

    Raises EditionError if there is none, or if a link in these folders or in var/ would lead a write elsewhere.
    """
    from ..edition import paths

    root = find_edition_root()
    paths.refuse_foreign_links(root, (*(folders or ("content", "curation")), "var"))
    return root


def format_path(path: Path) -> str:
    """Return a path as an editor would type it: relative to the current folder if it lies below, else absolute."""
    # The current folder has no symbolic links in it (POSIX, getcwd), so the path must be resolved to be compared.
    folder = Path.cwd()
    return str(path.resolve().relative_to(folder) if path.resolve().is_relative_to(folder) else path)


def translate_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the language of the edition that holds the current folder; English if there is none."""
    from ..edition import settings

    try:
        root = find_edition_root()
    except EditionError:
        return list(problems)
    return settings.translate_problems(root, problems)


def translate(message: str) -> str:
    """Return what a command says in the language of the edition that holds the current folder; else in English."""
    from ..edition import settings

    try:
        root = find_edition_root()
    except (EditionError, OSError):
        return message
    return settings.translate_command(root, message)


_HELP_OF_HELP = "Show this message and exit."


class ClickWords:
    """The words of click in the language of the edition, which are read when the first of them is needed."""

    @cached_property
    def _catalogue(self) -> dict[str, str]:
        from ..edition import settings

        try:
            return settings.read_catalogue(find_edition_root(), "commands")
        except (EditionError, OSError):
            return {}

    def gettext(self, message: str) -> str:
        """Return a message of click."""
        if message == _HELP_OF_HELP:  # click asks for it in every command, and a catalogue takes 0.1 s
            return message
        return self._catalogue.get(message) or message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return a message of click that depends on a number."""
        return self.gettext(singular if count == 1 else plural)

    def give_to_click(self) -> None:
        """Let click use them: by itself it asks the environment for a language, which would change git's, too."""
        for name in ("core", "exceptions", "formatting", "parser", "termui", "types", "decorators"):
            module = import_module(f"click.{name}")  # each has imported gettext by these two names
            module._ = self.gettext  # type: ignore[attr-defined]
            module.ngettext = self.ngettext  # type: ignore[attr-defined]


def load_registry(root: Path) -> Registry:
    """Read the registry of the edition at `root`; raise EditionError with all problems in it."""
    from ..edition.registry import read_registry

    registry, problems = read_registry(root)
    if problems:
        raise EditionError(problems)
    return registry


def load_registry_and_site(root: Path, as_of: datetime | None) -> tuple[Registry, SiteSettings, datetime]:
    """Read what a pull needs: the registry, the site's settings and the edition's date in the site's time zone.

    The date is `as_of`, else the one that policy.yaml pins, else the machine's. Raises EditionError.
    """
    from zoneinfo import ZoneInfo

    from ..edition.settings import read_site_settings

    site = read_site_settings(root)
    registry = load_registry(root)
    return registry, site, registry.resolve_as_of(as_of, get_current_time()).astimezone(ZoneInfo(site.timezone))


def create_fetcher(root: Path, registry: Registry) -> Fetcher:
    """Return an HTTP client that names itself as `get_user_agent` says. Raises EditionError."""
    from ..intake.http.client import Fetcher

    intranet = registry.policy.intranet if registry.policy else ()
    return Fetcher(root, get_user_agent(root, registry), get_current_time, intranet=intranet)


def get_user_agent(root: Path, registry: Registry) -> str:
    """Return the User-Agent of our requests: it names the site, and the imprint's mail address.

    A server's operator sees from it who fetches, and whom to write to. Raises EditionError.
    """
    from ..edition.settings import read_site_settings
    from ..intake.http.client import build_user_agent

    if not registry.policy:  # for mypy: load_registry raises if policy.yaml is missing or broken
        raise EditionError([])
    return build_user_agent(read_site_settings(root).url, registry.policy.imprint.email)

"""The commands of the program `kuratorium`, and the exit code of each kind of failure."""

from __future__ import annotations

import io
import os
import re
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from .. import __version__
from ..errors import EditionError, KuratoriumError
from ..text.control_characters import escape_controls
from . import desk, develop, drafts, intake, options, site, sources, transcripts
from .editions.upgrade import upgrade
from .forms import admin, schema
from .options import OrderedGroup
from .posts import changes, proof
from .publisher import deploy, newsletter
from .triage import decisions, listing

TRIAGE = (
    *(listing.inbox, listing.briefing),
    *(decisions.dismiss, decisions.later, decisions.nominate, decisions.undo),
)
# `--help` lists them in this order, which is the order in which an editor needs them.
COMMANDS: tuple[click.Command, ...] = (
    *(site.site, intake.pull, *TRIAGE, intake.find, drafts.new, drafts.note, drafts.lookback, drafts.digest),
    *(desk.check, site.preview),
    *(changes.publish, proof.proof, proof.release, changes.correct, changes.rename, changes.withdraw),
    *(desk.balance, develop.test, develop.lint, site.build),
    *(deploy.deploy, deploy.ping, newsletter.send, desk.start, upgrade),
    *(transcripts.transcript, sources.sources, schema.schema, admin.admin),
)
_INTERRUPTED_EXIT_CODE = 130  # 128 + SIGINT, as shells report a program that Ctrl-C ended


@click.group(
    cls=OrderedGroup,
    examples=(
        "kuratorium pull          fetch new entries",
        "kuratorium inbox         list them",
        "kuratorium note k7qd     begin a note on one of them",
        "kuratorium preview       see the site while you write",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def kuratorium(debug: bool) -> None:
    """Follow what others publish, write notes on the best of it, and build a site from them."""


for _command in COMMANDS:
    kuratorium.add_command(_command)


def run_command(words: Sequence[str]) -> int:
    """Run one command line, the words after `kuratorium`, and return its exit code."""
    options.ClickWords().give_to_click()
    # The handlers below look for `--debug` in the words: click passes the option to the group's function only.
    try:
        # In standalone mode click would print errors and exit by itself, with codes of its own.
        # A command that starts processes for others finds this function as the `obj` of its context.
        code = kuratorium.main(list(words), prog_name="kuratorium", standalone_mode=False, obj=run_command)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        # Printed by ourselves: click's message repeats words of the command line, such as a file's name.
        shown = io.StringIO()
        error.show(shown)
        click.echo(escape_controls(shown.getvalue()), nl=False, err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):  # at a question, or during work
        return _INTERRUPTED_EXIT_CODE
    except KuratoriumError as error:
        from . import reports

        reports.print_error(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the outermost edge: a bug gets two lines
        if "--debug" in words:
            click.echo(escape_controls("".join(traceback.format_exception(error))), nl=False, err=True)
        return _report_unexpected_error(error)


def _report_unexpected_error(error: Exception) -> int:
    if isinstance(error, OSError):
        # A full disk or a missing permission: neither the editor's mistake nor a bug. click itself ends on EPIPE.
        return _report_os_error(error)
    if isinstance(error, UnicodeEncodeError) and re.search("[\udc80-\udcff]", error.object):
        # Bytes of a file's name (PEP 383), which no database, page or message can hold.
        name = escape_controls(error.object, one_line=True)
        click.echo(f'kuratorium: the name "{name[:200]}" is not UTF-8: rename this file.', err=True)
        return EditionError.exit_code
    return _report_bug(error)


def _report_os_error(error: OSError) -> int:
    if problem := _find_disk_error(error):
        shown = EditionError(options.translate_problems(problem.problems))
        click.echo(escape_controls(f"kuratorium: {shown}"), err=True)
        return problem.exit_code
    place = f"{error.filename}: " if error.filename else ""
    click.echo(escape_controls(f"kuratorium: {place}{error.strerror or error}"), err=True)
    return KuratoriumError.exit_code


def _find_disk_error(error: OSError) -> EditionError | None:
    """Return the error to report, with a hint, if var/ or output/ of the edition cannot be used."""
    from ..disk_errors import build_disk_error

    try:
        root, path = options.find_edition_root(), Path(os.fsdecode(error.filename or ""))
    except (EditionError, OSError):
        return None
    if not any(path.is_relative_to(root / folder) for folder in ("var", "output")):
        return None
    return build_disk_error(error.errno, path.relative_to(root).as_posix())


def _report_bug(error: Exception) -> int:
    click.echo(escape_controls(f"kuratorium: internal error: {type(error).__name__}: {error}"), err=True)
    click.echo(
        "This is a bug in Kuratorium. Please run the command again with --debug and report the output.", err=True
    )
    return KuratoriumError.exit_code

"""`kuratorium …`: parses arguments, calls one function, prints, and ends with its exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import EditionError, KuratoriumError, UsageError
from .grammar import Commands, Moment

if TYPE_CHECKING:
    from .conf import Site
    from .intake.fetch import Fetcher
    from .intake.pull import Options, Report
    from .registry import Registry

# Pelican, httpx and feedparser, even rich, are imported by the commands that need them: help comes at once.

_as_of = click.option("--as-of", type=Moment(), metavar="DATE", help="Date everything by this moment, not by now.")


@click.group(
    cls=Commands,
    examples=(
        "kuratorium pull          fetch what is new",
        "kuratorium inbox         see what came",
        "kuratorium note k7qd     begin a note on an item of the inbox",
        "kuratorium preview       see the site while you write",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def kuratorium(debug: bool) -> None:
    """Curate what others publish, and publish why it matters."""


@kuratorium.command(examples=("kuratorium site",))
@_as_of
def site(as_of: datetime | None) -> int:
    """Pull the sources, then build the site.

    A source that fails is reported, and stops nothing.
    """
    from . import reports
    from .intake.pull import Options
    from .progress import Bar
    from .publishing.build import build as build_site

    root = _root()
    report = _pull(root, Options(), as_of)
    built = build_site(root, as_of=as_of, watch=Bar())
    reports.site(report, built)
    return 0


@kuratorium.command(
    examples=(
        "kuratorium pull",
        "kuratorium pull --now some-blog",
        "kuratorium pull --dry-run --json",
        "kuratorium pull --shard 2/4        on the second of four machines",
    )
)
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--source", "more", multiple=True, metavar="ID", help="Only this source; repeat for several.")
@click.option("--now", "anyway", is_flag=True, help="Those that are not due, too; a server's Retry-After still counts.")
@click.option("--flood", is_flag=True, help="Let in what a source has too much of.")
@click.option("--dry-run", "dry", is_flag=True, help="Fetch and tell; write nothing.")
@click.option("--shard", default="1/1", metavar="I/N", help="Only the Ith of N parts of the sources.")
@click.option("--join", "join", is_flag=True, help="Fetch nothing: join what the shards of a pull have in common.")
@click.option("--json", "as_json", is_flag=True, help="For machines: the sums, and all that is known of each source.")
@_as_of
def pull(
    ids: tuple[str, ...],
    more: tuple[str, ...],
    anyway: bool,
    flood: bool,
    dry: bool,
    shard: str,
    join: bool,
    as_json: bool,
    as_of: datetime | None,
) -> int:
    """Fetch the sources; new entries go to curation/inbox/.

    All sources that are due, or those that are named (ids of sources.yaml). Ends with 1 where one failed.
    """
    from . import pulled
    from .intake import pull as pulling
    from .intake import shards

    root = _root()
    if join:
        known, site, now = _setting(root, as_of)
        pulled.joined(pulling.join(root, known, now=now, site=site))
        return 0
    part = shards.read(shard)
    options = pulling.Options(only=(*ids, *more), shard=part, anyway=anyway, flood=flood, dry=dry)
    report = _pull(root, options, as_of)
    (pulled.as_json if as_json else pulled.table)(report)
    return report.exit_code


@kuratorium.command(examples=("kuratorium inbox --topic open-source",))
@click.option("--topic", default="", metavar="ID", help="Only what is suggested for this topic.")
@click.option("--source", default="", metavar="ID", help="Only what came from this source.")
@click.option("--all", "whole", is_flag=True, help="All at a terminal, too, not only the newest.")
def inbox(topic: str, source: str, whole: bool) -> int:
    """List what waits for a note, newest first."""
    from . import registry, reports
    from .editing import triage

    root = _root()
    known, _ = registry.read(root)
    _one_of("topic", topic, known.topics)
    _one_of("source", source, known.sources)
    candidates, broken = triage.read(root)
    cards = triage.cards(triage.choose(candidates, topic=topic, source=source))
    reports.inbox(cards, len(candidates), broken, whole=whole)
    return 0


@kuratorium.command(examples=("kuratorium find rahmenvertrag", "kuratorium find --source some-blog open data"))
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--source", default="", metavar="ID", help="Only what came from this source.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list, all that is known of each entry.")
def find(words: tuple[str, ...], source: str, limit: int, as_json: bool) -> int:
    """Search all that was pulled on this machine, the best first.

    An entry is found that holds all the words, or words that begin with them, in title, authors or text.
    """
    from . import pulled, reports
    from .intake.archive import Archive

    root = _root()
    _one_of("source", source, _registry(root).sources)
    with Archive(root, warn=reports.warning) as archive:
        hits = archive.find(" ".join(words), source=source, limit=limit)
    pulled.found(hits, " ".join(words), as_json=as_json)
    return 0


@kuratorium.command(
    examples=("kuratorium note k7qd", "kuratorium note https://some-blog.example/2026/a-post --by anna-berg")
)
@click.argument("item", metavar="ITEM_OR_URL")
@click.option("--by", multiple=True, metavar="ID", help="Who signs it (of people.yaml); repeat for several.")
@_as_of
def note(item: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Begin a note on an inbox item or on a web page.

    The item is named by its short id, its file or its address. The note is opened in $VISUAL or $EDITOR
    where there is one; its path is the only thing written to stdout.
    """
    from . import reports
    from .editing import begin, editor

    root = _root()
    draft = begin.note(root, item, by=by, as_of=as_of, clock=_now)
    reports.note(draft)
    try:
        editor.open_file(root / draft.file)
    finally:  # whatever becomes of the editor, the note is there
        click.echo(_shown(root / draft.file))
    return 0


@kuratorium.command(examples=("kuratorium check",))
def check() -> int:
    """Look for mistakes in curation/ and content/.

    Errors keep the site from being built; warnings are yours to judge.
    """
    from . import reports
    from .editing import check as checking

    result = checking.run(_root())
    reports.check(result)
    return EditionError.exit_code if result.errors else 0


@kuratorium.command(examples=("kuratorium preview --port 8080",))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@_as_of
def preview(port: int, as_of: datetime | None) -> int:
    """Serve the site on 127.0.0.1 and rebuild it on every change.

    The browser reloads by itself; Ctrl-C ends it.
    """
    from .publishing import preview as previewing

    previewing.serve(_root(), port=port, say=click.echo, as_of=as_of)
    return 0


@kuratorium.command(examples=("kuratorium test", "kuratorium test -- -k feed"))
@click.argument("args", nargs=-1, metavar="[PYTEST ARGS]...")
def test(args: tuple[str, ...]) -> int:
    """Run all tests: «make test»."""
    return _make("test", args)


@kuratorium.command(examples=("kuratorium lint",))
def lint() -> int:
    """Check style and types: «make lint»."""
    return _make("lint", ())


@kuratorium.command(
    examples=(
        "kuratorium build",
        "kuratorium build --explain notizen/ralf-bleibt.html",
        "kuratorium build --output /tmp/site --as-of 2026-10-14T09:00:00+02:00",
    )
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build into this folder, not output/: from nothing, whatever was built before.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Work in N processes; by default in one per core.")
@click.option("--timings", is_flag=True, help="Print where the time went.")
@click.option("--explain", metavar="PATH", help="Say why this file of the site was rendered, now or last.")
@_as_of
def build(output: Path | None, jobs: int | None, timings: bool, explain: str | None, as_of: datetime | None) -> int:
    """Build the site from the files; touches no network.

    Only what its inputs changed is made again; var/build.sqlite3 remembers the rest, and may be deleted.
    """
    from . import reports
    from .progress import Bar
    from .publishing import build as building

    if output and explain:
        raise UsageError("--explain tells of the site that builds remember: leave --output out.")
    root, watch = _root(), Bar()
    built = building.build(root, as_of=as_of, output=output, jobs=jobs, watch=watch)
    reports.built(built)
    if timings:
        reports.timings(watch)
    if explain:
        path = (Path.cwd() / explain).resolve()
        path = path if path.is_relative_to(built.output) else built.output / explain
        reports.lines(building.explain(root, path.relative_to(built.output).as_posix(), built))
    return 0


@kuratorium.command(
    examples=(
        "kuratorium start",
        'kuratorium start --yes --name "Our Desk" --address https://desk.example --language en \\',
        '  --responsible "Ada Berg" --email ada@desk.example --topic "Open Source" \\',
        "  --feed https://some-blog.example/feed",
    )
)
@click.option("--name", help="Name of the site.")
@click.option("--address", metavar="URL", help="Where it will be: https://…")
@click.option("--language", metavar="de|en", help="Language of the site.")
@click.option("--responsible", metavar="NAME", help="Who answers for it: first and last name.")
@click.option("--email", help="Mail address for readers.")
@click.option("--topic", multiple=True, metavar="NAME", help="A topic; repeat for several.")
@click.option("--feed", multiple=True, metavar="URL_OR_PATH", help="A feed to follow; repeat for several.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@click.option("--force", is_flag=True, help="Start over with an edition that is your own already.")
def start(yes: bool, force: bool, **given: Any) -> int:
    """Make this edition your own: the samples go.

    Name, people, topics, sources, policy and pages become yours. Asks for what the options leave out.
    What was there before is kept below var/.
    """
    from . import questions, reports
    from .editing import start as starting

    root = _root()
    starting.refuse_own(root, force=force)
    steps = starting.plan(root, questions.ask(root, given))
    questions.confirm(starting.losses(steps.away), yes=yes)
    reports.started(starting.carry_out(root, steps, _now()))
    return 0


@kuratorium.group(
    examples=(
        "kuratorium sources add https://some-blog.example",
        "kuratorium sources status",
        "kuratorium sources heal",
    )
)
def sources() -> None:
    """Whom you follow: add, look after, import, export."""


@sources.command(
    "add",
    examples=(
        "kuratorium sources add some-blog.example",
        "kuratorium sources add https://some-blog.example/feed --yes --topic open-source",
    ),
)
@click.argument("address", metavar="URL")
@click.option("--feed", "number", type=click.IntRange(1), metavar="N", help="Take the Nth of the feeds; do not ask.")
@click.option("--first", "--yes", "first", is_flag=True, help="Take the first of the feeds; do not ask.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="What it is followed for; repeat for several.")
@click.option("--name", default="", help="Call it so, not as it calls itself.")
def sources_add(address: str, number: int | None, first: bool, topics: tuple[str, ...], name: str) -> int:
    """Find the feeds of a site, and follow one.

    The address is a site's or a feed's. What is there is shown with title, language, number of entries, rhythm,
    last date and problems; the one you choose is added to sources.yaml.
    """
    from . import questions, reports, roster
    from .intake import adding

    root = _root()
    known = _registry(root)
    for topic in topics:
        _one_of("topic", topic, known.topics)
    with reports.busy(f"Looking at {address}"):
        offers = adding.look(address, root=root, known=known, fetcher=_fetcher(root, known), now=_now())
    roster.offers(offers)
    chosen = questions.choice(offers, 1 if first else number)
    if chosen.followed:
        roster.followed(chosen)
        return 0
    asked = topics or (() if first or number else questions.topics(known.topics))
    roster.added(adding.follow(root, chosen, known, name=name, topics=asked))
    return 0


@sources.command("status", examples=("kuratorium sources status", "kuratorium sources status --json"))
@click.option("--json", "as_json", is_flag=True, help="For machines: a list, all that is known of each source.")
def sources_status(as_json: bool) -> int:
    """Show how the sources are.

    Last success, last error with its reason and since when, when each is due, entries a week, picks so far.
    """
    from . import reports, roster
    from .intake import health
    from .intake.archive import Archive

    root = _root()
    known = _registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        sick = health.read(root, known, archive, _now().date())
    roster.health(sick, _now(), as_json=as_json)
    return 0


@sources.command("heal", examples=("kuratorium sources heal", "kuratorium sources heal --yes"))
@click.option("--yes", is_flag=True, help="Write what is proposed; do not ask.")
def sources_heal(yes: bool) -> int:
    """Propose new addresses for sources that moved or broke.

    A source has moved when its server has said so for 7 days, when it sends everybody to https, or when its old
    address is gone. A lost one is looked for on its site. The edit of sources.yaml is shown, and made if you agree.
    """
    from . import questions, reports, roster
    from .intake import healing
    from .intake.archive import Archive

    root = _root()
    known = _registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        states = archive.states()
    with reports.busy("Looking for sources that moved"):
        proposals, remarks = healing.examine(known, states, fetcher=_fetcher(root, known), now=_now())
    roster.proposals(proposals, remarks, healing.preview(root, proposals))
    if proposals and questions.agreed("Write this into curation/sources.yaml?", yes=yes):
        healing.carry_out(root, proposals)
        roster.healed(proposals)
    return 0


@sources.command("import", examples=("kuratorium sources import subscriptions.opml --topics",))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.opml")
@click.option("--topics", is_flag=True, help="Make a topic of each folder that is none yet.")
def sources_import(file: Path, topics: bool) -> int:
    """Add the feeds of an OPML list to sources.yaml.

    What stands there stays, comments and order too. A folder, nested ones too, gives its feeds the topic of its name.
    """
    from . import roster
    from .intake import subscriptions

    roster.imported(subscriptions.import_opml(_root(), file, topics=topics))
    return 0


@sources.command("export", examples=("kuratorium sources export sources.opml",))
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
def sources_export(file: Path | None) -> int:
    """Write the sources as an OPML list: to FILE, or to stdout."""
    from . import conf, files
    from .intake import subscriptions

    root = _root()
    opml = subscriptions.export_opml(root, conf.read(root).name)
    if file:
        files.write_atomically(file, opml)
        click.echo(_shown(file))
    else:
        click.echo(opml, nl=False)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (by default the program's own); returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = kuratorium.main(words, prog_name="kuratorium", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except KuratoriumError as error:
        from . import reports

        reports.failure(error)
        return error.exit_code
    except OSError as error:  # a full disk, a folder that is not ours: no mistake, and no bug
        return _machine(error, debug="--debug" in words)
    except Exception as error:  # noqa: BLE001 - the outermost edge: a bug gets two lines
        return _internal(error, debug="--debug" in words)


def _machine(error: OSError, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    place = f"{error.filename}: " if error.filename else ""
    click.echo(f"kuratorium: {place}{error.strerror or error}", err=True)
    return KuratoriumError.exit_code


def _internal(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    click.echo(f"kuratorium: internal error: {type(error).__name__}: {error}", err=True)
    click.echo("This is not your mistake. Please report it with the output of the same command with --debug.", err=True)
    return KuratoriumError.exit_code


def _now() -> datetime:
    return datetime.now(UTC)


def _root() -> Path:
    from . import folders

    return folders.find_root(Path.cwd())


def _registry(root: Path) -> Registry:
    """Read the registry; raises EditionError with all that is wrong in it."""
    from . import registry

    known, problems = registry.read(root)
    if problems:
        raise EditionError(problems)
    return known


def _fetcher(root: Path, known: Registry) -> Fetcher:
    """Make what asks the web in the site's name."""
    from . import conf
    from .intake.fetch import Fetcher, user_agent

    if not known.policy:
        raise EditionError([])
    agent = user_agent(conf.read(root).url, known.policy.imprint.email)
    return Fetcher(root, agent, _now, intranet=known.policy.intranet)


def _setting(root: Path, as_of: datetime | None) -> tuple[Registry, Site, datetime]:
    """Read what a pull needs: the registry, the site, and the edition's date; raises EditionError."""
    from zoneinfo import ZoneInfo

    from . import conf

    site = conf.read(root)
    known = _registry(root)
    return known, site, known.as_of(as_of, _now()).astimezone(ZoneInfo(site.timezone))


def _pull(root: Path, options: Options, as_of: datetime | None) -> Report:
    from . import pulled
    from .intake import pull as pulling

    known, site, now = _setting(root, as_of)
    contact = known.policy.imprint.email if known.policy else ""
    with pulled.progress(len(pulling.chosen(known, options))) as tick:
        return pulling.run(root, known, now=now, site=site, contact=contact, options=options, progress=tick)


def _one_of(option: str, value: str, known: dict[str, Any]) -> None:
    """Refuse an id that nothing has, with the nearest that something has."""
    from .records import nearest

    if value and value not in known:
        raise UsageError(f"--{option}: «{value}» is no id in curation/{option}s.yaml. {nearest(value, known)}")


def _make(target: str, args: tuple[str, ...]) -> int:
    """Run a target of the Makefile, which sets up what it needs; returns its exit code."""
    import shlex
    import shutil
    import subprocess

    program = shutil.which("make")
    if not program:
        raise UsageError(f"«kuratorium {target}» runs «make {target}», and there is no make here: install it.")
    command = [program, "--no-print-directory", target, *([f"ARGS={shlex.join(args)}"] if args else [])]
    return subprocess.run(command, cwd=_root(), check=False).returncode  # noqa: S603 - our own Makefile


def _shown(path: Path) -> str:
    """Write a path as one types it: from the current folder, if it lies below."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path)


if __name__ == "__main__":
    sys.exit(main())

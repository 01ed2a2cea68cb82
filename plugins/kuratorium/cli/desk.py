"""The commands of the editors' desk: `check`, `balance`, `start`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import EditionError, UsageError
from . import options
from .options import command

if TYPE_CHECKING:
    from ..desk.check import CheckResult
    from ..desk.fixes import FixedLine
    from ..desk.rules.links.outgoing.findings import VisitedLink
    from ..desk.rules.links.outgoing.visits import Which

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.


@command(
    examples=(
        "kuratorium check",
        "kuratorium check curation/notes/2026/my-note.md",
        "kuratorium check --fix",
        "kuratorium check --links",
        "kuratorium check --explain attribution",
    )
)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--words", "all_notes", is_flag=True, help="Show the word counts of all notes, not only the newest.")
@click.option(
    "--fix",
    is_flag=True,
    help='First correct typography and headings "# …", and raise sequence and modified of events that changed.',
)
@click.option("--links", is_flag=True, help="Visit the addresses on other sites that are due, and tell of them, too.")
@click.option("--all", "visits_all", is_flag=True, help="With --links, visit all addresses now, not only those due.")
@click.option("--fetch", is_flag=True, help="Read works whose text is not known, to compare quotations with it.")
@click.option(
    "--archive",
    is_flag=True,
    help="With --links, have the Internet Archive copy the works that name no copy, and write where it is.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "gitlab", "sarif"]),
    default="text",
    help="How to print what is found: for people, programs, or the forge's page of a change.",
)
@click.option("--explain", "rule", metavar="RULE", help="Say what a rule looks for and what to do, and check nothing.")
def check(
    *,
    files: tuple[Path, ...],
    all_notes: bool,
    fix: bool,
    links: bool,
    visits_all: bool,
    fetch: bool,
    archive: bool,
    form: str,
    rule: str | None,
) -> int:
    """Look for mistakes in curation/, content/ and pelicanconf.py.

    With files, only these are checked, in less than a second; rules on the whole site, such as two pages with one
    address, are left out. A draft that is named is checked as if it were published. Where a file is gone, or is no
    post, page or inbox item, all is checked: others may name it.

    Errors prevent a build; warnings are for you to judge. Each names its rule in brackets; where the warning of one
    does not apply, write it into the front matter: ignore: [{rule: attribution, reason: …}]. For the newest notes, the
    number of your own words and of quoted words is shown, with the quote_budget of policy.yaml. The exit code is 2 if
    there are errors.

    With --links, addresses on other sites are visited, of all texts that readers see, or of the files that you name:
    each new one at once, those that stay well after 1, 2, 4, … up to 64 days. What is known of them is kept in
    var/links.sqlite3. For a work that is gone, the Internet Archive is asked for a copy. --archive needs your keys of
    it in INTERNET_ARCHIVE_ACCESS_KEY and INTERNET_ARCHIVE_SECRET_KEY. With --fetch alone, only works are visited whose
    text neither a pull nor a visit has found.
    """
    from ..desk.check import explain_rule
    from ..desk.fixes import is_written
    from . import reports

    root, now = options.find_writable_root() if fix else options.find_edition_root(), options.get_current_time()
    if rule:
        reports.print_explanation(*explain_rule(root, rule))
        return 0
    names = [options.resolve_in_edition(root, file) for file in files]
    if (visits_all or archive) and not links:
        raise UsageError(f"{'--archive' if archive else '--all'} belongs to --links: write both.")
    which: Which | None = ("all" if visits_all else "due") if links else "unread" if fetch else None
    visited = _visit_links(root, names, which, archive=archive) if which else ()
    if fix:
        fixed = _fix(root, now, names, visited)
        visited = [item for item in visited if not item.record.moved_to or is_written(root, item.link)]
        (reports.print_fixed_lines if form == "text" else list)(fixed)
    result = translate_findings(root, check_edition(root, now, names, visited))
    if form == "text":
        reports.print_check_result(result, all_notes=all_notes)
    else:
        reports.REPORTS[form](result)
    # The exit code of a build, which these errors would stop.
    return EditionError.exit_code if result.errors else 0


def check_edition(
    root: Path, now: datetime, names: Sequence[str] = (), visited: Sequence[VisitedLink] = ()
) -> CheckResult:
    """Apply the rules to these files of the edition at `root`, or to all of it if there are none."""
    from contextlib import closing

    from ..desk.check import needs_whole_check, run_checks
    from ..desk.rules.text_cache import TextCache
    from ..process_pool import reduce_garbage_collection
    from ..publishing.urls import Paths

    if names and not needs_whole_check(root, names):
        only = frozenset(names)
        # Rules on the whole site are left out, and Pelican's room with them, which would take most of the time.
        with reduce_garbage_collection(), closing(TextCache(root, only=only)) as cache:
            return run_checks(
                root,
                build_paths=Paths,
                can_draw=_can_draw,
                now=now,
                visited_links=visited,
                cache=cache,
                only=only,
            )
    from functools import partial

    from ..publishing.addresses import check_addresses, list_addresses
    from ..publishing.build_command import check_settings
    from ..publishing.markdown.converter import MarkdownConverter

    # Before the cache is opened: no site may be in its folder. The desk knows nothing of Pelican, which this imports.
    settings_problems = check_settings(root)
    with reduce_garbage_collection(), closing(TextCache(root)) as cache:
        return run_checks(
            root,
            lambda edition: check_addresses(edition, now),
            build_paths=Paths,
            build_converter=lambda registry: MarkdownConverter(registry).convert,
            can_draw=_can_draw,
            list_addresses=partial(list_addresses, now),
            settings_problems=settings_problems,
            now=now,
            visited_links=visited,
            cache=cache,
        )


def _can_draw(picture: bytes) -> bool:
    """Return whether the bytes of a picture can be drawn."""
    from ..publishing.drawing.pictures import can_draw

    return can_draw(picture)


def translate_findings(root: Path, result: CheckResult) -> CheckResult:
    """Return the result of a check with its messages in the language of the edition at `root`."""
    from msgspec.structs import replace

    from ..edition.settings import translate_problems

    if not result.findings:
        return result
    problems = translate_problems(root, [finding.problem for finding in result.findings])
    pairs = zip(result.findings, problems, strict=True)
    return replace(result, findings=tuple(replace(finding, problem=problem) for finding, problem in pairs))


def _fix(root: Path, now: datetime, names: Sequence[str], visited: Sequence[VisitedLink]) -> list[FixedLine]:
    """Correct files, by default all, and the addresses that moved; return the lines that changed."""
    from ..desk.fixes import fix_edition, fix_moved_links

    return [*fix_edition(root, now, frozenset(names) if names else None), *fix_moved_links(root, visited)]


def _visit_links(root: Path, names: Sequence[str], which: Which, *, archive: bool) -> Sequence[VisitedLink]:
    """Visit the addresses that files link to, by default all, show the progress, and return what is known of them."""
    from ..desk.rules.links.outgoing import copies
    from ..desk.rules.links.outgoing.links import list_outgoing_links
    from ..desk.rules.links.outgoing.visits import visit_links
    from ..edition.loader import read_edition
    from ..edition.settings import read_site_settings
    from . import reports

    keys = copies.read_keys(os.environ) if archive else None
    edition, _ = read_edition(root)
    # Who names a file asks for its links, also before readers see them.
    as_of = None if names else edition.resolve_as_of(None, options.get_current_time())
    links = list_outgoing_links(edition, read_site_settings(root).url, as_of)
    links = [link for link in links if not names or link.file in names]
    registry = options.load_registry(root)
    fetcher, agent = options.create_fetcher(root, registry), options.get_user_agent(root, registry)
    with reports.show_visit_progress() as report_progress:
        report = visit_links(
            root,
            links,
            fetcher,
            options.get_current_time,
            which=which,
            forgets_others=not names,
            report_progress=report_progress,
        )
    reports.print_visit_report(report)
    if which == "unread":  # only what they say is asked for
        reports.print_unread_works(report.unread)
        return ()
    with copies.ArchiveClient(agent, copies.read_service(os.environ), keys) as client:
        visited = copies.propose_copies(root, report.links, client)
        if archive:
            reports.print_archive_report(copies.archive_works(root, visited, client))
        else:
            reports.print_missing_copies(len(copies.find_works_without_copy(visited)))
    return visited


@command(examples=("kuratorium balance", "kuratorium balance --since 2026-01-01 --all"))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="First day; by default a year ago.")
@click.option("--all", "show_all", is_flag=True, help="Show all outlets and authors, not only the ten most picked.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
def balance(since: datetime | None, show_all: bool, as_json: bool) -> int:
    """Show what you recommend: outlets, authors, topics, and so on.

    Below stand the topics on which nothing appeared, and the sources of which nothing was picked.
    """
    from ..desk.balance import read_balance
    from . import reports, terminal

    root = options.find_edition_root()
    result = read_balance(root, since.date() if since else None, options.get_current_time())
    if as_json:
        terminal.print_json(result)
    else:
        reports.print_balance(result, show_all=show_all)
    return 0


@command(
    examples=(
        "kuratorium start our-desk",
        "kuratorium start",
        'kuratorium start our-desk --yes --name "Our Desk" --address https://desk.example --language en \\',
        '  --responsible "Ada Berg" --email ada@desk.example --topic "Open Source" \\',
        "  --feed https://some-blog.example/feed",
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--name", help="Name of the site.")
@click.option("--address", metavar="URL", help="Address of the site, such as https://example.org.")
@click.option("--language", metavar="de|en", help="Language of the site.")
@click.option("--responsible", metavar="NAME", help="Person responsible for the site: first and last name.")
@click.option("--email", help="Mail address shown to readers.")
@click.option("--topic", multiple=True, metavar="NAME", help="A topic; repeat for several.")
@click.option("--feed", multiple=True, metavar="URL_OR_PATH", help="A feed to follow; repeat for several.")
@click.option("--forge", metavar="github|gitlab|forgejo", help="Write workflows by which it pulls and publishes.")
@click.option(
    "--show-inbox/--hide-inbox",
    "show_inbox",
    default=None,
    help="Show readers headlines of what waits in the inbox; by default hidden.",
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--force", is_flag=True, help="Start over, even if this edition is your own already.")
def start(folder: Path | None, show_inbox: bool | None, yes: bool, force: bool, **option_values: Any) -> int:
    """Begin an edition of your own in an empty FOLDER.

    It gets all that it needs: settings, registry, pages, Makefile, the locked program, and a README for its editors.
    Needs no network. A LICENSE stays; README.md and .gitignore of a forge's new repository are replaced.

    Without FOLDER, replaces the sample edition around you by your own: the samples go; name, people, topics, sources,
    policy and pages become yours. All replaced files are kept below var/.

    Asks for what the options leave out; before anything is written, you can correct each answer.
    """
    if folder is not None:
        return _start_in_folder(folder, option_values, show_inbox=show_inbox, yes=yes)
    from ..desk.start.in_place import apply_plan, count_files_by_folder, plan_start, require_sample_edition
    from . import prompts

    root = options.find_writable_root()
    require_sample_edition(root, force=force)
    # Nothing changes before `apply_plan`: a plan with mistakes, or a no to the question, leaves all files as they are.
    plan = plan_start(root, prompts.ask_start_answers(root, option_values, show_inbox=show_inbox, yes=yes))
    prompts.confirm_removal(count_files_by_folder(plan.files_to_remove), yes=yes)
    print_start_result(apply_plan(root, plan, options.get_current_time()))
    return 0


def _start_in_folder(folder: Path, option_values: dict[str, Any], *, show_inbox: bool | None, yes: bool) -> int:
    from ..desk.start.new_edition import create_edition, plan_edition, require_empty_folder
    from . import prompts

    folder = Path.cwd() / folder
    require_empty_folder(folder)
    answers = prompts.ask_start_answers(folder, option_values, show_inbox=show_inbox, yes=yes)
    backup = create_edition(folder, plan_edition(folder, answers), options.get_current_time())
    print_start_result(backup, folder=options.format_path(folder))
    return 0


def print_start_result(backup_folder: str, *, folder: str = "") -> None:
    """Print where the replaced files are, and what the edition's owner does next; `folder` if it is a new one."""
    from .terminal import print_result

    kept = f" What was there before is kept in {backup_folder}/." if backup_folder else ""
    print_result(f"The edition in {folder} is yours.{kept}" if folder else f"This edition is yours.{kept}")
    print_result("Next:")
    if folder and folder != ".":
        print_result(f"  cd {shlex.quote(folder)}")
    if folder:
        print_result("  git init        unless the folder is a repository already")
        print_result("  make site       installs the program into .venv, and builds the site")
    print_result("  make check      lists the pages that you have to complete (imprint, privacy)")
    print_result("  make pull       fetches your feeds; add more in curation/sources.yaml, or an OPML file with")
    print_result('                  ".venv/bin/kuratorium sources import"')
    print_result('  make inbox      lists new entries; "make note ITEM=…" begins your first note')
    print_result("  make preview    shows the site while you write")
    print_result("  git add -A && git commit -m 'Our own edition'")
    print_result(
        "The mark of the site is drawn from its name. To change it, put an SVG or PNG below content/, and write"
    )
    print_result(
        'its path into curation/policy.yaml, such as "logo: images/logo.svg"; "colours:" there changes the accent.'
    )

"""The commands of the editors' desk: `check`, `balance`, `start`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from ..errors import EditionError
from . import options
from .options import command

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.


@command(examples=("kuratorium check", "kuratorium check --fix", "kuratorium check --explain attribution"))
@click.option("--words", "all_notes", is_flag=True, help="Show the word counts of all notes, not only the newest.")
@click.option(
    "--fix",
    is_flag=True,
    help='First correct typography and headings "# …", and raise sequence and modified of events that changed.',
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How to print what is found: for people, programs, or the forge's page of a change.",
)
@click.option("--explain", "rule", metavar="RULE", help="Say what a rule looks for and what to do, and check nothing.")
def check(all_notes: bool, fix: bool, form: str, rule: str | None) -> int:
    """Look for mistakes in curation/, content/ and pelicanconf.py.

    Errors prevent a build; warnings are for you to judge. Each names its rule in brackets; where the warning of one
    does not apply, write it into the front matter: ignore: [{rule: attribution, reason: …}]. For the newest notes, the
    number of your own words and of quoted words is shown, with the quote_budget of policy.yaml. The exit code is 2 if
    there are errors.
    """
    from functools import partial

    from ..desk.check import explain_rule, run_checks
    from ..desk.fixes import fix_edition
    from ..publishing.addresses import check_addresses, list_addresses
    from ..publishing.build.run import reduce_garbage_collection
    from ..publishing.build_command import check_settings
    from ..publishing.drawing.pictures import can_draw
    from ..publishing.markdown.converter import MarkdownConverter
    from ..publishing.urls import Paths
    from . import reports

    root, now = options.find_writable_root() if fix else options.find_edition_root(), options.get_current_time()
    if rule:
        reports.print_explanation(*explain_rule(root, rule))
        return 0
    if fix:
        (reports.print_fixed_lines if form == "text" else list)(fix_edition(root, now))
    with reduce_garbage_collection():
        result = run_checks(
            root,
            lambda edition: check_addresses(edition, now),
            build_paths=Paths,
            build_converter=lambda registry: MarkdownConverter(registry).convert,
            can_draw=can_draw,
            list_addresses=partial(list_addresses, now),
            settings_problems=check_settings(root),  # the desk knows nothing of Pelican, whose plugins are imported
            now=now,
        )
    if form == "text":
        reports.print_check_result(result, all_notes=all_notes)
    else:
        reports.REPORTS[form](result)
    # The exit code of a build, which these errors would stop.
    return EditionError.exit_code if result.errors else 0


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
        "kuratorium start",
        'kuratorium start --yes --name "Our Desk" --address https://desk.example --language en \\',
        '  --responsible "Ada Berg" --email ada@desk.example --topic "Open Source" \\',
        "  --feed https://some-blog.example/feed",
    )
)
@click.option("--name", help="Name of the site.")
@click.option("--address", metavar="URL", help="Address of the site, such as https://example.org.")
@click.option("--language", metavar="de|en", help="Language of the site.")
@click.option("--responsible", metavar="NAME", help="Person responsible for the site: first and last name.")
@click.option("--email", help="Mail address shown to readers.")
@click.option("--topic", multiple=True, metavar="NAME", help="A topic; repeat for several.")
@click.option("--feed", multiple=True, metavar="URL_OR_PATH", help="A feed to follow; repeat for several.")
@click.option(
    "--show-inbox/--hide-inbox",
    "show_inbox",
    default=None,
    help="Show readers headlines of what waits in the inbox; by default hidden.",
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--force", is_flag=True, help="Start over, even if this edition is your own already.")
def start(show_inbox: bool | None, yes: bool, force: bool, **option_values: Any) -> int:
    """Replace the sample edition by your own.

    The samples go; name, people, topics, sources, policy and pages become yours. Asks for what the options leave out.
    All replaced files are kept below var/.
    """
    from ..desk.start import apply_plan, count_files_by_folder, plan_start, require_sample_edition
    from . import prompts

    root = options.find_writable_root()
    require_sample_edition(root, force=force)
    # Nothing changes before `apply_plan`: a plan with mistakes, or a no to the question, leaves all files as they are.
    plan = plan_start(root, prompts.ask_start_answers(root, option_values, show_inbox=show_inbox))
    prompts.confirm_removal(count_files_by_folder(plan.files_to_remove), yes=yes)
    print_start_result(apply_plan(root, plan, options.get_current_time()))
    return 0


def print_start_result(backup_folder: str) -> None:
    """Print where the replaced files are, and what the edition's owner does next."""
    from .terminal import print_result

    print_result(f"This edition is yours. What was there before is kept in {backup_folder}/.")
    print_result("Next:")
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

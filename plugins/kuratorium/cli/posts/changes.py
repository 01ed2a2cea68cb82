"""The commands that change a post: `rename`, `correct`, `publish`, `withdraw`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ...errors import EditionError, UsageError
from .. import options
from ..options import command

if TYPE_CHECKING:
    from ...desk.posts.desk import PostChange, PostsDesk

post_argument = click.argument("reference", metavar="POST")
dry_run_option = click.option("--dry-run", is_flag=True, help="Print what would change, and write nothing.")


@command(
    examples=(
        "kuratorium rename a7f3 what-clauses-cost",
        'kuratorium rename curation/notes/2026/a-note.md --title "What clauses cost" --dry-run',
    )
)
@post_argument
@click.argument("slug", metavar="[NEW-SLUG]", default="")
@click.option("--title", default="", metavar="TITLE", help="New title; without NEW-SLUG, the slug is made of it.")
@dry_run_option
def rename(reference: str, slug: str, title: str, dry_run: bool) -> int:
    """Move a post to another address.

    Its file gets the new name, links to the file follow, and the former address leads to the new one (`aliases`), if
    readers can know it. The uid stays, by which feed readers and translations find it. POST is the beginning of a uid,
    a file, a slug or an address.
    """
    from ...desk.posts.rename import plan_rename
    from .. import terminal

    desk = open_desk()
    change = plan_rename(desk, desk.find(reference), slug, title)
    if not make_change(desk, change, dry_run=dry_run):
        return 0
    links = len(change.changes) - 2
    if links > 0:
        terminal.print_message(f"The links of {terminal.format_count(links, 'other text')} follow.")
    return 0


@command(examples=('kuratorium correct a7f3 "It was 34, not 43."',))
@post_argument
@click.argument("text")
@dry_run_option
def correct(reference: str, text: str, dry_run: bool) -> int:
    """Add a correction of today to a published post.

    The page and the feeds show TEXT, and feed readers mark the post as updated. The words of the post stay: change them
    in its file.
    """
    from ...desk.posts.changes import plan_correction

    desk = open_desk()
    make_change(desk, plan_correction(desk, desk.find(reference), text), dry_run=dry_run)
    return 0


@command(examples=("kuratorium publish a7f3", "kuratorium publish a7f3 --at 2026-12-01T08:00"))
@post_argument
@click.option("--at", metavar="DATE", help="When it appears, such as 2026-12-01T08:00; by default now.")
@dry_run_option
def publish(reference: str, at: str | None, dry_run: bool) -> int:
    """Publish a draft, if the checks find no mistake in it.

    Sets `date` and deletes `status`. If there is a mistake, the file stays as it was. Warnings are for you to judge. A
    dry run looks only for the mistakes that stop a build.
    """
    from ...desk.posts.changes import plan_publication
    from ...desk.posts.desk import revert_change
    from .. import terminal
    from ..desk import check_edition, translate_findings

    desk = open_desk()
    change = plan_publication(desk, desk.find(reference), _parse_moment(at) if at else None)
    if not make_change(desk, change, dry_run=dry_run):
        return 0
    # The rules read files; so the post is changed first, and put back if one of them finds a mistake.
    is_right = False
    try:
        result = check_edition(desk.root, options.get_current_time())
        if errors := [problem for problem in result.errors if problem.file == change.file]:
            raise EditionError(errors)
        is_right = True
    finally:
        if not is_right:
            revert_change(change)
    for finding in translate_findings(desk.root, result).findings:
        if finding.level == "warning" and finding.problem.file == change.file:
            terminal.print_problem(finding.problem, "yellow", f"warning [{finding.rule}]: ")
    return 0


@command(examples=('kuratorium withdraw a7f3 --reason "The figures were invented."',))
@post_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why, in words for readers.")
@dry_run_option
def withdraw(reference: str, reason: str, dry_run: bool) -> int:
    """Take a post off the site.

    At its address stays a notice with the title, the day and the reason. Lists, feeds, search and sitemap lose it, and
    so do pictures and recordings that only it uses. The file keeps its text, in git. Hosts of static files answer with
    status 200, not 410; the notice asks search engines to forget the page.
    """
    from ...desk.posts.changes import plan_withdrawal

    desk = open_desk()
    make_change(desk, plan_withdrawal(desk, desk.find(reference), reason), dry_run=dry_run)
    return 0


def open_desk() -> PostsDesk:
    """Return the edition of the current folder, for a command that changes a post."""
    from ...desk.posts import desk
    from ...publishing.urls import Paths

    return desk.open_desk(options.find_writable_root(), Paths, options.get_current_time())


def make_change(desk: PostsDesk, change: PostChange, *, dry_run: bool) -> bool:
    """Make a planned change and print the post's file, or print the diff and return False."""
    from ...desk.posts.desk import apply_change, list_diff_lines
    from .. import terminal

    if dry_run:
        for line in list_diff_lines(desk.root, change):
            terminal.print_diff_line(line)
        return False
    apply_change(change)
    terminal.print_result(options.format_path(desk.root / change.file))
    return True


def _parse_moment(text: str) -> datetime:
    """Return a date with or without time and offset; raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not 1900 < moment.year < 3000:
        raise UsageError(f'--at: "{text}" is not a date: write 2026-12-01T08:00, in the time of the site.')
    return moment

"""What `deploy` and `send` print: to stdout what was sent, to stderr the totals."""

from __future__ import annotations

from ...deploy.ping import PingReport
from ...deploy.run import DeployReport
from ..reports import print_lines
from ..terminal import format_count, print_message


def print_deploy_report(report: DeployReport, *, dry_run: bool) -> None:
    """Print each file that was sent (+) or deleted (-), or would be, and what stays there although it is not ours."""
    print_lines([*(f"+ {path}" for path in report.sent), *(f"- {path}" for path in report.deleted)])
    sent, deleted = ("to send", "to delete") if dry_run else ("sent", "deleted")
    size = f"{report.sent_bytes / 1e6:.1f} MB"
    counts = f"{format_count(len(report.sent), 'file')} {sent} ({size}), {len(report.deleted)} {deleted}"
    print_message(f"{report.place}: {counts}, {report.unchanged_count} unchanged.")
    if report.foreign:
        shown = ", ".join(report.foreign[:3]) + (" …" if len(report.foreign) > 3 else "")
        count = format_count(len(report.foreign), "file")
        print_message(f"{count} there that no deployment put there: {shown}. --delete-foreign would delete them.")
    if report.ping:
        print_ping_report(report.ping, dry_run=False)


def print_issue(subject: str, result: str) -> None:
    """Print what became of an issue."""
    print_message(f'"{subject}": {result}.')


def print_ping_report(report: PingReport, *, dry_run: bool) -> None:
    """Print to stdout the feeds that were announced, or would be, and to stderr those that failed and the totals."""
    print_lines(report.waiting if dry_run else report.announced)
    for address, reason in report.failures:
        print_message(f"{address} was not announced: {reason}", "yellow")
    unchanged = f"{report.unchanged_count} unchanged"
    if dry_run:
        print_message(f"{format_count(len(report.waiting), 'feed')} to announce to {report.hub}, {unchanged}.")
        return
    print_message(f"{format_count(len(report.announced), 'feed')} announced to {report.hub}, {unchanged}.")
    if report.waiting:
        print_message(f"{format_count(len(report.waiting), 'feed')} left: the next ping announces them.", "yellow")

"""Send an issue once: curation/sent.txt, which git keeps, tells every machine what was handed over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ...edition.paths import SENT_FILE
from ...errors import KuratoriumError, UsageError
from ...file_lock import FileLock
from ...files import write_atomically
from .tools import TOOLS, Delivery, Issue, UncertainError


def read_issue(output: Path, page: str, *, uid: str, subject: str, host: str) -> Issue:
    """Return the issue whose page is at the path `page` of the site; raises UsageError if it has no mail version."""
    base = output / page.removesuffix(".html")
    html, text = base.with_name(f"{base.name}.mail.html"), base.with_name(f"{base.name}.txt")
    if not html.is_file() or not text.is_file():
        raise UsageError(
            f'{output} has no mail version of this post: only digests have one. Publish it, and run "make build".'
        )
    return Issue(uid=uid, subject=subject, html=html.read_text("utf-8"), text=text.read_text("utf-8"), host=host)


def send_issue(root: Path, issue: Issue, tool: str, delivery: Delivery, now: datetime, *, again: bool = False) -> str:
    """Hand an issue to a tool, and return a sentence on it; raises UsageError if that was done before.

    What is begun is written down first: a run that was killed may have sent it, and an editor must look.
    """
    with FileLock(root / "var/send.lock", busy_message="Another send is running: wait until it has ended."):
        lines = read_sent(root)
        if not delivery.is_test:
            if not again:
                _refuse_second(lines, issue, tool)
            _write_sent(root, [*lines, f"{issue.uid} {tool} begun {now.isoformat(timespec='seconds')}"])
        try:
            result = TOOLS[tool](issue, delivery)
        except KuratoriumError as error:
            if not delivery.is_test and not isinstance(error, UncertainError):
                _write_sent(root, lines)
            raise
        if not delivery.is_test:
            _write_sent(root, [*lines, f"{issue.uid} {tool} sent {now.isoformat(timespec='seconds')}"])
        return result


def read_sent(root: Path) -> list[str]:
    """Return the lines of curation/sent.txt."""
    try:
        return (root / SENT_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def _refuse_second(lines: list[str], issue: Issue, tool: str) -> None:
    for words in map(str.split, lines):
        if words[:2] == [issue.uid, tool]:
            state, moment = words[2], words[3]
            if state == "begun":
                raise UsageError(
                    f"A send to {tool} began at {moment} and did not end: look there whether the issue went out. "
                    f"If not, run send with --again."
                )
            raise UsageError(f"This issue went to {tool} at {moment} ({SENT_FILE}). --again sends it a second time.")


def _write_sent(root: Path, lines: list[str]) -> None:
    if lines or (root / SENT_FILE).exists():
        write_atomically(root / SENT_FILE, "".join(f"{line}\n" for line in lines))

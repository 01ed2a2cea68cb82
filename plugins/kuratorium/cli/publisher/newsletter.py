"""The command that sends an issue by mail: `send`."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from ...errors import UsageError
from .. import options
from ..options import command


@command(examples=("kuratorium send 2026-41 --to listmonk", "kuratorium send 2026-41 --to smtp --test"))
@click.argument("issue")
@click.option(
    "--to", "tool", required=True, type=click.Choice(("listmonk", "buttondown", "smtp")), help="The tool that mails it."
)
@click.option("--test", "is_test", is_flag=True, help="With smtp: mail it to the editor only.")
@click.option("--again", is_flag=True, help="Send it although it was sent.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
def send(issue: str, tool: str, is_test: bool, again: bool, dry_run: bool) -> int:
    """Hand a digest to the tool that mails it.

    listmonk and Buttondown get a draft, which you look at and start there; smtp mails it, to the editor (--test), then
    to the list. ISSUE is the beginning of a uid, a file, a slug or an address of a built digest. Commit
    curation/sent.txt afterwards: it keeps others from sending the issue a second time. Tokens come from the
    environment: LISTMONK_API_USER and LISTMONK_API_TOKEN, BUTTONDOWN_API_KEY, SMTP_USER and SMTP_PASSWORD.
    """
    from ...deploy.newsletter.send import read_issue, send_issue
    from ...deploy.newsletter.tools import Delivery
    from ...desk.rules.links.addresses import build_path
    from ...edition.hosting.targets import MailTool
    from ...publishing.settings import read_settings
    from ..posts.changes import open_desk
    from .reports import print_issue

    if is_test and tool != "smtp":
        raise UsageError("--test is for smtp: the other tools get a draft, of which they send tests themselves.")
    desk = open_desk()
    post = desk.find(issue)
    policy = desk.edition.registry.policy
    found = read_issue(
        desk.root / read_settings(desk.root).output,
        build_path(post, desk.paths),
        uid=post.meta.uid,
        subject=post.meta.title,
        host=urlsplit(desk.site.url).hostname or "localhost",
    )
    delivery = Delivery(tool=(policy.mail if policy else None) or MailTool(), is_test=is_test)
    if dry_run:
        sizes = f"{len(found.html):,} characters of HTML, {len(found.text):,} of text"
        print_issue(found.subject, f"would go to {tool}: {sizes}. Nothing was sent")
        return 0
    result = send_issue(desk.root, found, tool, delivery, options.get_current_time(), again=again)
    print_issue(found.subject, result)
    return 0

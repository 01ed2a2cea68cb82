"""Whom you follow: `sources add`, `status`, `heal`, `import`, `export`."""

from __future__ import annotations

from pathlib import Path

import click

from . import options
from .options import OrderedGroup


@click.group(
    cls=OrderedGroup,
    examples=(
        "kuratorium sources add https://some-blog.example",
        "kuratorium sources status",
        "kuratorium sources heal",
    ),
)
def sources() -> None:
    """Whom you follow: add, look after, import, export."""


@sources.command(
    "add",
    examples=(
        "kuratorium sources add some-blog.example",
        "kuratorium sources add https://some-blog.example/feed --yes --topic open-source --id some-blog",
    ),
)
@click.argument("address", metavar="URL")
@click.option(
    "--feed", "feed_number", type=click.IntRange(1), metavar="N", help="Take the Nth of the feeds; do not ask."
)
@click.option("--first", "--yes", "first", is_flag=True, help="Take the first of the feeds; do not ask.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="What it is followed for; repeat for several.")
@click.option("--name", default="", help="Call it so, not as it calls itself.")
@click.option("--id", "source_id", metavar="ID", help="Its id, for good: small letters, digits, hyphens.")
def sources_add(
    address: str, feed_number: int | None, first: bool, topics: tuple[str, ...], name: str, source_id: str | None
) -> int:
    """Find the feeds of a site, and follow one.

    The address is a site's or a feed's. What is there is shown with title, language, number of entries, rhythm,
    last date and problems; the one you choose is added to sources.yaml.
    """
    from ..intake.sources import add
    from . import intake_reports, prompts, reports

    root = options.find_edition_root()
    known = options.load_registry(root)
    for topic in topics:
        options.check_id("topic", topic, known.topics)
    if source_id is not None:
        add.check_source_id(source_id, known)
    with reports.show_spinner(f"Looking at {address}"):
        offers = add.discover_feeds(
            address,
            root=root,
            registry=known,
            fetcher=options.create_fetcher(root, known),
            now=options.get_current_time(),
        )
    intake_reports.print_feed_candidates(offers)
    chosen = prompts.choose_feed(offers, 1 if first else feed_number)
    if chosen.source_id:
        intake_reports.print_already_followed(chosen)
        return 0
    asked = topics or (() if first or feed_number else prompts.ask_topics(known.topics))
    intake_reports.print_added_source(
        add.follow_feed(root, chosen, known, source_id=source_id or "", name=name, topics=asked)
    )
    return 0


@sources.command("status", examples=("kuratorium sources status", "kuratorium sources status --json"))
@click.option("--json", "as_json", is_flag=True, help="For machines: a list, all that is known of each source.")
def sources_status(as_json: bool) -> int:
    """Show how the sources are.

    Last success, last error with its reason and since when, when each is due, entries a week, picks so far.
    """
    from ..intake.archive import Archive
    from ..intake.sources import health
    from . import intake_reports, reports

    root = options.find_edition_root()
    known = options.load_registry(root)
    with Archive(root, write=False, warn=reports.print_warning) as archive:
        sick = health.read_health(root, known, archive, options.get_current_time().date())
    intake_reports.print_health(sick, options.get_current_time(), as_json=as_json)
    return 0


@sources.command("heal", examples=("kuratorium sources heal", "kuratorium sources heal --yes"))
@click.option("--yes", is_flag=True, help="Write what is proposed; do not ask.")
def sources_heal(yes: bool) -> int:
    """Propose new addresses for sources that moved or broke.

    A source has moved when its server has said so for 7 days, when it sends everybody to https, or when its old
    address is gone. A lost one is looked for on its site. The edit of sources.yaml is shown, and made if you agree.
    """
    from ..intake.archive import Archive
    from ..intake.sources import repair
    from . import intake_reports, prompts, reports

    root = options.find_edition_root()
    known = options.load_registry(root)
    with Archive(root, write=False, warn=reports.print_warning) as archive:
        states = archive.read_states()
    with reports.show_spinner("Looking for sources that moved"):
        proposals, remarks = repair.find_proposals(
            known, states, fetcher=options.create_fetcher(root, known), now=options.get_current_time()
        )
    intake_reports.print_proposals(proposals, remarks, repair.diff_proposals(root, proposals))
    if proposals and prompts.ask_confirmation("Write this into curation/sources.yaml?", yes=yes):
        repair.write_proposals(root, proposals)
        intake_reports.print_repaired_count(proposals)
    return 0


@sources.command("import", examples=("kuratorium sources import subscriptions.opml --topics",))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.opml")
@click.option("--topics", is_flag=True, help="Make a topic of each folder that is none yet.")
def sources_import(file: Path, topics: bool) -> int:
    """Add the feeds of an OPML list to sources.yaml.

    What stands there stays, comments and order too. A folder, nested ones too, gives its feeds the topic of its name.
    """
    from ..intake.sources import opml
    from . import intake_reports

    intake_reports.print_import_result(opml.import_opml(options.find_edition_root(), file, with_topics=topics))
    return 0


@sources.command("export", examples=("kuratorium sources export sources.opml",))
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
def sources_export(file: Path | None) -> int:
    """Write the sources as an OPML list: to FILE, or to stdout."""
    from .. import files
    from ..edition import settings
    from ..intake.sources import opml

    root = options.find_edition_root()
    document = opml.export_opml(root, settings.read_site_settings(root).name)
    if file:
        files.write_atomically(file, document)
        click.echo(options.format_path(file))
    else:
        click.echo(document, nl=False)
    return 0

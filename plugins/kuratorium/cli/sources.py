"""The commands about the followed sources: `sources add`, `status`, `heal`, `import`, `export`."""

from __future__ import annotations

from pathlib import Path

import click

from . import options
from .options import OrderedGroup

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.


@click.group(
    cls=OrderedGroup,
    examples=(
        "kuratorium sources add https://some-blog.example",
        "kuratorium sources status",
        "kuratorium sources heal",
    ),
)
def sources() -> None:
    """Add, check, repair, import and export the sources you follow."""


@sources.command(
    "add",
    examples=(
        "kuratorium sources add some-blog.example",
        "kuratorium sources add https://some-blog.example/feed --yes --topic open-source --id some-blog",
    ),
)
@click.argument("address", metavar="URL")
@click.option(
    "--feed", "feed_number", type=click.IntRange(1), metavar="N", help="Add the Nth feed of the list; do not ask."
)
@click.option("--first", "--yes", "first", is_flag=True, help="Add the first feed of the list; do not ask.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Topic of its entries; repeat for several.")
@click.option("--name", default="", help="Name of the source; by default its own title.")
@click.option("--id", "source_id", metavar="ID", help="Permanent id: small letters, digits, hyphens.")
def sources_add(
    address: str, feed_number: int | None, first: bool, topics: tuple[str, ...], name: str, source_id: str | None
) -> int:
    """Find the feeds of a site, and follow one of them.

    URL is the address of a site or of a feed. Each feed is shown with title, language, number of entries, frequency,
    last date and problems; the one you choose is added to sources.yaml.
    """
    from ..intake.sources import add
    from . import prompts, reports, source_reports

    root = options.find_writable_root()
    registry = options.load_registry(root)
    for topic in topics:
        options.check_id("topic", topic, registry.topics)
    if source_id is not None:  # before anything is fetched; an empty id is a mistake, too
        add.check_source_id(source_id, registry)
    with reports.show_spinner(f"Looking at {address}"):
        candidates = add.discover_feeds(
            address,
            root=root,
            registry=registry,
            fetcher=options.create_fetcher(root, registry),
            now=options.get_current_time(),
        )
    source_reports.print_feed_candidates(candidates)
    candidate = prompts.choose_feed(candidates, 1 if first else feed_number)
    if candidate.source_id:
        source_reports.print_already_followed(candidate)
        return 0
    if not topics and not first and not feed_number:  # these options mean: do not ask
        topics = prompts.ask_topics(registry.topics)
    source_reports.print_added_source(
        add.follow_feed(root, candidate, registry, source_id=source_id or "", name=name, topics=topics)
    )
    return 0


@sources.command("status", examples=("kuratorium sources status", "kuratorium sources status --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the sources with all their fields as JSON.")
def sources_status(as_json: bool) -> int:
    """Show the condition of each source.

    Shows its last success, its last error with the reason and since when it fails, when it is due, its entries per
    week, and how many notes recommend its works.
    """
    from ..intake.archive import Archive
    from ..intake.sources.health import read_health
    from ..local_time import find_day
    from . import reports, source_reports

    root = options.find_edition_root()
    registry = options.load_registry(root)
    # Read-only, so that it can run during a pull, and neither creates nor repairs the archive.
    with Archive(root, write=False, warn=reports.print_warning) as archive:
        health = read_health(root, registry, archive, find_day(options.get_current_time(), registry.zone))
    source_reports.print_health(health, options.get_current_time(), as_json=as_json)
    return 0


@sources.command("heal", examples=("kuratorium sources heal", "kuratorium sources heal --yes"))
@click.option("--yes", is_flag=True, help="Write the proposed changes without asking.")
def sources_heal(yes: bool) -> int:
    """Find the new addresses of sources that moved or broke.

    A source counts as moved if its server has redirected for 7 days, if it redirects to https, or if its old address is
    gone. The new address of a gone feed is searched on its site. You see the changes of sources.yaml before they are
    written.
    """
    from ..intake.archive import Archive
    from ..intake.sources import repair, shared_state
    from . import prompts, reports, source_reports

    root = options.find_writable_root()
    registry = options.load_registry(root)
    # Read-only, as for `sources status`.
    with Archive(root, write=False, warn=reports.print_warning) as archive:
        states = shared_state.read_states(root, archive)
    with reports.show_spinner("Looking for sources that moved"):
        proposals, remarks = repair.find_proposals(
            registry, states, fetcher=options.create_fetcher(root, registry), now=options.get_current_time()
        )
    source_reports.print_proposals(proposals, remarks, repair.diff_proposals(root, proposals))
    if proposals and prompts.ask_confirmation("Write these changes to curation/sources.yaml?", yes=yes):
        repair.write_proposals(root, proposals)
        source_reports.print_repaired_count(proposals)
    return 0


@sources.command("import", examples=("kuratorium sources import subscriptions.opml --topics",))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.opml")
@click.option("--topics", is_flag=True, help="Add a topic for each folder that matches none; do not ask.")
def sources_import(file: Path, topics: bool) -> int:
    """Add the feeds of an OPML file to sources.yaml.

    Only http and https addresses are added. Existing entries, their comments and their order stay. Feeds get the topics
    whose names their folders have; for other folders, you are asked whether they become topics. With topics, an import
    that is repeated gives them to the sources that were added before.
    """
    from ..intake.sources import opml
    from . import prompts, source_reports

    root = options.find_writable_root()
    if not topics and (folders := opml.find_unmatched_folders(root, file)):
        names = ", ".join(f'"{folder}"' for folder in folders)
        topics = prompts.ask_confirmation(f"Add topics for the folders {names}?", yes=False)
    source_reports.print_import_result(opml.import_opml(root, file, with_topics=topics), with_topics=topics)
    return 0


@sources.command("export", examples=("kuratorium sources export sources.opml",))
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
def sources_export(file: Path | None) -> int:
    """Write the sources as OPML to FILE, or to stdout."""
    from ..edition.settings import read_site_settings
    from ..files import write_atomically
    from ..intake.sources.opml import export_opml
    from . import terminal

    root = options.find_edition_root()
    document = export_opml(root, read_site_settings(root).name)
    if file:
        write_atomically(file, document)
        terminal.print_result(options.format_path(file))
    else:
        terminal.print_document(document.decode())  # it ends with a newline of its own
    return 0

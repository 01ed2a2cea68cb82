"""Whom you follow: `sources add`, `status`, `heal`, `import`, `export`."""

from __future__ import annotations

from pathlib import Path

import click

from . import options
from .options import Commands


@click.group(
    cls=Commands,
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
@click.option("--feed", "number", type=click.IntRange(1), metavar="N", help="Take the Nth of the feeds; do not ask.")
@click.option("--first", "--yes", "first", is_flag=True, help="Take the first of the feeds; do not ask.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="What it is followed for; repeat for several.")
@click.option("--name", default="", help="Call it so, not as it calls itself.")
@click.option("--id", "called", metavar="ID", help="Its id, for good: small letters, digits, hyphens.")
def sources_add(
    address: str, number: int | None, first: bool, topics: tuple[str, ...], name: str, called: str | None
) -> int:
    """Find the feeds of a site, and follow one.

    The address is a site's or a feed's. What is there is shown with title, language, number of entries, rhythm,
    last date and problems; the one you choose is added to sources.yaml.
    """
    from ..intake.sources import add
    from . import intake_reports, prompts, reports

    root = options.root()
    known = options.registry(root)
    for topic in topics:
        options.one_of("topic", topic, known.topics)
    if called is not None:
        add.refuse_id(called, known)
    with reports.busy(f"Looking at {address}"):
        offers = add.look(address, root=root, known=known, fetcher=options.fetcher(root, known), now=options.now())
    intake_reports.offers(offers)
    chosen = prompts.choice(offers, 1 if first else number)
    if chosen.followed:
        intake_reports.followed(chosen)
        return 0
    asked = topics or (() if first or number else prompts.topics(known.topics))
    intake_reports.added(add.follow(root, chosen, known, called=called or "", name=name, topics=asked))
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

    root = options.root()
    known = options.registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        sick = health.read(root, known, archive, options.now().date())
    intake_reports.health(sick, options.now(), as_json=as_json)
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

    root = options.root()
    known = options.registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        states = archive.states()
    with reports.busy("Looking for sources that moved"):
        proposals, remarks = repair.examine(known, states, fetcher=options.fetcher(root, known), now=options.now())
    intake_reports.proposals(proposals, remarks, repair.preview(root, proposals))
    if proposals and prompts.agreed("Write this into curation/sources.yaml?", yes=yes):
        repair.carry_out(root, proposals)
        intake_reports.healed(proposals)
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

    intake_reports.imported(opml.import_opml(options.root(), file, topics=topics))
    return 0


@sources.command("export", examples=("kuratorium sources export sources.opml",))
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
def sources_export(file: Path | None) -> int:
    """Write the sources as an OPML list: to FILE, or to stdout."""
    from .. import files
    from ..edition import settings
    from ..intake.sources import opml

    root = options.root()
    document = opml.export_opml(root, settings.read(root).name)
    if file:
        files.write_atomically(file, document)
        click.echo(options.shown(file))
    else:
        click.echo(document, nl=False)
    return 0

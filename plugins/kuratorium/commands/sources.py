"""Whom you follow: `sources add`, `status`, `heal`, `import`, `export`."""

from __future__ import annotations

from pathlib import Path

import click

from ..grammar import Commands
from . import here


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
    from .. import questions, reports, roster
    from ..intake import adding

    root = here.root()
    known = here.registry(root)
    for topic in topics:
        here.one_of("topic", topic, known.topics)
    if called is not None:
        adding.refuse_id(called, known)
    with reports.busy(f"Looking at {address}"):
        offers = adding.look(address, root=root, known=known, fetcher=here.fetcher(root, known), now=here.now())
    roster.offers(offers)
    chosen = questions.choice(offers, 1 if first else number)
    if chosen.followed:
        roster.followed(chosen)
        return 0
    asked = topics or (() if first or number else questions.topics(known.topics))
    roster.added(adding.follow(root, chosen, known, called=called or "", name=name, topics=asked))
    return 0


@sources.command("status", examples=("kuratorium sources status", "kuratorium sources status --json"))
@click.option("--json", "as_json", is_flag=True, help="For machines: a list, all that is known of each source.")
def sources_status(as_json: bool) -> int:
    """Show how the sources are.

    Last success, last error with its reason and since when, when each is due, entries a week, picks so far.
    """
    from .. import reports, roster
    from ..intake import health
    from ..intake.archive import Archive

    root = here.root()
    known = here.registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        sick = health.read(root, known, archive, here.now().date())
    roster.health(sick, here.now(), as_json=as_json)
    return 0


@sources.command("heal", examples=("kuratorium sources heal", "kuratorium sources heal --yes"))
@click.option("--yes", is_flag=True, help="Write what is proposed; do not ask.")
def sources_heal(yes: bool) -> int:
    """Propose new addresses for sources that moved or broke.

    A source has moved when its server has said so for 7 days, when it sends everybody to https, or when its old
    address is gone. A lost one is looked for on its site. The edit of sources.yaml is shown, and made if you agree.
    """
    from .. import questions, reports, roster
    from ..intake import healing
    from ..intake.archive import Archive

    root = here.root()
    known = here.registry(root)
    with Archive(root, write=False, warn=reports.warning) as archive:
        states = archive.states()
    with reports.busy("Looking for sources that moved"):
        proposals, remarks = healing.examine(known, states, fetcher=here.fetcher(root, known), now=here.now())
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
    from .. import roster
    from ..intake import subscriptions

    roster.imported(subscriptions.import_opml(here.root(), file, topics=topics))
    return 0


@sources.command("export", examples=("kuratorium sources export sources.opml",))
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
def sources_export(file: Path | None) -> int:
    """Write the sources as an OPML list: to FILE, or to stdout."""
    from .. import conf, files
    from ..intake import subscriptions

    root = here.root()
    opml = subscriptions.export_opml(root, conf.read(root).name)
    if file:
        files.write_atomically(file, opml)
        click.echo(here.shown(file))
    else:
        click.echo(opml, nl=False)
    return 0

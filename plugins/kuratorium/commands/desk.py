"""The editors' desk: `inbox`, `note`, `check`, `start`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from ..errors import EditionError
from ..grammar import as_of_option, command
from . import here


@command(examples=("kuratorium inbox --topic open-source",))
@click.option("--topic", default="", metavar="ID", help="Only what is suggested for this topic.")
@click.option("--source", default="", metavar="ID", help="Only what came from this source.")
@click.option("--all", "whole", is_flag=True, help="All at a terminal, too, not only the newest.")
def inbox(topic: str, source: str, whole: bool) -> int:
    """List what waits for a note, newest first."""
    from .. import registry, reports
    from ..editing import triage

    root = here.root()
    known, _ = registry.read(root)
    here.one_of("topic", topic, known.topics)
    here.one_of("source", source, known.sources)
    candidates, broken = triage.read(root)
    cards = triage.cards(triage.choose(candidates, topic=topic, source=source))
    reports.inbox(cards, len(candidates), broken, whole=whole)
    return 0


@command(examples=("kuratorium note k7qd", "kuratorium note https://some-blog.example/2026/a-post --by anna-berg"))
@click.argument("item", metavar="ITEM_OR_URL")
@click.option("--by", multiple=True, metavar="ID", help="Who signs it (of people.yaml); repeat for several.")
@as_of_option
def note(item: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Begin a note on an inbox item or on a web page.

    The item is named by its short id, its file or its address. The note is opened in $VISUAL or $EDITOR
    where there is one; its path is the only thing written to stdout.
    """
    from .. import reports
    from ..editing import begin, editor

    root = here.root()
    draft = begin.note(root, item, by=by, as_of=as_of, clock=here.now)
    reports.note(draft)
    try:
        editor.open_file(root / draft.file)
    finally:  # whatever becomes of the editor, the note is there
        click.echo(here.shown(root / draft.file))
    return 0


@command(examples=("kuratorium check", "kuratorium check --words"))
@click.option("--words", "whole", is_flag=True, help="Tell the words of all notes, not only of the newest.")
def check(whole: bool) -> int:
    """Look for mistakes in curation/ and content/.

    Errors keep the site from being built; warnings are yours to judge. Of the newest notes you are told how many
    words are your own and how many are quoted, beside the quote_budget of policy.yaml.
    """
    from .. import reports
    from ..editing import check as checking

    result = checking.run(here.root())
    reports.check(result, whole=whole)
    return EditionError.exit_code if result.errors else 0


@command(
    examples=(
        "kuratorium start",
        'kuratorium start --yes --name "Our Desk" --address https://desk.example --language en \\',
        '  --responsible "Ada Berg" --email ada@desk.example --topic "Open Source" \\',
        "  --feed https://some-blog.example/feed",
    )
)
@click.option("--name", help="Name of the site.")
@click.option("--address", metavar="URL", help="Where it will be: https://…")
@click.option("--language", metavar="de|en", help="Language of the site.")
@click.option("--responsible", metavar="NAME", help="Who answers for it: first and last name.")
@click.option("--email", help="Mail address for readers.")
@click.option("--topic", multiple=True, metavar="NAME", help="A topic; repeat for several.")
@click.option("--feed", multiple=True, metavar="URL_OR_PATH", help="A feed to follow; repeat for several.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@click.option("--force", is_flag=True, help="Start over with an edition that is your own already.")
def start(yes: bool, force: bool, **given: Any) -> int:
    """Make this edition your own: the samples go.

    Name, people, topics, sources, policy and pages become yours. Asks for what the options leave out.
    What was there before is kept below var/.
    """
    from .. import questions, reports
    from ..editing import start as starting

    root = here.root()
    starting.refuse_own(root, force=force)
    steps = starting.plan(root, questions.ask(root, given))
    questions.confirm(starting.losses(steps.away), yes=yes)
    reports.started(starting.carry_out(root, steps, here.now()))
    return 0

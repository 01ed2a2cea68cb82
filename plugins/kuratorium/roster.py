"""What the commands about sources say: feeds to choose from, how the sources are, what is proposed for them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from . import console
from .console import counted, say, tell

if TYPE_CHECKING:
    from .intake.adding import Offer
    from .intake.healing import Proposal, Remark
    from .intake.health import Health
    from .intake.subscriptions import Merged
    from .model import Source

_STYLES = {"failing": "red", "moved": "yellow", "never": "dim", "let alone": "dim"}
_DIFF = {"+": "green", "-": "red", "@": "cyan"}


def offers(found: Sequence[Offer]) -> None:
    """Number the feeds of a site, and tell what each holds: for people some lines each, for pipes one."""
    if not console.at_terminal():
        headings = ("", "feed", "title", "lang", "entries", "rhythm", "last", "")
        rows = [
            (str(number), one.feed, one.facts.title, one.facts.lang, str(one.facts.entries), rhythm(one.facts.per_week),
             str(one.facts.last or ""), "; ".join(_remarks(one)))
            for number, one in enumerate(found, 1)
        ]  # fmt: skip
        console.table(headings, rows, long=7, numbers=(4,))
        return
    for number, one in enumerate(found, 1):
        facts = one.facts
        last = f"last {facts.last}" if facts.last else ""
        held = (facts.lang, counted(facts.entries, "entry", "entries"), rhythm(facts.per_week), last)
        console.pair(str(number), facts.title or one.site, one.feed)
        say(f"   {', '.join(part for part in held if part)}")
        for remark in _remarks(one):
            say(f"   {remark}", "yellow")


def followed(one: Offer) -> None:
    """Tell that a feed needs not be added."""
    say(f"{one.feed} is followed already, as «{one.followed}». Nothing was changed.")


def added(source: Source) -> None:
    """Tell what was written, and what comes next."""
    say(f"Added to curation/sources.yaml: {source.id}", "bold")
    say(f"  {source.name}, {source.feed}")
    if source.topics:
        say(f"  for {', '.join(source.topics)}")
    else:
        say("  Give it topics there, so that its entries are suggested for them.")
    say(f"«kuratorium pull {source.id}» fetches it.")


def health(sources: Sequence[Health], now: datetime, *, as_json: bool) -> None:
    """A line per source, and the sum; for machines a JSON list."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(sources)).decode() + "\n")
        return
    headings = ("source", "", "last success", "next due", "a week", "picks")
    rows = [
        (one.id, one.status, when(one.last_success, now), when(one.next_due, now, past="now"),
         "" if one.per_week is None else f"{one.per_week:g}", str(one.picks or ""))
        for one in sources
    ]  # fmt: skip
    notes = ["; ".join(_troubles(one)) for one in sources]
    console.annotated(headings, rows, notes, numbers=(4, 5), styles=[_STYLES.get(one.status, "") for one in sources])
    counts = Counter(one.status for one in sources)
    say()
    say(
        f"{counted(len(sources), 'source')}: {', '.join(f'{number} {_SUMS[name]}' for name, number in counts.items())}."
    )
    if counts["failing"] or counts["moved"]:
        say("«kuratorium sources heal» looks for new addresses.")


_SUMS = {"fine": "fine", "failing": "failing", "moved": "moved", "never": "never pulled", "let alone": "let alone"}


def proposals(found: Sequence[Proposal], remarks: Sequence[Remark], difference: Sequence[str]) -> None:
    """Tell what would change, as a diff with its reasons, and what needs something else."""
    for remark in remarks:
        tell(f"{remark.source}: {remark.words}", "yellow")
    for one in found:
        say(f"{one.source}: {one.why}")
    for line in difference:
        console.out().print(Text(line, style=_DIFF.get(line[:1], "")), soft_wrap=True)
    if not found:
        say("Nothing to propose: no source has moved for good.")
    elif not console.at_terminal():
        tell("«kuratorium sources heal --yes» writes this.")


def healed(done: Sequence[Proposal]) -> None:
    """Tell that it is written."""
    say(f"{counted(len(done), 'source')} changed in curation/sources.yaml.")


def imported(merged: Merged) -> None:
    """What became of the feeds of a list, and of its folders."""
    for one in merged.added:
        say(f"  {one.id}  {one.feed}")
    for outline in merged.refused:
        tell(f"  passed over, no http(s) address: {outline.title or outline.feed}", "yellow")
    known = f", {len(merged.known)} there already" if merged.known else ""
    refused = f", {len(merged.refused)} passed over" if merged.refused else ""
    say(f"{counted(len(merged.added), 'source')} added to curation/sources.yaml{known}{refused}.")
    if merged.topics:
        names = ", ".join(topic.id for topic in merged.topics)
        say(f"{counted(len(merged.topics), 'topic')} added to curation/topics.yaml: {names}.")
    if merged.folders:
        tell(f"No topics: {', '.join(f'«{name}»' for name in merged.folders)}.", "yellow")
        tell(
            "Add them to curation/topics.yaml, or import the list with --topics, before its feeds are added.", "yellow"
        )
    if any(not one.topics for one in merged.added):
        say("Give those without topics some, so that their entries are suggested for them.")


def rhythm(per_week: float | None) -> str:
    """Say how often something comes: «3 a week», «2 a month», «4 a year»."""
    if per_week is None:
        return ""
    for unit, times in (("day", 1 / 7), ("week", 1), ("month", 52 / 12), ("year", 52)):
        if (number := round(per_week * times)) >= 1:
            return f"{number} a {unit}"
    return "less than 1 a year"


def when(moment: datetime | None, now: datetime, *, past: str = "") -> str:
    """Say when something was or will be: near ones by their distance, others by their day."""
    if moment is None:
        return ""
    away = moment - now
    if past and away <= timedelta(0):
        return past
    if abs(away) >= timedelta(days=2):
        return f"{moment.astimezone():%Y-%m-%d}"
    minutes = round(abs(away).total_seconds() / 60)
    if not minutes:
        return "now"
    distance = f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"
    return f"in {distance}" if away > timedelta(0) else f"{distance} ago"


def _remarks(one: Offer) -> Iterator[str]:
    if one.followed:
        yield f"followed already, as «{one.followed}»"
    if one.select:
        yield "no feed, but a page whose entries are marked up: followed as «type: page»"
    yield from one.facts.problems


def _troubles(one: Health) -> Iterator[str]:
    if one.failing_since:
        yield f"{one.reason} since {one.failing_since.astimezone():%Y-%m-%d %H:%M}: {one.words}"
    if one.moved_to:
        yield f"moved to {one.moved_to}"
    if one.ids_judged:
        yield f"{one.bad_ids:.0%} of its ids are blank or repeated: its entries are told apart without them"
    if one.held_back:
        yield f"{counted(one.held_back, 'entry', 'entries')} of a flood held back"

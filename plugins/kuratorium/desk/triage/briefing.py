"""The desk as a Markdown page, for a pull request or an issue of the forge: the top stories per topic. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.dates import format_date

from ...dates import parse_locale
from ...translations import get_language
from ..draft import escape_address, escape_markdown, list_credited_names
from ..inbox import InboxItem
from .desk import Desk
from .ranking import Story

TOP = 5  # stories of a topic; a page that shows all is no briefing


def write_briefing(desk: Desk, stories: Sequence[Story], *, top: int = TOP) -> str:
    """Return the page: each story once, below the first of its topics that has room for it."""
    gettext = desk.evidence.translations.gettext
    shown: set[str] = set()
    sections: list[str] = []
    for topic_id, name in [
        *((topic.id, topic.name) for topic in desk.registry.topics.values()),
        ("", gettext("No topic")),
    ]:
        fitting = [story for story in stories if story.item.meta.uid not in shown and _is_on(story, topic_id, desk)][
            :top
        ]
        if fitting:
            shown |= {story.item.meta.uid for story in fitting}
            entries = "\n".join("\n".join(_write_story(desk, story)) for story in fitting)
            sections.append(f"## {escape_markdown(name)}\n\n{entries}\n")
    language = parse_locale(get_language(desk.evidence.translations))
    day = format_date(desk.evidence.today, "long", locale=language)
    title = gettext("Briefing")
    count = gettext("{shown} of {all} stories").format(shown=len(shown), all=len(stories))
    return "\n".join((f"# {title}: {day}\n", f"{count}.\n", *sections))


def _is_on(story: Story, topic_id: str, desk: Desk) -> bool:
    topics = {topic for item in story.items for topic in item.meta.topics if topic in desk.registry.topics}
    return topic_id in topics if topic_id else not topics


def _write_story(desk: Desk, story: Story) -> Iterator[str]:
    item = story.item
    yield f"- **[{escape_markdown(item.meta.title)}]({escape_address(item.work.url)})**  "
    yield f"  {escape_markdown(' · '.join(describe_item(desk, item)))}  "
    if story.reasons:
        sentences = "; ".join(f"{reason.sentence} (+{reason.points})" for reason in story.reasons)
        yield f"  {escape_markdown(sentences)}  "
    for other in story.items[1:4]:
        yield f"  = [{escape_markdown(other.meta.title)}]({escape_address(other.work.url)})  "
    yield f"  `kuratorium note {item.short_id}`"


def describe_item(desk: Desk, item: InboxItem) -> list[str]:
    """Return the facts on an item: outlet and authors, age, language, minutes, paywall, and when it expires."""
    gettext, ngettext = desk.evidence.translations.gettext, desk.evidence.translations.ngettext
    age, minutes = desk.count_age(item), desk.count_minutes(item)
    facts = list_credited_names(item.work) or [item.work.source]
    if age is not None:
        facts.append(gettext("today") if age == 0 else ngettext("{count} day", "{count} days", age).format(count=age))
    facts.append(item.work.lang or item.meta.lang)
    facts.append(gettext("{count} min").format(count=minutes) if minutes else "")
    facts.append(gettext("paywall") if item.work.paywall else "")
    facts.append(desk.describe_expiry(item))
    return [fact for fact in facts if fact]

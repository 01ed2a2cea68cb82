"""Sponsors: who writes about them while they pay says so (§ 22 MStV, § 6 DDG)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Document, Sponsor
from ..records import Misfit
from ..registry import Registry


def sponsors(document: Document, registry: Registry) -> Iterator[Misfit]:
    """A post that mentions a sponsor of policy.yaml by name, alias or domain, at a date when it pays, discloses it."""
    if document.meta.disclosure or document.meta.status == "draft" or not registry.policy:
        return
    day = document.meta.date.date()
    paying = [one for one in registry.policy.sponsors if pays(one, document)]
    text = _all_text(document, registry) if paying else ""
    for sponsor in paying:
        if name := _mention(sponsor, text):
            what = f"«{name}» is a sponsor on {day} (policy.yaml), and nothing discloses it"
            mend = f"Add disclosure: {{kind: sponsor, text: …}}, or another kind that fits {sponsor.name}."
            yield Misfit((), what, mend, _line(document, name))


def pays(sponsor: Sponsor, document: Document) -> bool:
    """Tell whether the sponsor's period covers the day of a post."""
    day = document.meta.date.date()
    return (not sponsor.since or sponsor.since <= day) and (not sponsor.until or day <= sponsor.until)


def _line(document: Document, name: str) -> int:
    """Find the line of the body that the name stands in; 0 where it stands in the front matter."""
    for number, line in enumerate(document.body.split("\n")):
        if name.casefold() in line.casefold():
            return document.body_line + number
    return 0


def _all_text(document: Document, registry: Registry) -> str:
    """Collect what a reader sees of a post: its words, its works, its people and their roles."""
    meta = document.meta
    known = [registry.people.get(one) if isinstance(one, str) else one for one in (*meta.guests, *meta.hosts)]
    people = [f"{one.name} {one.role}" for one in known if one]
    works = [f"{work.title} {' '.join(work.authors)} {work.publication} {work.url}" for work in meta.bookmark_of]
    via = [f"{meta.via.name} {meta.via.url}"] if meta.via else []
    event = [f"{meta.event.place} {meta.event.url}"] if meta.event else []
    return "\n".join([meta.title, meta.summary, meta.why_now, *meta.tags, *people, *works, *via, *event, document.body])


def _mention(sponsor: Sponsor, text: str) -> str:
    for name in (sponsor.name, *sponsor.aliases):
        if re.search(rf"(?<!\w){re.escape(name)}(?:['’]?s)?(?!\w)", text, re.I):
            return name
    for domain in sponsor.domains:
        if re.search(rf"//(?:[\w-]+\.)*{re.escape(domain)}(?![\w.-])", text, re.I):
            return domain
    return ""

"""Sponsors: who writes about them while they pay says so (§ 22 MStV, § 6 DDG)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ..curation import Sponsor
from ..model import Document
from ..registry import Registry
from ..validation import Misfit
from ..yaml import Path


def sponsors(document: Document, registry: Registry) -> Iterator[Misfit]:
    """A post that mentions a sponsor of policy.yaml by name, alias or domain, at a date when it pays, discloses it."""
    if document.meta.disclosure or document.meta.status == "draft" or not registry.policy:
        return
    day = document.meta.date.date()
    paying = [one for one in registry.policy.sponsors if _pays(one, day)]
    texts = list(_texts(document, registry)) if paying else []
    for sponsor in paying:
        for path, place, name in _mentions(sponsor, texts):
            what = f"«{name}» is a sponsor on {day} (policy.yaml), and nothing discloses it"
            mend = f"Add disclosure: {{kind: sponsor, text: …}}, or another kind that fits {sponsor.name}."
            yield Misfit(path, what, mend, 0 if path else document.body_line + place)
            break  # one mention is enough


def _pays(sponsor: Sponsor, day: date) -> bool:
    return (not sponsor.since or sponsor.since <= day) and (not sponsor.until or day <= sponsor.until)


def _mentions(sponsor: Sponsor, texts: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, int, str]]:
    """Yield the field of each mention, its line there (from 0), and by which name or domain it is one."""
    patterns = [(name, rf"(?<!\w){_spaced(name)}(?:['’]?s)?(?!\w)") for name in (sponsor.name, *sponsor.aliases)]
    patterns += [(domain, rf"//(?:[\w-]+\.)*{re.escape(domain)}(?![\w.-])") for domain in sponsor.domains]
    for path, text in texts:
        folded = text.casefold()
        for name, pattern in patterns:
            # Most texts mention nobody, and that is told at a tenth of what the pattern costs.
            if name.split()[0].casefold() in folded and (match := re.search(pattern, text, re.I)):
                yield path, text.count("\n", 0, match.start()), name


def _texts(document: Document, registry: Registry) -> Iterator[tuple[Path, str]]:
    """Yield what a reader sees of a post, field by field; the body has none."""
    meta = document.meta
    yield from (((field,), getattr(meta, field)) for field in ("title", "summary", "why_now"))
    yield from ((("tags", index), tag) for index, tag in enumerate(meta.tags))
    for field in ("guests", "hosts"):
        for index, one in enumerate(getattr(meta, field)):
            person = registry.people.get(one) if isinstance(one, str) else one
            yield (field, index), f"{person.name} {person.role}" if person else ""
    for index, work in enumerate(meta.bookmark_of):
        yield ("bookmark_of", index), f"{work.title} {' '.join(work.authors)} {work.publication} {work.url}"
    if meta.via:
        yield ("via",), f"{meta.via.name} {meta.via.url}"
    if meta.event:
        yield ("event",), f"{meta.event.place} {meta.event.url}"
    yield (), document.body


def _spaced(name: str) -> str:
    """A name of several words may go on in the next line."""
    return r"\s+".join(re.escape(word) for word in name.split())

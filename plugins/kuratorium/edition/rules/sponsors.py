"""Sponsors: who writes about them while they pay says so (§ 22 MStV, § 6 DDG)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ..curation import Sponsor
from ..model import PostFile
from ..registry import Registry
from ..validation import Violation
from ..yaml import YamlPath


def check_sponsor_disclosure(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """A post that mentions a sponsor of policy.yaml by name, alias or domain, at a date when it pays, discloses it."""
    if post_file.meta.disclosure or post_file.meta.status == "draft" or not registry.policy:
        return
    day = post_file.meta.date.date()
    paying = [one for one in registry.policy.sponsors if _is_paying(one, day)]
    texts = list(_list_visible_texts(post_file, registry)) if paying else []
    for sponsor in paying:
        for path, place, name in _find_mentions(sponsor, texts):
            what = f"«{name}» is a sponsor on {day} (policy.yaml), and nothing discloses it"
            mend = f"Add disclosure: {{kind: sponsor, text: …}}, or another kind that fits {sponsor.name}."
            yield Violation(path, what, mend, 0 if path else post_file.body_line + place)
            break  # one mention is enough


def _is_paying(sponsor: Sponsor, day: date) -> bool:
    return (not sponsor.since or sponsor.since <= day) and (not sponsor.until or day <= sponsor.until)


def _find_mentions(sponsor: Sponsor, texts: Iterable[tuple[YamlPath, str]]) -> Iterator[tuple[YamlPath, int, str]]:
    """Yield the field of each mention, its line there (from 0), and by which name or domain it is one."""
    patterns = [
        (name, rf"(?<!\w){_build_name_pattern(name)}(?:['’]?s)?(?!\w)") for name in (sponsor.name, *sponsor.aliases)
    ]
    patterns += [(domain, rf"//(?:[\w-]+\.)*{re.escape(domain)}(?![\w.-])") for domain in sponsor.domains]
    for path, text in texts:
        folded = text.casefold()
        for name, pattern in patterns:
            # Most texts mention nobody, and that is told at a tenth of what the pattern costs.
            if name.split()[0].casefold() in folded and (match := re.search(pattern, text, re.I)):
                yield path, text.count("\n", 0, match.start()), name


def _list_visible_texts(post_file: PostFile, registry: Registry) -> Iterator[tuple[YamlPath, str]]:
    """Yield what a reader sees of a post, field by field; the body has none."""
    meta = post_file.meta
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
    yield (), post_file.body


def _build_name_pattern(name: str) -> str:
    """A name of several words may go on in the next line."""
    return r"\s+".join(re.escape(word) for word in name.split())

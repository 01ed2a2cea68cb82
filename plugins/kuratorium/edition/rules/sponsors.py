"""Sponsors: a post that mentions one while it pays must disclose it (§ 22 MStV, § 6 DDG)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ...local_time import find_day
from ...text.collation import fold_words
from ...urls import encode_host
from ..curation import Sponsor
from ..fields import Violation
from ..model import PostFile
from ..registry import Registry
from ..yaml import YamlPath


def check_sponsor_disclosure(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that a post that mentions a sponsor of policy.yaml, at a date on which it pays, has a disclosure.

    A mention is its name, an alias or a link to one of its domains.
    """
    if post_file.meta.disclosure or post_file.meta.status == "draft" or not registry.policy:
        return
    # The post's own date, not the build's: a post from before the sponsorship needs no disclosure.
    day = find_day(post_file.meta.date, registry.zone)
    sponsors = [sponsor for sponsor in registry.policy.sponsors if _is_paying(sponsor, day)]
    texts = list(_list_visible_texts(post_file, registry)) if sponsors else []
    for sponsor in sponsors:
        for path, line, name in _find_mentions(sponsor, texts):
            message = f'"{name}" is a sponsor on {day} (policy.yaml), and the post has no disclosure'
            hint = f"Add disclosure: {{kind: sponsor, text: …}}, or another kind that fits {sponsor.name}."
            yield Violation(path, message, hint, 0 if path else post_file.body_line + line)
            break  # one report per sponsor is enough: one disclosure covers all mentions


def _is_paying(sponsor: Sponsor, day: date) -> bool:
    return (not sponsor.since or sponsor.since <= day) and (not sponsor.until or day <= sponsor.until)


def _find_mentions(sponsor: Sponsor, texts: Iterable[tuple[YamlPath, str]]) -> Iterator[tuple[YamlPath, int, str]]:
    """Yield the field of each mention, its line in that field (from 0), and the name or domain that was mentioned."""
    # With a German or English genitive ("Pumpes", "Pumpe's"), but not within a longer word.
    patterns = [
        (name, rf"(?<!\w){_build_name_pattern(name)}(?:['’]?s)?(?!\w)")
        for name in (sponsor.name, *sponsor.aliases)
        if fold_words(name).strip()
    ]
    domain_patterns = [
        (domain, rf"//(?:[\w-]+\.)*{re.escape(host)}(?![\w.-])")
        for domain in sponsor.domains
        for host in _list_host_forms(domain)
    ]
    for path, text in texts:
        folded = fold_words(text)
        for name, pattern in patterns:
            # Most texts mention no sponsor; this test of a substring costs a tenth of the pattern.
            if fold_words(name).split()[0] in folded and (match := re.search(pattern, folded)):
                yield path, folded.count("\n", 0, match.start()), name
        for domain, pattern in domain_patterns:
            if "//" in text and (match := re.search(pattern, text, re.I)):
                yield path, text.count("\n", 0, match.start()), domain


def _list_visible_texts(post_file: PostFile, registry: Registry) -> Iterator[tuple[YamlPath, str]]:
    """Yield the path and text of each field that readers see; the body has an empty path."""
    meta = post_file.meta
    yield from (((field,), getattr(meta, field)) for field in ("title", "summary", "why_now"))
    yield from ((("tags", index), tag) for index, tag in enumerate(meta.tags))
    for field in ("guests", "hosts"):
        for index, speaker in enumerate(getattr(meta, field)):
            person = registry.people.get(speaker) if isinstance(speaker, str) else speaker
            yield (field, index), f"{person.name} {person.role}" if person else ""
    for index, work in enumerate(meta.bookmark_of):
        yield ("bookmark_of", index), f"{work.title} {' '.join(work.authors)} {work.publication} {work.url}"
    if meta.via:
        yield ("via",), f"{meta.via.name} {meta.via.url}"
    if meta.event:
        yield ("event",), f"{meta.event.place} {meta.event.url}"
    yield (), post_file.body


def _build_name_pattern(name: str) -> str:
    """Return a pattern for a name in a folded text; between its words may be any white space, such as a line break."""
    return r"\s+".join(re.escape(word) for word in fold_words(name).split())


def _list_host_forms(domain: str) -> tuple[str, ...]:
    """Return a domain as it is written, and as DNS has it, which is how browsers copy it."""
    try:
        return tuple(dict.fromkeys((domain, encode_host(domain))))
    except ValueError:
        return (domain,)

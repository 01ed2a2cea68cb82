"""Sponsors: a post that mentions one while it pays must disclose it (§ 22 MStV, § 6 DDG)."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import islice

from msgspec import Struct

from ...local_time import find_day
from ...slugs import replace_characters
from ...text.collation import fold_words
from ...urls import list_host_spellings
from ..curation import Sponsor
from ..fields import Violation
from ..model import FrontMatter, PostFile, Speaker
from ..registry import Registry
from ..yaml import YamlPath

# Marks of Markdown and tags, also within a name: "**Groß** AG", "[Groß](https://…) AG". They become nothing.
_MARKS = re.compile(
    r"<[^<>]{1,2000}>|\]\((?:[^()\n]|\([^()\n]*\))*\)|\]\[[^\[\]\n]*\]|\\(?=[!-/:-@\[-`{-~])|[*_`\[\]]|==",
    re.S,
)
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.I)
_APOSTROPHES = dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bc\u00b4`\u2032\uff07", "'")
_HYPHENS = dict.fromkeys("\u2010\u2011\u2212", "-") | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
# What joins the names of partners: "Berg & Söhne" is "Berg und Söhne".
_WORDS_FOR_AND = ("&", "+", "und", "and", "u.")
_AND = rf"(?:{'|'.join(map(re.escape, _WORDS_FOR_AND))})"
_NAME_ENDS = r"(?:'?s|es|(?:'?s?ch|s?eigen)(?:e[mnrs]?)?)?"
# The end of an adjective in a name of several words: "Deutsche Post", "der Deutschen Post".
_ADJECTIVE_END = re.compile(r"(?<=\w{3})e[mnrs]?\Z")
_SIGN_FOR_AND = re.compile(r"(?<=\w)[&+](?=\w)")
_AROUND_ADDRESS = re.compile(r"[\s()<>\[\]\"]")
_IN_PATH = re.compile(r"(?://[^/?#]*|\A[\w-]+(?:\.[\w-]+)+)[/?#]")
_HOST_BEGINS = re.compile(r"//[^/?#]*\Z")
_MAX_ADDRESS = 2_000  # characters before a domain that may be of the same address


class _Text(Struct, frozen=True):
    """A text that readers see: its `path` in front matter, empty for the body, and its forms for a search.

    `folded`: as written, and without marks, in the letters of `fold_words`.
    `lowered`: the same in lower case, for domains.
    """

    path: YamlPath
    folded: tuple[str, ...]
    lowered: tuple[str, ...]


def check_sponsor_disclosure(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that a post that mentions a sponsor of policy.yaml, at a date on which it pays, has a disclosure.

    A mention is its name or an alias, one of its domains, or a link or a mail address of these.
    """
    sponsors = _list_undisclosed_sponsors(post_file, registry)
    texts = [_prepare(path, text) for path, text in _list_visible_texts(post_file, registry)] if sponsors else []
    for sponsor in sponsors:
        # One report per sponsor is enough: one disclosure covers all mentions.
        for path, line, name in islice(_find_mentions(sponsor, texts), 1):
            day = find_day(post_file.meta.date, registry.zone)
            yield Violation(path, *_describe(sponsor, name, day), 0 if path else post_file.body_line + line)


def check_sponsors_in_transcript(
    post_file: PostFile, registry: Registry, words: str, captions: str
) -> Iterator[Violation]:
    """Check the `words` of a post's transcript file likewise; `captions` is the file, whose lines are reported."""
    sponsors = _list_undisclosed_sponsors(post_file, registry)
    text, lines = _prepare((), words if sponsors else ""), _prepare((), captions if sponsors else "")
    for sponsor in sponsors:
        for _, _, name in islice(_find_mentions(sponsor, [text]), 1):
            # A name that two cues share is only in the joined words.
            line = next((line + 1 for _, line, _ in _find_mentions(sponsor, [lines])), 1)
            day = find_day(post_file.meta.date, registry.zone)
            yield Violation((), *_describe(sponsor, name, day), line)


def _list_undisclosed_sponsors(post_file: PostFile, registry: Registry) -> list[Sponsor]:
    """Return the sponsors that pay at a post's date, if it discloses nothing."""
    if post_file.meta.disclosure or post_file.meta.status == "draft" or not registry.policy:
        return []
    # The post's own date, not the build's: a post from before the sponsorship needs no disclosure.
    day = find_day(post_file.meta.date, registry.zone)
    return [sponsor for sponsor in registry.policy.sponsors if _is_paying(sponsor, day)]


def _describe(sponsor: Sponsor, name: str, day: date) -> tuple[str, str]:
    message = f'"{name}" is a sponsor on {day} (policy.yaml), and the post has no disclosure'
    hint = f"Add disclosure: {{kind: sponsor, text: …}}, or another kind that fits {sponsor.name}."
    return message, hint


def _is_paying(sponsor: Sponsor, day: date) -> bool:
    return (not sponsor.since or sponsor.since <= day) and (not sponsor.until or day <= sponsor.until)


def _prepare(path: YamlPath, text: str) -> _Text:
    """Return a text in its forms for a search; all of them have its lines."""
    plain = _MARKS.sub(lambda mark: "\n" * mark[0].count("\n"), _LINE_BREAK.sub(" ", text))
    forms = tuple(dict.fromkeys(html.unescape(form) if "&" in form else form for form in (text, plain)))
    return _Text(path, tuple(map(_fold, forms)), tuple(map(_lower, forms)))


def _fold(text: str) -> str:
    return fold_words(replace_characters(text, _APOSTROPHES))


def _lower(text: str) -> str:
    """Return a text in which domains are written in one way, in one character or two for an umlaut."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", replace_characters(text, _HYPHENS)).lower()


def _find_mentions(sponsor: Sponsor, texts: list[_Text]) -> Iterator[tuple[YamlPath, int, str]]:
    """Yield the field of each mention, its line in that field (from 0), and the name or domain that was mentioned."""
    names = [(name, words) for name in (sponsor.name, *sponsor.aliases) if (words := _split_name(name))]
    # With the end of a German or English genitive ("Pumpes", "Hauses", "Pumpe's") or of an adjective ("Pumpesche",
    # "pumpeeigen"), but not within a longer word.
    patterns = [
        (
            name,
            _ADJECTIVE_END.sub("", words[0]) if words[1:] else words[0],
            rf"(?<![^\W_]){_build_name_pattern(words)}{_NAME_ENDS}(?![^\W_])",
        )
        for name, words in names
    ]
    hosts = [(domain, host) for domain in sponsor.domains for host in list_host_spellings(domain)]
    for text in texts:
        for folded in text.folded:
            for name, first_word, pattern in patterns:
                # Most texts mention no sponsor; this test of a substring costs a tenth of the pattern.
                if first_word in folded and (match := re.search(pattern, folded)):
                    yield text.path, folded.count("\n", 0, match.start()), name
        for lowered in text.lowered:
            for domain, host in hosts:
                if (place := _find_host(host, lowered)) >= 0:
                    yield text.path, lowered.count("\n", 0, place), domain


def _split_name(name: str) -> list[str]:
    """Return the words of a folded name; "&" is a word of its own also without blanks."""
    return _SIGN_FOR_AND.sub(r" \g<0> ", _fold(name)).split()


def _build_name_pattern(words: list[str]) -> str:
    """Return a pattern for the words of a folded name; any white space may be between them, such as a line break."""
    pattern = r"\s+".join((*map(_build_word_pattern, words[:-1]), re.escape(words[-1])))
    return pattern.replace(rf"\s+{_AND}\s+", rf"(?:\s+{_AND}\s+|\s*[&+]\s*)")


def _build_word_pattern(word: str) -> str:
    """Return a pattern for a word of a name that is not its last: an "and", an adjective with any end, or itself."""
    if word in _WORDS_FOR_AND:
        return _AND
    stem = _ADJECTIVE_END.sub("", word)
    return re.escape(word) if stem == word else rf"{re.escape(stem)}(?:e[mnrs]?)?"


def _find_host(host: str, text: str) -> int:
    """Return where a host, or a subdomain of it, is named in a text in lower case; -1 if nowhere.

    Within the path of another address it names nothing; that of an archive may hold a whole address.
    """
    if host not in text:
        return -1
    for match in re.finditer(rf"(?<![\w-]){re.escape(host)}(?![\w-]|\.\w)", text):
        address = _AROUND_ADDRESS.split(text[max(0, match.start() - _MAX_ADDRESS) : match.start()])[-1]
        if _HOST_BEGINS.search(address) or not _IN_PATH.search(address):
            return match.start()
    return -1


def _list_visible_texts(post_file: PostFile, registry: Registry) -> Iterator[tuple[YamlPath, str]]:
    """Yield the path and text of each field that readers see; the body has an empty path."""
    meta = post_file.meta
    yield from (((field,), getattr(meta, field)) for field in ("title", "summary", "why_now"))
    for field in ("tags", "changed_since", "syndication"):
        yield from (((field, index), text) for index, text in enumerate(getattr(meta, field)))
    for field in ("authors", "guests", "hosts"):
        for index, speaker in enumerate(getattr(meta, field)):
            yield (field, index), _describe_speaker(speaker, registry)
    for index, work in enumerate(meta.bookmark_of):
        facts = (work.title, *work.authors, work.publication, work.url, work.archived)
        yield ("bookmark_of", index), " ".join(facts)
    yield from ((("corrections", index), correction.text) for index, correction in enumerate(meta.corrections))
    yield from _list_texts_of_records(meta, registry)
    yield (), post_file.body


def _list_texts_of_records(meta: FrontMatter, registry: Registry) -> Iterator[tuple[YamlPath, str]]:
    if meta.via:
        yield ("via",), f"{meta.via.name} {meta.via.url}"
    if meta.event:
        yield ("event",), f"{meta.event.place} {meta.event.url}"
    if meta.image:
        yield ("image",), f"{meta.image.alt} {meta.image.credit}"
    if meta.series:
        yield ("series",), registry.get_series(meta.series.id).name
    if meta.media:
        yield from ((("media", "chapters", place), part.title) for place, part in enumerate(meta.media.chapters))
        yield ("media",), meta.media.audio.url if meta.media.audio else ""


def _describe_speaker(speaker: str | Speaker, registry: Registry) -> str:
    person = registry.people.get(speaker) if isinstance(speaker, str) else speaker
    return f"{person.name} {person.role}" if person else ""

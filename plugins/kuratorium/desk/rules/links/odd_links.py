"""The rule on links that the page shows without an address, with a wrong one, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from ....edition import prose
from ....edition.fields import Violation
from ....edition.model import PostFile, StandalonePage

_LINK = re.compile(
    r"(?P<picture>!?)\[(?P<text>[^\[\]\n]{0,500})\]"
    r"\((?:(?P<target>[^()<>\n]{0,2000})|<(?P<bracketed>[^<>\n]{0,2000})>[^()<>\n]{0,200})\)"
)
# Definitions of links and tags of HTML.
_WITHOUT_ADDRESS = re.compile(
    r"^[ ]{0,3}\[(?!\^)[^\]\n]{1,500}\]:[ \t]*<[ \t]*>|<a>"
    r"|<(?:a[ ](?:[^<>]{0,200}[ ])?href|img[ ](?:[^<>]{0,200}[ ])?src)"
    r"(?:[ ]*=[ ]*(?:\"[ ]*\"|'[ ]*'))?(?=[ ]*/?>|[ ]+[\w-]+=)",
    re.M | re.I,
)
_NO_ADDRESS = "this link has no address", "Write one: [some words](https://…)"
_TITLE = re.compile(r"""[ \t]+(?:"[^"]*"|'[^']*')[ \t]*\Z""")
_OTHER_KEYWORD = re.compile(r"[{|](?P<keyword>tag|category|author|index)[}|]")  # of Pelican, for its own lists
_NO_HOST = re.compile(r"[|^`{}]|\Ahttps?:?\Z", re.I)  # also a scheme that is written twice
_MAIL_ADDRESS = r"[^\s@/,?]+@[^\s@/,?]+"
# Scheme -> pattern of what follows it, what that is called, and an example. A mail link needs no address if it has a
# subject or a text: the reader then chooses whom to write to.
_ADDRESSEES = {
    "mailto": (
        re.compile(rf"{_MAIL_ADDRESS}(?:,\s*{_MAIL_ADDRESS})*(?:\?.*)?|\?.+", re.S),
        "mail address",
        "(mailto:name@example.org)",
    ),
    "tel": (re.compile(r"[^\d/]*\d[^/]*"), "telephone number", "(tel:+493012345)"),
}
_TWO_SLASHES = re.compile(r"https?://", re.I)
_CURLY_QUOTES = "“”„‚‘’»«"


def find_odd_links(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find links without a text or an address, and those whose address no browser can open."""
    if "](" not in text.body and not _WITHOUT_ADDRESS.search(text.body):
        return
    body = prose.blank_unseen(text.body)
    written = text.body.split("\n")
    line, position = 0, 0
    for match in sorted((*_LINK.finditer(body), *_WITHOUT_ADDRESS.finditer(body)), key=re.Match.start):
        line += body.count("\n", position, match.start())
        position = match.start()
        if match.re is _WITHOUT_ADDRESS:
            yield Violation((), *_NO_ADDRESS, text.body_line + line)
        elif fault := _describe_target(_read_target(match)) or _describe_text(match, written[line]):
            yield Violation((), *fault, text.body_line + line)


def _read_target(match: re.Match[str]) -> str:
    if match["bracketed"] is not None:  # where blanks are allowed
        return match["bracketed"].strip().replace(" ", "%20")
    return _TITLE.sub("", match["target"]).strip()


def _describe_text(match: re.Match[str], line: str) -> tuple[str, str] | None:
    if match["text"].strip() or match["picture"] or "`" in line:  # the words may be code, which is blanked
        return None
    return "this link has no text, so that nobody sees it", "Write one: [some words](https://…)"


def _describe_target(target: str) -> tuple[str, str] | None:
    """Return message and hint if a link's target is no address that a browser can open, else None."""
    if not target:
        return _NO_ADDRESS
    if match := _OTHER_KEYWORD.match(target):
        hint = "Write the address of the page, as in (../themen/some-topic.html)."
        return f"links with {{{match['keyword']}}} lead nowhere", hint
    scheme, _, rest = target.partition(":")
    if scheme.lower() in _ADDRESSEES:
        pattern, what, example = _ADDRESSEES[scheme.lower()]
        return None if pattern.fullmatch(unquote(rest)) else (f'"{target}" is no {what}', f"Write it whole: {example}.")
    return _describe_web_address(target) if scheme.lower() in ("http", "https") else None


def _describe_web_address(target: str) -> tuple[str, str] | None:
    if any(character in target for character in (" ", "\t")):
        quoted = any(character in target for character in _CURLY_QUOTES)
        hint = 'Put a title in straight quotes: (https://… "Title").' if quoted else "Write %20 for a blank."
        return f'the address "{target}" contains a blank', hint
    if not _TWO_SLASHES.match(target):
        return f'"{target}" is no address', "Write // behind the colon: https://example.org/."
    if not _has_host(target):
        return f'"{target}" is no address', "Write a host, as in https://example.org/; a port is at most 65535."
    return None


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool((parts.hostname or "").strip(".")) and not _NO_HOST.search(parts.netloc) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that cannot be one
        return False

"""The names of people as feeds and pages write them, without mail addresses, which are private and no names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache

from . import plain_text

# Of any top-level domain, for new ones appear all the time; also written so that robots do not find it.
_WORD = r"[^\s<>()\[\]{},;:\"@]"
_LABEL = r"[^\s<>()\[\]{},;:\"@.]++"
_MAIL_ADDRESS = re.compile(
    rf"(?:mailto:\s*)?(?<!{_WORD})@?{_WORD}++"
    rf"(?:@+(?:{_LABEL}(?:\.{_LABEL})*+\.?|\[[\d.]+\])"
    rf"|\s*[\[({{]\s*(?:at|ät)\s*[\])}}]\s*{_LABEL}(?:(?:\.|\s*[\[({{]\s*(?:dot|punkt)\s*[\])}}]\s*){_LABEL})++)"
    r"(?:\?subject=\S*)?",
    re.IGNORECASE,
)
_SPELLED_ADDRESS = re.compile(r"[\w.+-]+ at [\w-]+(?:(?:\.| dot | punkt )[\w-]+)+", re.IGNORECASE)
_SPELLED_AT = re.compile(r"\b[aä]t\b", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# "By Eva Falk"; a "von" before one word is part of a name.
_BYLINE_WORD = re.compile(r"\A(?:[Vv]on|VON|[Bb]y|BY)\s+(?=[A-ZÄÖÜÀ-Þ][\w.'’-]*\s+[A-ZÄÖÜÀ-Þ])")
_ACCOUNT = re.compile(r"\A(?:@\S+|admin|administrator|root|webmaster)\Z", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_MAX_NAME_LENGTH = 1000  # characters; a longer text is no name, and bounds the work of the patterns

# Of a credit; some feeds put a whole text, or thousands of names, where authors belong.
_MAX_NAMES = 50
_MAX_CREDIT_LENGTH = 200  # characters


def limit_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a credit, each once: at most fifty, of at most 200 characters each.

    Beside a name, those of accounts (`@handle`, `admin`) are left out: they sign for the same people.
    """
    unique = [*dict.fromkeys(names)][:_MAX_NAMES]
    unique = [name for name in unique if not _ACCOUNT.match(name)] or unique
    return tuple(plain_text.shorten(name, _MAX_CREDIT_LENGTH) for name in unique)


def limit_name(name: str) -> str:
    """Return the name of a publication or a feed, of at most 200 characters."""
    return plain_text.shorten(name, _MAX_CREDIT_LENGTH)


def has_mail_address(text: str) -> bool:
    """Return whether a text holds a mail address."""
    if "@" not in text and not _SPELLED_AT.search(text):  # true of most names, and fast
        return False
    return len(text) <= _MAX_NAME_LENGTH and bool(_MAIL_ADDRESS.search(text) or _SPELLED_ADDRESS.fullmatch(text))


@lru_cache(maxsize=1024)  # the entries of a feed have few authors
def clean_name(text: str) -> str:
    """Return a name as plain text without mail and web addresses, and without "by"; empty for an address alone."""
    name = plain_text.to_plain_text(text).replace("\uff20", "@")  # as Chinese and Japanese keyboards write it
    if "&lt;" in name:  # escaped twice
        name = html.unescape(name)
    if has_mail_address(name):
        rest = _EMPTY_BRACKETS.sub("", _MAIL_ADDRESS.sub("", name) if not _SPELLED_ADDRESS.fullmatch(name) else "")
        name = rest.replace("mailto:", "").strip(' <>[],;:|/-–"')
    if len(name) <= _MAX_NAME_LENGTH:
        name = _BYLINE_WORD.sub("", _WEB_ADDRESS.sub("", name).strip(" ,;|") or name)
    if name.startswith("(") and name.endswith(")") and name.count("(") == 1:
        name = name[1:-1].strip()
    return name

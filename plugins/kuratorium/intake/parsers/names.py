"""The names of people as feeds and pages write them, without mail addresses, which are private and no names."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from ...text.collation import fold_words
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
# What programs write where they know no name. "Redaktion" and "Anonymous" are signed by people.
_NO_NAMES = frozenset((
    "unknown",  # Blogger, of an account without a profile: noreply@blogger.com (Unknown)
    *("noreply", "no-reply", "donotreply", "do-not-reply"),  # mailboxes that nobody reads
    *("undefined", "n/a"),  # JavaScript and forms, of an empty field
))  # fmt: skip
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_BLANK_BEFORE_COMMA = re.compile(r"\s+(?=[,;])")
_FEDIVERSE_ACCOUNT = re.compile(r"@[\w.-]+@[\w-]+(?:\.[\w-]+)+")  # @name@host
# What ends a person in a field with mail addresses: a comma, or an "and" or the next address after a closing bracket.
_PEOPLE_SEPARATOR = re.compile(
    r"\s*[,;]\s*|(?<=[)>])\s*(?:(?:\b(?:and|und)\b|[&|/])\s*|(?=[^\s()<>]+@)|(?=[^\s()<>][^()<>]*<[^\s<>]+@))"
)
_MAX_MARKUP_ESCAPES = 3
_MAX_NAME_LENGTH = 1000  # characters; a longer text is no name, and bounds the work of the patterns

# What parts the people of a list, and what of a name is not compared.
_LIST_SEPARATOR = re.compile(r"\s*[,;/]\s*|\s+(?:and|und|et|y|&)\s+")
_NAME_WORD = re.compile(r"[^\W_]+")
_BRACKETED_END = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*\Z")
_TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "herr", "frau"})
# "Ada Lox und Bo Ruf", "Ada Lox, Bo Ruf & Cy Amt". Only an "and" shows that a comma parts people.
_AND = re.compile(r"\s+(?:and|und|&|\+)\s+", re.IGNORECASE)
_AND_OR_COMMA = re.compile(r"\s*[,;]\s*(?:(?:and|und|&)\s+)?|\s+(?:and|und|&|\+)\s+", re.IGNORECASE)
_AND_WORD = re.compile(r"\s(?:and|und)\s", re.IGNORECASE)  # an "&" joins the partners of a firm
_FIRST_NAME = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]{1,11}(?:-[A-ZÀ-Þ][a-zß-ÿ]{1,11})?")
_PERSON_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*+")
_PARTICLES = frozenset(
    (
        *("von", "vom", "van", "zu", "zum", "zur", "der", "den", "dem", "de", "del", "della", "di", "da", "dos", "du"),
        *("ten", "ter", "la", "le", "el", "al", "bin", "ibn", "y", "af", "av"),
    )
)
_MAX_PERSON_WORDS = 6
# Words of firms, offices and professions: a field with one of them is not split into people.
_NO_PERSON = re.compile(
    r"\b(?:ag|kg|se|ev|eg|ug|co|inc|ltd|llc|plc|corp|tv|pr|hr|it|ceo|cto|cio|cfo|dpa|epd|kna|afp"
    r"|gmbh|soehne|sons|brothers|bros|partner|partners|team|teams|group|gruppe|verlag|redaktion|gesellschaft|verband"
    r"|verein|institut|institute|stiftung|foundation|zentrum|center|centre|behoerde|bundesamt|ministerium|ministry"
    r"|akademie|academy|universitaet|university|hochschule|college|school|schule|buero|office|agentur|agency|kanzlei"
    r"|media|medien|news|press|presse|zeitung|magazin|magazine|journal|blog|podcast|radio|publishing|publishers|company"
    r"|consulting|beratung|services|solutions|systems|systeme|technologies|software|research|science|studies|development"
    r"|marketing|communications|kommunikation|department|abteilung|staff|desk|editors?|editorial|redakteur(?:in)?|autor(?:in)?"
    r"|authors?|reporters?|correspondent|korrespondent(?:in)?|director|direktor(?:in)?|manager(?:in)?|analyst(?:in)?"
    r"|leiter(?:in)?|chef(?:in)?|vorstand|president|praesident(?:in)?|professor(?:in)?|officer|freunde|friends|familie"
    r"|family|gaeste|guests|andere|others|kollegen)\b"
)

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
    if len(text) > _MAX_NAME_LENGTH or _FEDIVERSE_ACCOUNT.fullmatch(text):
        return False
    return bool(_MAIL_ADDRESS.search(text) or _SPELLED_ADDRESS.fullmatch(text))


def read_names(fields: Iterable[str], *, may_be_first_names: bool = False) -> tuple[str, ...]:
    """Return the names in the author fields of an entry, each person once, however the fields spell them.

    With `may_be_first_names`, "Eva, Max und Jo" are three people, as pages that name no others write.
    """
    parts = (name for field in fields for name in split_names(field))
    people = (
        person for name in parts for person in (may_be_first_names and _split_first_names(name)) or split_people(name)
    )
    names = tuple(dict.fromkeys(people))
    if len(names) < 2:  # true of most entries, and fast
        return names
    credit: list[_Credit] = []
    for name in names:
        if len(credit) == _MAX_NAMES:
            break
        _add_name(credit, name)
    return tuple(entry.name for entry in credit)


def _add_name(credit: list[_Credit], name: str) -> None:
    """Add a name to a credit, unless its people are there already; of two spellings the better one stays."""
    people = _list_people(name)
    known = {key for entry in credit for key in entry.people}
    same = next((place for place, entry in enumerate(credit) if entry.people.keys() == people.keys()), None)
    parts = [place for place, entry in enumerate(credit) if entry.people.keys() < people.keys()]
    if same is not None:
        credit[same] = max(credit[same], _Credit(name, people), key=_rate_spelling)
    elif len(parts) == 1:  # the longer of two lists has the rest, or says what the person does
        credit[parts[0]] = _Credit(name, people)
    elif others := {key: person for key, person in people.items() if key not in known}:
        credit.append(_Credit(name if len(others) == len(people) else ", ".join(others.values()), others))


class _Credit(NamedTuple):
    """A name, which may be a list of names, and the people in it by what all spellings of them share."""

    name: str
    people: dict[frozenset[str], str]


def _list_people(name: str) -> dict[frozenset[str], str]:
    """Return the people in a name: several only if each of them has a first and a last name."""
    parts = _LIST_SEPARATOR.split(name[:_MAX_NAME_LENGTH])
    people = parts if all(" " in part for part in parts) else [name]
    return {_build_person_key(person): person for person in people}


def _build_person_key(name: str) -> frozenset[str]:
    """Return the words of a name without their order and case, titles and what stands behind it in brackets."""
    words = _NAME_WORD.findall(fold_words(_BRACKETED_END.sub("", name[:_MAX_NAME_LENGTH])))
    return frozenset(words) - _TITLES or frozenset((name,))


def _rate_spelling(credit: _Credit) -> tuple[bool, bool, bool]:
    """Return how good a spelling is: "Jörg Berg" is better than "Joerg Berg", "Berg, Joerg" and "joerg.berg"."""
    name = credit.name
    return not (name.islower() or name.isupper()), "," not in name or len(credit.people) > 1, not name.isascii()


def split_names(field: str) -> tuple[str, ...]:
    """Return the names in an author field: several only if mail addresses show where a person ends.

    A comma alone separates no people: it also stands within a name, or before a title.
    """
    text = _read_plain_name(field)
    people = _split_at_addresses(text) if has_mail_address(text) else [text]
    return tuple(name for person in people if (name := clean_name(person)) and name.lower() not in _NO_NAMES)


def split_people(name: str, known_names: Collection[str] = ()) -> tuple[str, ...]:
    """Return the people of a list such as "Ada Lox, Bo Ruf und Cy Amt"; any other name as it is.

    They are several if each is in `known_names` (in lower case), or if the list holds an "and" and each has a first
    and a last name: "Berg & Söhne GmbH" and "Redaktion und Verlag" are one name.
    """
    has_and = len(name) <= _MAX_NAME_LENGTH and bool(_AND.search(name))
    if not has_and and not (known_names and "," in name):  # true of most names, and fast
        return (name,)
    people = [clean_name(part) for part in _AND_OR_COMMA.split(name)]
    if all(person.lower() in known_names or (has_and and _is_person(person)) for person in people):
        return tuple(people)
    return (name,)


def _split_first_names(name: str) -> tuple[str, ...]:
    """Return the people of a list of single words in capitals, with commas and an "and"; empty if it is none."""
    people = _AND_OR_COMMA.split(name[:_MAX_NAME_LENGTH])
    is_list = len(people) > 2 and "," in name and bool(_AND_WORD.search(name))
    if is_list and all(_FIRST_NAME.fullmatch(word) and not _NO_PERSON.search(fold_words(word)) for word in people):
        return tuple(people)
    return ()


def _is_person(name: str) -> bool:
    """Return whether a name has a first and a last name, in capitals, and no word of a firm or an office."""
    words = name.split()
    if not 2 <= len(words) <= _MAX_PERSON_WORDS or not all(map(_PERSON_WORD.fullmatch, words)):
        return False
    # Arabic, Chinese and other scripts have no capitals.
    if any(word[0].islower() for word in (words[0], words[-1], *(set(words) - _PARTICLES))):
        return False
    return not _NO_PERSON.search(fold_words(name))


def _split_at_addresses(text: str) -> list[str]:
    """Return the people in a text with mail addresses."""
    people: list[str] = []
    pending: list[str] = []  # names that no address follows yet
    parts = _split_outside_brackets(text)
    is_single = sum(map(has_mail_address, parts)) == 1
    for part in parts:
        name = clean_name(part)
        if name and has_mail_address(part):
            # "Lox, Ada <ada@lox.example>" and "Ada Lox, Jr. <ada@lox.example>" are one person.
            if pending and (is_single or " " not in pending[-1] or " " not in name):
                name = ", ".join((*(pending if is_single else pending[-1:]), name))
                pending = [] if is_single else pending[:-1]
            people += [*pending, name]
            pending = []
        elif name:
            pending.append(name)
        elif pending:  # an address alone belongs to the name before it
            people.append(", ".join(pending))
            pending = []
    are_accounts = all(_ACCOUNT.match(name) for name in pending)
    return people + (pending if people or are_accounts else [", ".join(pending)])


def _split_outside_brackets(text: str) -> list[str]:
    """Return the parts of a text between separators that stand neither in brackets nor in quotation marks."""
    parts, start = [], 0
    for separator in _PEOPLE_SEPARATOR.finditer(text):
        part = text[start : separator.start()]
        if part.count("(") == part.count(")") and part.count('"') % 2 == 0:
            parts.append(part)
            start = separator.end()
    return [*parts, text[start:]]


def list_json_names(value: Any) -> Iterator[str]:
    """Yield the names in a JSON value: a text, an object with a name, or a list of these; others are skipped."""
    for author in value if isinstance(value, list) else [value]:
        name = author.get("name") if isinstance(author, dict) else author
        yield from (part for part in (name if isinstance(name, list) else [name]) if isinstance(part, str))


@lru_cache(maxsize=1024)  # the entries of a feed have few authors
def clean_name(text: str) -> str:
    """Return a name as plain text without mail and web addresses, and without "by"; empty for an address alone."""
    name = _read_plain_name(text)
    if has_mail_address(name):
        rest = _EMPTY_BRACKETS.sub("", _MAIL_ADDRESS.sub("", name) if not _SPELLED_ADDRESS.fullmatch(name) else "")
        name = _BLANK_BEFORE_COMMA.sub("", rest.replace("mailto:", "")).strip(' <>[],;:|/-–"')
    if len(name) <= _MAX_NAME_LENGTH:
        name = _BYLINE_WORD.sub("", _WEB_ADDRESS.sub("", name).strip(" ,;|") or name)
    return name[1:-1].strip() if _is_bracketed(name) else name


def _read_plain_name(text: str) -> str:
    name = plain_text.to_plain_text(text).replace("\uff20", "@")  # as Chinese and Japanese keyboards write it
    for _ in range(_MAX_MARKUP_ESCAPES):  # escaped twice or more
        if "&lt;" in name:
            name = plain_text.to_plain_text(html.unescape(name))
    return name


def _is_bracketed(name: str) -> bool:
    """Return whether the first and the last character of a name are brackets that belong together."""
    if not (name.startswith("(") and name.endswith(")")):
        return False
    depths = [*accumulate((character == "(") - (character == ")") for character in name)]
    return depths[-1] == 0 and 0 not in depths[:-1]

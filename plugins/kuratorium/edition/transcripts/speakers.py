"""Who a name before some words means: the people of a conversation, and what may be the name of somebody else."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping

from ...slugs import slugify

# What stands beside a name: "Ruth Feldkamp (guest)" in meetings, "[leise] Ruth Feldkamp" in captions for the deaf.
_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\*[^*]*\*)\s*")
_TITLE = re.compile(r"\A(?:(?:Frau|Herr|Dr\.|Prof\.|Mrs?\.?|Ms\.?)\s+)+")
_NAME_PARTICLES = {"de", "der", "den", "van", "von", "vom", "zu", "zur"}
# What programs call a voice that they do not know: [SPEAKER_00], Speaker 1.
_NUMBERED_VOICE = re.compile(r"\A\[?(?:speaker|sprecher(?:in)?)[ _-]?[0-9]+\]?\Z", re.I)
# A label that no sentence begins with: of a telephone, a device, a user, or with an office behind the name.
_DEVICE = re.compile(r"\+[0-9]{2}|(?:.*\s)?i[A-Z]|\S*_|\S+ \S+ / \S")
_BEHIND_NAME = re.compile(r"\s+[-–—]\s|\s*[;|]|\s+[(\[]?[0-9]{1,2}(?::[0-9]{2}){1,2}[)\]]?\Z")
_ROLE_WORDS = frozenset(
    {"anrufer", "anruferin", "besucher", "besucherin", "caller", "gast", "guest", "interviewer", "interviewerin"}
    | {"moderator", "moderatorin", "participant", "publikum", "speaker", "sprecher", "sprecherin", "teilnehmer"}
    | {"teilnehmerin", "unbekannt", "unknown", "zuhörer", "zuhörerin", "zuschauer", "zuschauerin"}
)
# These name a speaker with another word only: Raum 3.07.
_PLACE_WORDS = frozenset({"android", "galaxy", "handy", "laptop", "phone", "raum", "room", "saal", "tablet", "zoom"})
_QUESTION_WORDS = frozenset({"answer", "antwort", "frage", "question"})
# Whose words these are is described: "Frage aus dem Publikum", "Eine Zuhörerin aus der ersten Reihe", "Zwischenruf".
_DESCRIBED_VOICE = re.compile(
    r"(?:(?:noch )?eine? |(?:weitere|nächste|erste|zweite) |an? |another )*"
    r"(?:(?:(?:nach|zwischen|publikums)?frage|stimmen?|(?:zwischen|zu)rufe?|einwurf|wortmeldung|kommentar|antwort|mann"
    r"|jemand|frau|person|question|voices?|comment|answer|reply|man|woman|somebody|someone)"
    r" (?:aus|im|in|von|vom|einer|eines|from|by|of) (?:\w+ ){0,3}"
    r"(?:publikums?|off|saal|plenum|chat|reihe|auditorium|audience|crowd|floor|zuhörer\w*|zuschauer\w*|teilnehmer\w*"
    r"|listener|participant|spectator|viewer)"
    r"|(?:zuhörer|zuschauer|anrufer|teilnehmer|besucher)(?:in)?(?: (?:aus|im|in|von|vom) (?:\w+ ){0,3}\w+)?"
    r"|(?:listener|caller|participant|spectator|viewer)(?: (?:from|in|on) (?:\w+ ){0,3}\w+)?"
    r"|publikumsfrage|zwischenfrage|zwischenrufe?|zwischenrufer(?:in)?|zurufe?|wortmeldung|heckler"
    r"|(?:die )?redaktion)",
    re.I,
)
_VOICE_OF_NAMED = re.compile(
    r"(?:antwort|(?:nach|rück)?frage|answer|reply|question) (?:von|by|from|of) (?P<name>.+)", re.I
)
_MAX_LABEL_WORDS = 5
_MAX_WORDS_OF_NAME = 3
_SENTENCE_END = re.compile(r"[.!?…][\"'“”»«‘’)\]]*\Z")
_SIMILARITY_OF_MISSPELT = 0.85
# How words end that are no names though they have a capital: "Digitale Souveränität", "Open Source", "Agiles Arbeiten".
_ENDING_OF_TERM = re.compile(
    r"(?:ung|heit|keit|schaft|tät|[st]ion|ismus|ment|tum|nis|arbeit|arbeiten|daten|recht|code|source|data|cloud|ware"
    r"|technik|politik|dienst|system|punkt|schritt|frage|thema|problem|ziel|beispiel|fall|teil|grund|idee|ebene|phase"
    r"|jahr|tag|woche|wort|management|governance|security)(?:en|e|s)?\Z",
    re.I,
)
# Words that begin a sentence or lead up to what follows the colon, in German and English.
_PROSE_WORDS = frozenset(
    {"aber", "achtung", "also", "beispiel", "beispielsweise", "das", "denn", "der", "die", "dies", "drittens", "ein"}
    | {"eine", "einfach", "er", "erstens", "es", "fazit", "genau", "genauer", "heißt", "ich", "ihr", "im", "in", "ja"}
    | {"klar", "konkret", "kurz", "kurzum", "man", "mein", "meine", "mit", "nein", "nochmal", "nun", "nur", "problem"}
    | {"sie", "so", "sprich", "stichwort", "übrigens", "um", "und", "unser", "unsere", "viertens", "wichtig", "wie"}
    | {"wir", "zitat", "zum", "zur", "zweitens", "and", "but", "first", "for", "however", "i", "it", "my", "no", "now"}
    | {"okay", "or", "our", "second", "the", "they", "third", "this", "that", "we", "well", "yes", "you", "ok", "oder"}
    | {"anders", "auch", "besser", "da", "dann", "dazu", "dritte", "dritter", "drittes", "du", "ergebnis"}
    | {"erste", "erster", "erstes", "fragt", "fragte", "für", "ganz", "gesagt", "große", "gute", "hier"}
    | {"immer", "jetzt", "kleine", "letzte", "letzter", "letztes", "mal", "meint", "meinte", "nicht", "noch", "nächste"}
    | {"nächster", "nächstes", "offene", "sagen", "sagt", "sagte", "sagten", "von", "was", "wichtige", "wichtiger"}
    | {"beste", "bester", "bestes", "eigene", "einzige", "großer", "großes", "guter", "gutes", "kleiner", "kleines"}
    | {"konkrete", "kurze", "kurzer", "kurzes", "mögliche", "neue", "neuer", "neues", "weitere", "weiterer", "weiteres"}
    | {"wichtigste", "wichtigster", "wichtigstes"}
    | {"worden", "wurde", "zwei", "zweite", "zweiter", "zweites", "said", "says"}
)


def index_names(people: Mapping[str, str]) -> dict[str, str]:
    """Return ids by the keys of all that people are called: id, name, "Last, First", and a name that only one has."""
    words = {person_id: name.split() for person_id, name in people.items()}
    counts = Counter(_build_key(word) for parts in words.values() for word in {*parts[:1], *parts[-1:]})
    ids: dict[str, str] = {}
    for person_id, parts in words.items():
        ids |= {_build_key(part): person_id for part in (*parts[:1], *parts[-1:]) if counts[_build_key(part)] == 1}
    for person_id, parts in words.items():
        ids[_build_key(" ".join([*parts[-1:], *parts[:-1]]))] = person_id
    ids |= {_build_key(name): person_id for person_id, name in people.items()}
    return ids | {person_id: person_id for person_id in people}


def find_id(name: str, ids: Mapping[str, str]) -> str:
    """Return the id of a person by a name, also with a remark or a title; empty if it is nobody's.

    `ids`: as index_names returns them. A title needs a whole name: "Frau Feldkamp: wie ist das?" may be an address.
    """
    if person_id := ids.get(_build_key(name)):
        return person_id
    plain = _REMARK.sub(" ", name).strip()
    whole = _TITLE.sub("", plain)
    return ids.get(_build_key(plain)) or (ids.get(_build_key(whole)) if " " in whole else None) or ""


def find_name_at_beginning(text: str, ids: Mapping[str, str]) -> str:
    """Return the whole name of a person if a text has nothing else, or a dash behind it; empty if it has not."""
    name = _BEHIND_NAME.split(text, maxsplit=1)[0]
    return name if " " in name and _build_key(name) in ids else ""


def is_whole_name(name: str, ids: Mapping[str, str]) -> bool:
    """Return whether a name that is somebody's is not only the first or last one."""
    return " " in name or name.removeprefix("@") in ids.values()


def _build_key(name: str) -> str:
    """Return what names have in common that differ by case and marks; names in other scripts have no slug."""
    return slugify(name) or " ".join(name.casefold().split())


def is_numbered_voice(text: str) -> bool:
    """Return whether a program calls a voice so that it does not know."""
    return bool(_NUMBERED_VOICE.match(text))


def begins_as_prose(text: str) -> bool:
    """Return whether a text begins with a word that is no name."""
    return text.split(maxsplit=1)[0].casefold() in _PROSE_WORDS | _QUESTION_WORDS


def looks_like_speaker(text: str) -> bool:
    """Return whether a text before a colon can only be the label of a speaker."""
    words = text.split()
    if len(words) > _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS:
        return False
    roles = _ROLE_WORDS | _PLACE_WORDS if len(words) > 1 else _ROLE_WORDS
    has_role = text[0].isupper() and any(word.strip("()[]").casefold() in roles for word in words)
    return has_role or _looks_like_name(text) or bool(_NUMBERED_VOICE.match(text) or _DEVICE.match(text))


def _looks_like_name(text: str) -> bool:
    """Return whether a text is probably the name of a speaker."""
    words = _REMARK.sub(" ", text).split()
    if not 2 <= len(words) <= _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS | _QUESTION_WORDS:
        return False
    if words[1] == "der" or words[-1].casefold() in _QUESTION_WORDS:  # "Stand der Dinge", "Letzte Frage"
        return False
    return all(word[0].isupper() or word in _NAME_PARTICLES for word in words)


def looks_like_person(text: str) -> bool:
    """Return whether a text within prose is probably a name, or the role of a speaker, and no term before a colon."""
    words = _REMARK.sub(" ", text).split()
    if len(words) < 2:
        return bool(words) and words[0][0].isupper() and words[0].casefold() in _ROLE_WORDS
    are_capitals = {word.isupper() for word in words if not word.endswith(".")}  # "KI Modelle" are two of a kind
    return _looks_like_name(text) and len(are_capitals) == 1 and not any(map(_ENDING_OF_TERM.search, words))


def read_description(label: str) -> str:
    """Return who is described by words before a colon, or their name; empty if these are other words."""
    text = " ".join(_REMARK.sub(" ", label).split())
    named = _VOICE_OF_NAMED.fullmatch(text)
    if named and _looks_like_name(named["name"]):
        return named["name"]
    return text if text[:1].isupper() and _DESCRIBED_VOICE.fullmatch(text) else ""


def is_lower_case_name(text: str) -> bool:
    """Return whether a text may be a name that is written in lower case."""
    words = text.replace("-", "x").split()
    return all(len(word) > 1 and word.isalpha() and word.islower() and word not in _PROSE_WORDS for word in words)


def is_misspelt(label: str, ids: Mapping[str, str]) -> bool:
    """Return whether a label is nearly a name of the conversation."""
    return len(label.split()) <= _MAX_LABEL_WORDS and bool(
        difflib.get_close_matches(_build_key(label), ids, n=1, cutoff=_SIMILARITY_OF_MISSPELT)
    )


def is_prose(label: str, *, is_beginning: bool) -> bool:
    """Return whether words before a colon are certainly no label; `is_beginning`: no sentence goes on in them."""
    words = label.split()
    if words[0].casefold() in _PROSE_WORDS or words[-1].casefold() in _QUESTION_WORDS:
        return True
    if len(words) > _MAX_LABEL_WORDS or not words[-1][0].isalnum():
        return True
    if label[0].isupper():
        is_short = len(words) <= _MAX_WORDS_OF_NAME
        return not (is_short or words[-1][0].isupper() or words[-1][0].isdigit() or _DEVICE.match(label))
    is_name = len(words) <= _MAX_WORDS_OF_NAME and is_lower_case_name(label)
    return not (_DEVICE.match(label) or (is_name and (is_beginning or len(words) > 1)))


def ends_sentence(text: str) -> bool:
    """Return whether nothing goes on behind a text: it is empty, or the end of a sentence."""
    return not text or bool(_SENTENCE_END.search(text))

"""Everything that may happen to an edition between two builds. STEPS is the table: a name, what happens.

A step is told by two numbers: which of the things there are, and which of the values it may take; it changes the ground
and returns what it did, in words. Some values are mistakes on purpose: the build after them has to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kuratorium.edition.formats import FORMATS
from tests.editions import work

from .ground import DUE, END, OLD, START, Ground

T = TypeVar("T")
Happens = Callable[[Ground, int, int], str]

_BODIES = (
    "Lesenswert, weil hier jemand nachgerechnet hat.",
    "Lesenswert, weil hier jemand nachgerechnet hat.\n\nUnd ein Nachsatz.",
    "Ein anderer Anfang. Lesenswert, weil hier jemand nachgerechnet hat.",
    "Siehe [das Gespräch]({filename}/interviews/im-gespraech.md) und [den Abend]({filename}/talks/ein-abend.md).",
    "Ein Bild: ![Plan]({static}/images/plan.png), ein Ton: [hören]({static}/media/ton.mp3).",
    "Zwei Fußnoten[^1].\n\n[^1]: Eine davon.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "Wie |filename|/pages/impressum.md sagt, [hier]({filename}/pages/impressum.md#rechte).",
    "Eigenes.\n\n> Fremdes.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/zweite)",
    "Ein Film:\n\n[[vimeo:123456789]]\n\nUnd mehr.",
    "> Nur fremde Worte.\n> — [X](https://x.example/)",
    "Ein [Weg]({filename}/pages/gibt-es-nicht.md) ins Leere.",
    "@eva-falk (01:00): Das sage ich.\n\n@anna-berg: Und ich das.",
    "Angehängt: [Plan]({attach}/images/plan.png).",
    "Anmerkung: {{ kein_muster }} und {% auch keins %}, dazu <script>alert(1)</script>.",
)
_DATES = (
    *("2026-10-13T08:00:00+02:00", "2026-09-15T00:00:00+02:00", "2024-02-29T12:00:00+01:00"),
    *("2026-01-01T00:30:00+01:00", DUE, "2026-10-01T06:00:00+00:00", "0226-01-01T00:00:00+01:00"),
)
_FIELDS: tuple[dict[str, Any], ...] = (
    {"summary": "Eine Zusammenfassung."},
    {"summary": None, "why_now": "Weil heute abgestimmt wird."},
    {"strength": 3},
    {"strength": 1},
    {"lang": "en"},
    {"lang": "he", "title": "קוד פתוח"},
    {"modified": "2026-10-13T21:00:00+02:00"},
    {"corrections": [{"date": "2026-10-10", "text": "Die Zahl war falsch."}]},
    {"disclosure": {"kind": "employer", "text": "Arbeitet dort."}},
    {"via": {"name": "Eine Leserin", "url": "https://gruss.example/"}},
    {"syndication": ["https://social.example/@amt/1"]},
    {"image": {"file": "images/plan.png", "alt": "Der Plan", "credit": "Anna Berg"}},
    {
        "media": {
            "audio": {"file": "media/ton.mp3", "bytes": 7, "duration": "12:00"},
            "chapters": [{"start": "0:10", "title": "Los"}],
        }
    },
    {"series": {"id": "abende", "position": 2}},
    {"bookmark_of": [work("https://amtsblog.example/neu", title="Ein anderes Werk", paywall=True)]},
    {"bookmark_of": [work("https://amtsblog.example/zweite", lang="en", minutes=12)]},
    {"bookmark_of": []},
    {"guests": ["eva-falk", {"name": "Ohne Eintrag", "role": "Gast"}]},
    {"lookback_of": OLD, "changed_since": ["Das Recht.", "Der Preis."]},
    {"period": {"from": "2026-10-01", "to": "2026-10-14"}},
    {"unbekannt": "ein Feld, das es nicht gibt"},
)
_ALIASES = (["alt/weg.html"], ["frueher", "/noch/frueher/"], [], ["index.html"], ["notizen/erste-notiz.html"])
_EVENTS: tuple[dict[str, Any], ...] = (
    {"start": START, "end": END},
    {"start": START},
    {"start": "2026-10-14T08:00:00+02:00", "end": "2026-10-14T09:30:00+02:00", "mode": "onsite", "place": "Halle 4"},
    {"start": START, "end": END, "status": "cancelled"},
    {"start": END, "end": START},
)
_SLUGS = ("neuer-platz", "erste-notiz", "zweite", None, "anderer-platz", "Kein Slug")


def pick(things: Sequence[T], number: int) -> T:
    """One of the things there are."""
    return things[number % len(things)]


def body(ground: Ground, which: int, what: int) -> str:
    """A post or page gets another text."""
    file = pick([*ground.posts, *ground.pages], which)
    front, _ = ground.read(file)
    ground.write(file, front, pick(_BODIES, what))
    return f"the body of {file} becomes {pick(_BODIES, what)!r}"


def letter(ground: Ground, which: int, what: int) -> str:
    """One letter of a text changes: as many bytes as before, and right after the last build."""
    file = pick([*ground.posts, *ground.pages], which)
    data = ground.files[file]
    at = max(data.rfind(b"e"), data.rfind(b"a"))
    ground.put(file, data[:at] + b"ea"[what % 2 :][:1] + data[at + 1 :])
    return f"the last e or a of {file} becomes {'ea'[what % 2]}"


def field(values: Sequence[Any], name: str) -> Happens:
    """A post gets another value in one field."""

    def happens(ground: Ground, which: int, what: int) -> str:
        file = pick(ground.posts, which)
        ground.amend(file, **{name: pick(values, what)})
        return f"{name} of {file} becomes {pick(values, what)!r}"

    return happens


def fields(ground: Ground, which: int, what: int) -> str:
    """A post gets one of the rarer fields."""
    file = pick(ground.posts, which)
    ground.amend(file, **pick(_FIELDS, what))
    return f"{file} gets {pick(_FIELDS, what)}"


def translation(ground: Ground, which: int, what: int) -> str:
    """A post says what another one says, in another language; which may be itself, or a translation."""
    file, other = pick(ground.posts, which), pick(ground.posts, what)
    front = {"translation_of": ground.read(other)[0].get("uid", ""), "lang": pick(("en", "de", "fr"), which)}
    ground.amend(file, **front)
    return f"{file} gets {front}, the uid of {other}"


def event(ground: Ground, _: int, what: int) -> str:
    """The talk is moved, or called off."""
    talks = ground.texts("content/talks/")
    if not talks:
        return "there is no talk to move"
    ground.amend(talks[0], event=pick(_EVENTS, what))
    return f"event of {talks[0]} becomes {pick(_EVENTS, what)}"


def release(ground: Ground, _: int, what: int) -> str:
    """An interview's partner takes the text back, or releases it."""
    found = ground.texts("content/interviews/")
    if not found:
        return "there is no interview to release"
    ground.amend(found[0], release=pick(("open", "given"), what))
    return f"release of {found[0]} becomes {pick(('open', 'given'), what)}"


def add(ground: Ground, which: int, what: int) -> str:
    """A new post is written."""
    number = len(ground.posts)
    format = pick(FORMATS, which)
    front: dict[str, Any] = {
        "uid": f"neu-{which:03}-{number:03}",
        "title": f"Neu {number}",
        "date": pick(_DATES[:5], what),
        "authors": ["carl-dorn"],
        "topics": pick((["open-source"], ["transformation"], []), what),
        "tags": ["Neu", "Open Data"],
    }
    front |= {
        "note": {"bookmark_of": [work(f"https://amtsblog.example/neu-{number}")]},
        "interview": {"hosts": ["carl-dorn"], "guests": ["eva-falk"], "release": "given"},
        "talk": {"hosts": ["anna-berg"], "event": {"start": DUE, "end": END}},
    }.get(format.id, {})
    file = f"{format.folder}/2026/neu-{number}.md"
    ground.write(file, front, f"Neues Nummer {number}.")
    return f"{file} is written, dated {front['date']}"


def copy(ground: Ground, which: int, _: int) -> str:
    """A post's file is copied: its uid is there twice."""
    file = pick(ground.posts, which)
    ground.put(file.replace(".md", "-kopie.md"), ground.files[file])
    return f"{file} is copied beside itself"


def delete(ground: Ground, which: int, _: int) -> str:
    """A post is deleted."""
    if len(ground.posts) == 1:
        return "the last post is left alone"
    file = pick(ground.posts, which)
    ground.remove(file)
    return f"{file} is deleted"


def rename(ground: Ground, which: int, what: int) -> str:
    """A post's or page's file gets another name, and its address with it where no slug is written."""
    file = pick([*ground.posts, *ground.pages], which)
    new = f"{file.rsplit('/', 1)[0]}/{pick(('umbenannt', 'zuletzt', 'a-zuerst', 'unter/tief', 'Kein Slug'), what)}.md"
    return _move(ground, file, new)


def reformat(ground: Ground, which: int, what: int) -> str:
    """A post moves to the folder of another format."""
    file = pick(ground.posts, which)
    format = pick(FORMATS, what)
    return _move(ground, file, f"{format.folder}/{file.rsplit('/', 1)[1]}")


def swap(ground: Ground, which: int, what: int) -> str:
    """Two posts change names with each other."""
    one, other = pick(ground.posts, which), pick(ground.posts, what)
    ground.files[one], ground.files[other] = ground.files[other], ground.files[one]
    for file in (one, other):
        ground.put(file, ground.files[file])
    return f"{one} and {other} change names"


def _move(ground: Ground, file: str, new: str) -> str:
    if new in ground.files:
        return f"{file} stays, for {new} is there already"
    (ground.root / new).parent.mkdir(parents=True, exist_ok=True)
    (ground.root / file).rename(ground.root / new)  # its time stays, and its inode
    ground.files[new] = ground.files.pop(file)
    return f"{file} moves to {new}"


def page(ground: Ground, which: int, what: int) -> str:
    """A standing page is written, changed or deleted."""
    file = pick([*ground.pages, "content/pages/datenschutz.md"], which)
    if file not in ground.files:
        ground.write(file, {"title": "Datenschutz", "order": what - 3}, "Wir speichern nichts.")
        return f"{file} is written"
    changes = (
        {"title": "Anders"},
        {"status": "hidden"},
        {"status": "draft"},
        {"order": 9},
        {"slug": "menschen"},
        {"lang": "en"},
    )
    if what % 7 == 6:
        ground.remove(file)
        return f"{file} is deleted"
    ground.amend(file, **changes[what % 7])
    return f"{file} gets {changes[what % 7]}"


STEPS: dict[str, Happens] = {
    "body": body,
    "letter": letter,
    "title": field(("Ein neuer Titel", "Zwei & drei <b>", "«Gänse»", "Ein neuer Titel "), "title"),
    "date": field(_DATES, "date"),
    "topic": field(
        (["open-source"], ["transformation"], ["open-source", "transformation"], [], ["gibt-es-nicht"]), "topics"
    ),
    "tag": field((["Open Data"], ["open data", "C++"], [], ["C#", "日本"], ["Führung", "Neu"]), "tags"),
    "author": field(
        (["anna-berg"], ["carl-dorn"], ["carl-dorn", "anna-berg"], ["eva-falk"], ["niemand"], []), "authors"
    ),
    "slug": field(_SLUGS, "slug"),
    "status": field(("published", "draft", "hidden"), "status"),
    "alias": field(_ALIASES, "aliases"),
    "fields": fields,
    "translation": translation,
    "event": event,
    "release": release,
    "add": add,
    "copy": copy,
    "delete": delete,
    "rename": rename,
    "format": reformat,
    "swap": swap,
    "page": page,
}

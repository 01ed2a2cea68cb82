"""Steps of an editor between two builds, by name in the table STEPS.

A step takes two numbers: `item` chooses what changes, `variant` what it becomes, both modulo the number of choices. It
changes the workspace and returns in words what it did. Some variants are mistakes on purpose: the next build must fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kuratorium.edition.formats import FORMATS
from tests.editions import work

from .workspace import DUE, END, OLD, START, Workspace

T = TypeVar("T")
Step = Callable[[Workspace, int, int], str]
"""Workspace, item, variant -> what it did, in words."""

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
            "audio": {"file": "media/ton.mp3", "duration": "1:00:00"},
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


def pick(items: Sequence[T], number: int) -> T:
    """Return the item with this number, counted round and round."""
    return items[number % len(items)]


def body(workspace: Workspace, item: int, variant: int) -> str:
    """Give a post or page another text."""
    file = pick([*workspace.posts, *workspace.pages], item)
    front, _ = workspace.read_post(file)
    workspace.write_post(file, front, pick(_BODIES, variant))
    return f"the body of {file} becomes {pick(_BODIES, variant)!r}"


def letter(workspace: Workspace, item: int, variant: int) -> str:
    """Change one letter of a text: as many bytes as before, and right after the last build."""
    file = pick([*workspace.posts, *workspace.pages], item)
    data = workspace.files[file]
    at = max(data.rfind(b"e"), data.rfind(b"a"))
    workspace.put(file, data[:at] + b"ea"[variant % 2 :][:1] + data[at + 1 :])
    return f"the last e or a of {file} becomes {'ea'[variant % 2]}"


def field(values: Sequence[Any], name: str) -> Step:
    """Return a step that gives a post another value in one field."""

    def change_field(workspace: Workspace, item: int, variant: int) -> str:
        file = pick(workspace.posts, item)
        workspace.update_post(file, **{name: pick(values, variant)})
        return f"{name} of {file} becomes {pick(values, variant)!r}"

    return change_field


def fields(workspace: Workspace, item: int, variant: int) -> str:
    """Give a post one of the rarer fields."""
    file = pick(workspace.posts, item)
    workspace.update_post(file, **pick(_FIELDS, variant))
    return f"{file} gets {pick(_FIELDS, variant)}"


def translation(workspace: Workspace, item: int, variant: int) -> str:
    """Make a post the translation of another one, which may be itself, or a translation."""
    file, other = pick(workspace.posts, item), pick(workspace.posts, variant)
    front = {"translation_of": workspace.read_post(other)[0].get("uid", ""), "lang": pick(("en", "de", "fr"), item)}
    workspace.update_post(file, **front)
    return f"{file} gets {front}, the uid of {other}"


def event(workspace: Workspace, _: int, variant: int) -> str:
    """Move the talk, or call it off."""
    talks = workspace.markdown_below("content/talks/")
    if not talks:
        return "there is no talk to move"
    workspace.update_post(talks[0], event=pick(_EVENTS, variant))
    return f"event of {talks[0]} becomes {pick(_EVENTS, variant)}"


def release(workspace: Workspace, _: int, variant: int) -> str:
    """Release an interview, or take its release back."""
    interviews = workspace.markdown_below("content/interviews/")
    if not interviews:
        return "there is no interview to release"
    workspace.update_post(interviews[0], release=pick(("open", "given"), variant))
    return f"release of {interviews[0]} becomes {pick(('open', 'given'), variant)}"


def withdraw(workspace: Workspace, item: int, variant: int) -> str:
    """Withdraw a post, or publish it again; sometimes the reason is missing."""
    file = pick(workspace.posts, item)
    states: tuple[dict[str, Any], ...] = (
        {"status": "withdrawn", "withdrawn": {"date": "2026-10-14", "reason": "Die Zahlen waren falsch."}},
        {"status": "withdrawn", "withdrawn": {"date": "2026-10-14", "reason": "Auf Wunsch."}, "aliases": ["weg.html"]},
        {"status": "published", "withdrawn": None},
        {"status": "withdrawn", "withdrawn": None},
    )
    workspace.update_post(file, **pick(states, variant))
    return f"{file} gets {pick(states, variant)}"


def add(workspace: Workspace, item: int, variant: int) -> str:
    """Write a new post."""
    number = len(workspace.posts)
    format = pick(FORMATS, item)
    front: dict[str, Any] = {
        "uid": f"neu-{item:03}-{number:03}",
        "title": f"Neu {number}",
        "date": pick(_DATES[:5], variant),
        "authors": ["carl-dorn"],
        "topics": pick((["open-source"], ["transformation"], []), variant),
        "tags": ["Neu", "Open Data"],
    }
    front |= {
        "note": {"bookmark_of": [work(f"https://amtsblog.example/neu-{number}")]},
        "interview": {"hosts": ["carl-dorn"], "guests": ["eva-falk"], "release": "given"},
        "talk": {"hosts": ["anna-berg"], "event": {"start": DUE, "end": END}},
    }.get(format.id, {})
    file = f"{format.folder}/2026/neu-{number}.md"
    workspace.write_post(file, front, f"Neues Nummer {number}.")
    return f"{file} is written, dated {front['date']}"


def note(workspace: Workspace, item: int, variant: int) -> str:
    """Write a new note of today or of a month that has posts; what it names, other posts name, too."""
    number = len(workspace.posts)
    front: dict[str, Any] = {
        "uid": f"notiz-{item:03}-{number:03}",
        "title": f"Notiz {number}",
        "date": pick(("2026-10-12T08:00:00+02:00", "2026-10-01T08:00:00+02:00", "2026-09-30T07:00:00+02:00"), variant),
        "authors": pick((["carl-dorn"], ["anna-berg"], ["carl-dorn", "anna-berg"]), item),
        "topics": pick((["open-source"], ["transformation"], ["transformation", "open-source"], []), variant),
        "tags": pick((["C++"], [], ["Führung"], ["Ganz neu"]), item),
        "bookmark_of": [
            work(f"https://amtsblog.example/{pick((f'note-{number}', 'zweite', 'wartet'), item)}", source="amtsblog")
            | pick(({}, {"authors": ["Eva Falk", "Gerd Hahn"]}), variant)
        ],
        "status": pick((None, None, None, "draft"), item + variant),
    }
    links = (
        "Siehe [die zweite]({filename}zweite.md).\n\n> Wörtlich.\n> — Eva Falk: [Das Werk](https://amtsblog.example/x)"
    )
    file = f"curation/notes/2026/notiz-{number}.md"
    workspace.write_post(file, front, pick((f"Neues Nummer {number}.", links), item + variant // 2))
    return f"{file} is written: {front}"


def publish(workspace: Workspace, item: int, variant: int) -> str:
    """Publish a draft, with the date that it has or another one; without a draft, write one."""
    drafts = [file for file in workspace.posts if workspace.read_post(file)[0].get("status") == "draft"]
    if not drafts:
        file = pick(workspace.posts, item)
        workspace.update_post(file, status="draft")
        return f"{file} becomes a draft"
    file = pick(drafts, item)
    body = workspace.read_post(file)[1] or "Nun mit Worten."
    date = pick(_DATES[:4], variant // 2) if variant % 2 else workspace.read_post(file)[0]["date"]
    workspace.write_post(file, workspace.read_post(file)[0] | {"status": None, "date": date}, body)
    return f"{file} is published, dated {date}"


def copy(workspace: Workspace, item: int, _: int) -> str:
    """Copy a post's file, so that its uid exists twice."""
    file = pick(workspace.posts, item)
    workspace.put(file.replace(".md", "-kopie.md"), workspace.files[file])
    return f"{file} is copied beside itself"


def delete(workspace: Workspace, item: int, _: int) -> str:
    """Delete a post."""
    if len(workspace.posts) == 1:
        return "the last post is left alone"
    file = pick(workspace.posts, item)
    workspace.remove(file)
    return f"{file} is deleted"


def rename(workspace: Workspace, item: int, variant: int) -> str:
    """Rename the file of a post or page; without a slug its address changes, too."""
    file = pick([*workspace.posts, *workspace.pages], item)
    new = (
        f"{file.rsplit('/', 1)[0]}/{pick(('umbenannt', 'zuletzt', 'a-zuerst', 'unter/tief', 'Kein Slug'), variant)}.md"
    )
    return _move(workspace, file, new)


def reformat(workspace: Workspace, item: int, variant: int) -> str:
    """Move a post to the folder of another format."""
    file = pick(workspace.posts, item)
    format = pick(FORMATS, variant)
    return _move(workspace, file, f"{format.folder}/{file.rsplit('/', 1)[1]}")


def swap(workspace: Workspace, item: int, variant: int) -> str:
    """Let two posts exchange their file names."""
    file, other = pick(workspace.posts, item), pick(workspace.posts, variant)
    workspace.files[file], workspace.files[other] = workspace.files[other], workspace.files[file]
    for name in (file, other):
        workspace.put(name, workspace.files[name])
    return f"{file} and {other} change names"


def _move(workspace: Workspace, file: str, new: str) -> str:
    if new in workspace.files:
        return f"{file} stays, because there is {new} already"
    (workspace.root / new).parent.mkdir(parents=True, exist_ok=True)
    (workspace.root / file).rename(workspace.root / new)  # its time stays, and its inode
    workspace.files[new] = workspace.files.pop(file)
    return f"{file} moves to {new}"


def page(workspace: Workspace, item: int, variant: int) -> str:
    """Write, change or delete a standalone page."""
    file = pick([*workspace.pages, "content/pages/datenschutz.md"], item)
    if file not in workspace.files:
        workspace.write_post(file, {"title": "Datenschutz", "order": variant - 3}, "Wir speichern nichts.")
        return f"{file} is written"
    changes = (
        {"title": "Anders"},
        {"status": "hidden"},
        {"status": "draft"},
        {"order": 9},
        {"slug": "menschen"},
        {"lang": "en"},
    )
    if variant % 7 == 6:
        workspace.remove(file)
        return f"{file} is deleted"
    workspace.update_post(file, **changes[variant % 7])
    return f"{file} gets {changes[variant % 7]}"


STEPS: dict[str, Step] = {
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
    "withdraw": withdraw,
    "add": add,
    "note": note,
    "publish": publish,
    "copy": copy,
    "delete": delete,
    "rename": rename,
    "format": reformat,
    "swap": swap,
    "page": page,
}

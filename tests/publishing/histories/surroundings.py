"""Steps around the posts: registry, inbox, theme, settings and clock change between two builds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.editions import NOW, PODCAST, work
from tests.sounds import sound

from .steps import Step, pick
from .workspace import CAPTIONS, DUE, END, START, Workspace, replace_setting

_PEOPLE: tuple[dict[str, Any], ...] = (
    {"name": "Anna Berg-Ahrens"},
    {"role": "Leitung"},
    {"bio": "Schreibt seit Langem."},
    {"member": False},
    {"links": {"site": "https://person.example/"}},
    {"email": "person@tiny.example"},
    {"image": {"file": "images/plan.png", "alt": "Ein Mensch", "credit": "Anna Berg"}},
    {"name": ""},
)
_TOPICS: tuple[dict[str, Any], ...] = (
    {"name": "Umbau"},
    {"question": "Wem nützt es?"},
    {"intro": "Worum es hier geht."},
    {"order": 5},
    {"curators": ["anna-berg", "carl-dorn"]},
    {"keywords": ["anders"]},
    {"pinned": ["u000000000000001", "u000000000000002"]},
    {"pinned": ["u000000000000099"]},
    {"curators": ["niemand"]},
)
_SERIES: tuple[dict[str, Any], ...] = (
    {"name": "Lange Abende"},
    {"intro": ""},
    {"intro": "- eins\n- zwei"},
    {"id": "anders"},
)
_SOURCES: tuple[dict[str, Any], ...] = (
    {"name": "Das Amtsblog"},
    {"feed": "https://amtsblog.example/feed"},
    {"site": "https://www.amtsblog.example/"},
    {"lang": "en"},
    {"rights": {"opt_out": True}},
    {"people": ["eva-falk"]},
    {"id": "anders"},
)
_POLICIES: tuple[dict[str, Any], ...] = (
    {"imprint": {"responsible": "Carl Dorn", "email": "post@tiny.example"}},
    {"as_of": DUE},
    {"as_of": END},
    {"as_of": NOW},
    {"quote_budget": 50},
    {"sponsors": []},
    {"corrections": "top"},
    {"embeds": ["vimeo"]},
    {"embeds": ["mastodon"]},
    {"fresh": {"show": False}},
    {"fresh": {"without": ["amtsblog"]}},
    {"sponsors": [{"name": "Nordau", "domains": ["nordau.example"], "from": "2026-01-01"}]},
    {"imprint": {"responsible": "Anna Berg", "address": ["Am Gleis 1", "12345 Nordau"], "phone": "030 1"}},
    {"podcast": PODCAST | {"explicit": True}},
    {"podcast": None},
    {"podcast": {"category": "Arts"}},
    {"podcast": PODCAST | {"image": {"file": "images/plan.png", "alt": "Plan", "credit": "Anna Berg"}}},
    {"imprint": {}},
)
_MOMENTS = (
    *(None, NOW, "2026-10-20T07:59:59+02:00", DUE, "2026-11-05T16:59:59+01:00", START, "2026-11-05T18:29:59+01:00"),
    *(END, "2026-11-05T18:30:01+01:00", "2027-06-01T00:00:00+02:00", "2026-09-30T09:00:00+02:00"),
)
_SETTINGS = (
    *(("SITENAME", "Stellwerk"), ("SITESUBTITLE", ""), ("SITEURL", "https://stellwerk.example/unter")),
    *(("DEFAULT_LANG", "en"), ("DEFAULT_LANG", "fr"), ("TIMEZONE", "America/New_York"), ("STATIC_PATHS", ["images"])),
    *(("OUTPUT_RETENTION", [".git", "stays.txt"]), ("SITENAME", "Weichenwerk"), ("DEFAULT_LANG", "de")),
    *(("EXTRA_PATH_METADATA", {"images/plan.png": {"path": "favicon.png"}}), ("STATIC_EXCLUDES", ["media"])),
    *(
        ("THEME_TEMPLATES_OVERRIDES", ["curation/templates"]),
        ("THEME_STATIC_DIR", "stil"),
        ("SLUGIFY_SOURCE", "basename"),
    ),
    *(("TIMEZONE", "Nirgends/Nie"), ("THEME", "gibt-es-nicht")),
)
_MARKS = (
    "\n<!-- eins -->\n",
    "\n<!-- zwei -->\n",
    "\n{# nur eine Bemerkung #}\n",
    "\n{{ gibt_es_nicht }}\n",
    "\n{% if %}\n",
)


def change_entry(name: str, changes: tuple[dict[str, Any], ...]) -> Step:
    """Return a step that changes, adds or deletes one of the people, topics, sources or series, or their order."""

    def change(workspace: Workspace, item: int, variant: int) -> str:
        entries = workspace.read_registry(name)
        if not entries:
            return f"there are no {name} any more"
        place = item % len(entries)
        kind = variant % (len(changes) + 3)
        if kind < len(changes):
            entries[place] |= changes[kind]
            message = f"{entries[place]['id']} of {name} gets {changes[kind]}"
        elif kind == len(changes):
            entries.append({**entries[place], "id": f"neu-{len(entries)}", "name": f"Neu {len(entries)}"})
            message = f"{name} get one more, neu-{len(entries) - 1}"
        elif kind == len(changes) + 1:
            entries.reverse()
            message = f"{name} are listed the other way round"
        else:
            message = f"{entries.pop(place)['id']} leaves {name}"
        workspace.write_registry(name, entries)
        return message

    return change


def inbox(workspace: Workspace, item: int, variant: int) -> str:
    """Add an inbox item as a pull does, dismiss one, begin to write in one, or break one."""
    files = workspace.markdown_below("curation/inbox/")
    kind = variant % 6
    if kind < 2 or not files:
        file = f"curation/inbox/neu-{item}.md"
        recommended = work(
            f"https://amtsblog.example/{pick(('frisch', 'zweite', 'third'), variant)}", title=f"Frisch {item}"
        )
        front = {"uid": f"wartet-{item:03}-{variant:03}", "title": "Frisch", "date": NOW, "bookmark_of": [recommended]}
        workspace.write_post(file, front | {"topics": [pick(("transformation", "open-source"), variant)]}, "")
        return f"{file} is pulled"
    file = pick(files, item)
    if kind == 2:
        workspace.remove(file)
        return f"{file} is dismissed"
    if kind == 3:
        workspace.put(file, "---\nkaputt: [\n---\n")
        return f"{file} breaks"
    workspace.put(file, workspace.files[file] + b"Ein Anfang.\n")
    return f"an editor begins to write in {file}"


def policy(workspace: Workspace, _: int, variant: int) -> str:
    """Change a rule of the policy."""
    workspace.write_registry("policy", workspace.read_registry("policy") | pick(_POLICIES, variant))
    return f"policy gets {pick(_POLICIES, variant)}"


def template(workspace: Workspace, item: int, variant: int) -> str:
    """Change a template, break it, or add one that others include only if it exists."""
    files = workspace.files_below("theme/templates/")
    file = pick(files, item * 5 + variant)
    if variant % 6 == 5:
        new = "theme/templates/partials/cards/essay.html"
        workspace.put(
            new, workspace.files[new].replace(b"frame.html", b"note.html") if new in workspace.files else "<p>Essay</p>"
        )
        return f"{new} takes another frame"
    text = workspace.files[file].decode().split("\n<!-- ")[0].split("\n{#")[0] + pick(_MARKS, variant)
    workspace.put(file, text)
    return f"{file} ends with {pick(_MARKS, variant)!r}"


def lost_template(workspace: Workspace, item: int, _: int) -> str:
    """Delete a template; the build must fail only where another one needs it."""
    file = pick(workspace.files_below("theme/templates/partials/"), item)
    workspace.remove(file)
    return f"{file} is deleted"


def catalogue(workspace: Workspace, item: int, variant: int) -> str:
    """Change a word of a catalogue of translations, break it, or delete it."""
    files = workspace.files_below("theme/translations/")
    file = pick(files, item) if files else "theme/translations/de.po"
    changes = (
        (b'msgstr "Themen"', b'msgstr "Gebiete"'),
        (b'msgstr "Notiz"', b'msgstr "Zettel"'),
        (b"Beitr", b"Aufs"),
        (b"Topics", b"Subjects"),
    )
    if variant % 6 < 4 and file in workspace.files:
        workspace.put(file, workspace.files[file].replace(*changes[variant % 6]))
        return f"{file} says {changes[variant % 6]}"
    if variant % 6 == 4:
        workspace.put(file, workspace.files.get(file, b"") + b"\nmsgid zerbrochen\n")
        return f"{file} breaks"
    if file in workspace.files:
        workspace.remove(file)
    return f"{file} is deleted"


def style(workspace: Workspace, item: int, variant: int) -> str:
    """Change, add or delete a file that is copied as it is: a style sheet, a picture, a recording."""
    files = [*workspace.files_below("theme/static/"), *workspace.files_below("content/images/", "content/media/")]
    file = pick([*files, "theme/static/css/neu.css", "content/images/neu/bild.png"], item)
    if variant % 4 == 3 and file in workspace.files:
        workspace.remove(file)
        return f"{file} is deleted"
    workspace.put(file, workspace.files.get(file, b"")[:20] + b"/* %d */" % variant)
    return f"{file} changes"


def recording(workspace: Workspace, item: int, variant: int) -> str:
    """Give the recording another length, which a post may have typed, or make it no recording."""
    data = b"ID3 ton" if variant % 5 == 4 else sound(pick((3600, 3601, 1800, 5, 7200), item))
    workspace.put("content/media/ton.mp3", data)
    return f"content/media/ton.mp3 becomes one of {len(data)} bytes"


def captions(workspace: Workspace, item: int, variant: int) -> str:
    """Change words or voices of the captions that are a talk's transcript, break them, or delete them.

    Every third time the captions move, with the talk's field, to or from a folder that is not copied into the site.
    """
    file, other = ("content/media/abend.vtt", "content/mitschriften/abend.vtt")[:: 1 if item % 2 else -1]
    file, other = (file, other) if file in workspace.files else (other, file)
    if item % 3 == 2 and (talks := _list_talks_with_transcript(workspace)):
        for talk in talks:
            media = workspace.read_post(talk)[0]["media"] | {"transcript": other.removeprefix("content/")}
            workspace.update_post(talk, media=media)
        file = other
    if variant % 5 == 4 and file in workspace.files:
        workspace.remove(file)
        return f"{file} is deleted"
    changes = (("Warum", "Weshalb"), ("<v Eva Falk>", "<v Anna Berg>"), ("Eva Falk", "Otto"), ("03.0", "3.0"))
    old, new = pick(changes, variant)
    workspace.put(file, CAPTIONS.replace(old, new))
    return f"in {file} {old} becomes {new}"


def _list_talks_with_transcript(workspace: Workspace) -> list[str]:
    files = workspace.markdown_below("content/talks/")
    return [file for file in files if "transcript" in (workspace.read_post(file)[0].get("media") or {})]


def settings(workspace: Workspace, _: int, variant: int) -> str:
    """Change a setting of pelicanconf.py; the last two of _SETTINGS are mistakes."""
    name, value = pick(_SETTINGS, variant)
    workspace.put("pelicanconf.py", replace_setting(workspace.files["pelicanconf.py"].decode(), name, value))
    return f"{name} becomes {value!r}"


def remark(workspace: Workspace, item: int, variant: int) -> str:
    """Add a comment, an empty line or something wrong to a file of settings."""
    file = pick(
        ["pelicanconf.py", *(f"curation/{name}.yaml" for name in ("people", "topics", "sources", "series", "policy"))],
        item,
    )
    workspace.put(file, workspace.files[file] + pick((b"# eine Bemerkung\n", b"\n\n", b"A = 1\n"), variant))
    return f"{file} gets one more line"


def override(workspace: Workspace, item: int, variant: int) -> str:
    """Put a template where THEME_TEMPLATES_OVERRIDES looks for it."""
    file = pick(("curation/templates/partials/footer.html", "curation/templates/post.html"), item)
    workspace.put(file, f"<p>Fuß {variant}</p>")
    text = replace_setting(
        workspace.files["pelicanconf.py"].decode(), "THEME_TEMPLATES_OVERRIDES", ["curation/templates"]
    )
    workspace.put("pelicanconf.py", text)
    return f"{file} takes the place of the theme's"


def clock(workspace: Workspace, item: int, variant: int) -> str:
    """Move the clock forward or back: over the date of a post, over a talk's start and end."""
    moment = pick(_MOMENTS, item * 3 + variant)
    workspace.as_of = datetime.fromisoformat(moment) if moment else None
    return f"the date becomes {moment or 'what the policy says'}"


SURROUNDINGS: dict[str, Step] = {
    "person": change_entry("people", _PEOPLE),
    "topics": change_entry("topics", _TOPICS),
    "source": change_entry("sources", _SOURCES),
    "series": change_entry("series", _SERIES),
    "inbox": inbox,
    "policy": policy,
    "template": template,
    "lost template": lost_template,
    "override": override,
    "catalogue": catalogue,
    "style": style,
    "captions": captions,
    "recording": recording,
    "setting": settings,
    "remark": remark,
    "clock": clock,
    "clock again": clock,
}

"""What may happen around the posts between two builds: the registry, theme, settings and clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.editions import NOW, work

from .ground import CAPTIONS, DUE, END, START, Ground, setting
from .steps import Happens, pick

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


def registered(name: str, changes: tuple[dict[str, Any], ...]) -> Happens:
    """One of the people, topics, sources or series changes, is new, changes its place in the list, or goes."""

    def happens(ground: Ground, which: int, what: int) -> str:
        listed = ground.registry(name)
        if not listed:
            return f"{name} are none any more"
        place = which % len(listed)
        turn = what % (len(changes) + 3)
        if turn < len(changes):
            listed[place] |= changes[turn]
            told = f"{listed[place]['id']} of {name} gets {changes[turn]}"
        elif turn == len(changes):
            listed.append({**listed[place], "id": f"neu-{len(listed)}", "name": f"Neu {len(listed)}"})
            told = f"{name} get one more, neu-{len(listed) - 1}"
        elif turn == len(changes) + 1:
            listed.reverse()
            told = f"{name} stand the other way round"
        else:
            told = f"{listed.pop(place)['id']} leaves {name}"
        ground.register(name, listed)
        return told

    return happens


def inbox(ground: Ground, which: int, what: int) -> str:
    """A pull brings something, an editor dismisses it, or begins to write; a file of the inbox breaks."""
    files = ground.texts("curation/inbox/")
    turn = what % 6
    if turn < 2 or not files:
        file = f"curation/inbox/neu-{which}.md"
        told = work(f"https://amtsblog.example/{pick(('frisch', 'zweite', 'third'), what)}", title=f"Frisch {which}")
        front = {"uid": f"wartet-{which:03}-{what:03}", "title": "Frisch", "date": NOW, "bookmark_of": [told]}
        ground.write(file, front | {"topics": [pick(("transformation", "open-source"), what)]}, "")
        return f"{file} is pulled"
    file = pick(files, which)
    if turn == 2:
        ground.remove(file)
        return f"{file} is dismissed"
    if turn == 3:
        ground.put(file, "---\nkaputt: [\n---\n")
        return f"{file} breaks"
    ground.put(file, ground.files[file] + b"Ein Anfang.\n")
    return f"somebody begins to write in {file}"


def policy(ground: Ground, _: int, what: int) -> str:
    """A rule of the house changes."""
    ground.register("policy", ground.registry("policy") | pick(_POLICIES, what))
    return f"policy gets {pick(_POLICIES, what)}"


def template(ground: Ground, which: int, what: int) -> str:
    """A designer changes a template, breaks it, or makes one that is included only where it is there."""
    files = ground.below("theme/templates/")
    file = pick(files, which * 5 + what)
    if what % 6 == 5:
        new = "theme/templates/partials/cards/essay.html"
        ground.put(
            new, ground.files[new].replace(b"frame.html", b"note.html") if new in ground.files else "<p>Essay</p>"
        )
        return f"{new} takes another frame"
    text = ground.files[file].decode().split("\n<!-- ")[0].split("\n{#")[0] + pick(_MARKS, what)
    ground.put(file, text)
    return f"{file} ends with {pick(_MARKS, what)!r}"


def lost_template(ground: Ground, which: int, _: int) -> str:
    """A template is deleted; some are not missed."""
    file = pick(ground.below("theme/templates/partials/"), which)
    ground.remove(file)
    return f"{file} is deleted"


def catalogue(ground: Ground, which: int, what: int) -> str:
    """A translator changes a word, breaks a catalogue, or takes it away."""
    files = ground.below("theme/translations/")
    file = pick(files, which) if files else "theme/translations/de.po"
    changes = (
        (b'msgstr "Themen"', b'msgstr "Gebiete"'),
        (b'msgstr "Notiz"', b'msgstr "Zettel"'),
        (b"Beitr", b"Aufs"),
        (b"Topics", b"Subjects"),
    )
    if what % 6 < 4 and file in ground.files:
        ground.put(file, ground.files[file].replace(*changes[what % 6]))
        return f"{file} says {changes[what % 6]}"
    if what % 6 == 4:
        ground.put(file, ground.files.get(file, b"") + b"\nmsgid zerbrochen\n")
        return f"{file} breaks"
    if file in ground.files:
        ground.remove(file)
    return f"{file} is deleted"


def style(ground: Ground, which: int, what: int) -> str:
    """A file that is copied as it is changes, is new, or goes: of the theme, a picture, a recording."""
    files = [*ground.below("theme/static/"), *ground.below("content/images/", "content/media/")]
    file = pick([*files, "theme/static/css/neu.css", "content/images/neu/bild.png"], which)
    if what % 4 == 3 and file in ground.files:
        ground.remove(file)
        return f"{file} is deleted"
    ground.put(file, ground.files.get(file, b"")[:20] + b"/* %d */" % what)
    return f"{file} changes"


def captions(ground: Ground, _: int, what: int) -> str:
    """The captions that are a talk's transcript get other words or voices, break, or go."""
    file = "content/media/abend.vtt"
    if what % 5 == 4:
        ground.remove(file)
        return f"{file} is deleted"
    changes = (("Warum", "Weshalb"), ("<v Eva Falk>", "<v Anna Berg>"), ("Eva Falk", "Otto"), ("03.0", "3.0"))
    old, new = pick(changes, what)
    ground.put(file, CAPTIONS.replace(old, new))
    return f"in {file} {old} becomes {new}"


def settings(ground: Ground, _: int, what: int) -> str:
    """A setting of pelicanconf.py changes; the last two are mistakes."""
    name, value = pick(_SETTINGS, what)
    ground.put("pelicanconf.py", setting(ground.files["pelicanconf.py"].decode(), name, value))
    return f"{name} becomes {value!r}"


def remark(ground: Ground, which: int, what: int) -> str:
    """Somebody writes a remark into a file of settings, or what is none."""
    file = pick(
        ["pelicanconf.py", *(f"curation/{name}.yaml" for name in ("people", "topics", "sources", "series", "policy"))],
        which,
    )
    ground.put(file, ground.files[file] + pick((b"# eine Bemerkung\n", b"\n\n", b"A = 1\n"), what))
    return f"{file} gets one more line"


def override(ground: Ground, which: int, what: int) -> str:
    """A template lies where THEME_TEMPLATES_OVERRIDES may look for it."""
    file = pick(("curation/templates/partials/footer.html", "curation/templates/post.html"), which)
    ground.put(file, f"<p>Fuß {what}</p>")
    text = setting(ground.files["pelicanconf.py"].decode(), "THEME_TEMPLATES_OVERRIDES", ["curation/templates"])
    ground.put("pelicanconf.py", text)
    return f"{file} takes the place of the theme's"


def clock(ground: Ground, which: int, what: int) -> str:
    """Time goes by, or is turned back: over the date of a post, over a talk's start and end."""
    moment = pick(_MOMENTS, which * 3 + what)
    ground.as_of = datetime.fromisoformat(moment) if moment else None
    return f"the date becomes {moment or 'what the policy says'}"


SURROUNDINGS: dict[str, Happens] = {
    "person": registered("people", _PEOPLE),
    "topics": registered("topics", _TOPICS),
    "source": registered("sources", _SOURCES),
    "series": registered("series", _SERIES),
    "inbox": inbox,
    "policy": policy,
    "template": template,
    "lost template": lost_template,
    "override": override,
    "catalogue": catalogue,
    "style": style,
    "captions": captions,
    "setting": settings,
    "remark": remark,
    "clock": clock,
    "clock again": clock,
}

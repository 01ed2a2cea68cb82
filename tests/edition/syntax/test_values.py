"""Values that are YAML, but probably not what the editor meant."""

from __future__ import annotations

import pytest

from kuratorium.edition.curation import Person, Policy, Source, Topic
from kuratorium.edition.model import FrontMatter, StandalonePageFrontMatter
from kuratorium.edition.syntax.values import find_suspicious_values


def find_messages(source: str, record_type: object = FrontMatter) -> list[str]:
    """Return field and message of all suspicious values."""
    return [
        f"{violation.path[-1]}: {violation.message}" for violation in find_suspicious_values(source, record_type, 1)
    ]


@pytest.mark.parametrize(
    ("source", "kept", "hint"),
    [
        ("title: Platz #3 im Test", "#3 im Test", 'in quotes: "Platz #3 im Test".'),
        ("title: Platz # 3", "# 3", 'in quotes: "Platz # 3".'),
        ("title: Platz  # 3", "# 3", 'in quotes: "Platz  # 3".'),
        ("summary: Sprachen wie C\t# und F", "# und F", 'in quotes: "Sprachen wie C\t# und F".'),
        ("summary: Erste Zeile\n  Platz  # 3", "# 3", 'in quotes: "Erste Zeile Platz  # 3".'),
        ("why_now: Seit heute  #", "#", 'in quotes: "Seit heute  #".'),
        ("image:\n  alt: Mast\t \t# 3", "# 3", 'in quotes: "Mast\t \t# 3".'),
        ("title: Platz  #dreier", "#dreier", 'in quotes: "Platz  #dreier".'),
        ('title: "Platz" #3', "#3", 'in quotes: "Platz #3".'),
        ("why_now: #dsgvo läuft ab", "#dsgvo läuft ab", 'in quotes: "#dsgvo läuft ab".'),
        ("summary: Erste Zeile\n  Platz #3", "#3", 'in quotes: "Erste Zeile Platz #3".'),
        ("tags:\n- F #\n- x", "#", 'in quotes: "F #".'),
        ("tags:\n- #dsgvo\n", "#dsgvo", 'in quotes: "#dsgvo".'),
        ("changed_since:\n- Platz #3", "#3", 'in quotes: "Platz #3".'),
        ("bookmark_of:\n- title: Platz #3\n  url: https://x.example/", "#3", 'in quotes: "Platz #3".'),
        ("guests:\n- name: Ann #2", "#2", 'in quotes: "Ann #2".'),
        ("corrections:\n- text: Platz #3", "#3", 'in quotes: "Platz #3".'),
        ("image: {file: a.png,\n  alt: Platz #3\n  }", "#3", 'in quotes: "Platz #3".'),
    ],
)
def test_text_cut_at_a_comment_is_suspicious(source: str, kept: str, hint: str) -> None:
    """Wherever a text without quotes goes on with a blank and "#", the rest is lost, and the hint gives it back."""
    (violation,) = find_suspicious_values(source, FrontMatter, 1)
    assert violation.message == f'the value ends before "{kept}": a blank and "#" begin a comment'
    assert hint in violation.hint


@pytest.mark.parametrize(
    ("source", "record_type", "items"),
    [
        ("tags: #netz", FrontMatter, "[netz]"),
        ("lang: de\ntags:  #Netz #amt_nord\ntitle: T", FrontMatter, "[Netz, amt_nord]"),
        ("tags: #Netz, #Amt", FrontMatter, "[Netz, Amt]"),
        ("aliases:\t#alt/seite.html", FrontMatter, "[alt/seite.html]"),
        ("topics: #netz", FrontMatter, "[netz]"),
        ("- id: netz\n  keywords: #funk", tuple[Topic, ...], "[funk]"),
    ],
)
def test_a_list_that_is_lost_as_a_comment_is_suspicious(source: str, record_type: object, items: str) -> None:
    """A list has no items then, whatever its items may be."""
    (violation,) = find_suspicious_values(source, record_type, 1)
    assert violation.message.startswith('the value ends before "#')
    assert violation.hint.startswith(f"If these are items, write {items}.")
    assert violation.line == 1 + source[: source.index("#")].count("\n")


@pytest.mark.parametrize(
    "source",
    [
        "tags: # fehlen noch",
        "tags: #",
        "tags: [] #netz",
        "tags: #netz\n- amt",
        "status: draft # later",
        "status: draft  # later",
        "uid: abcdefgh #made once",
        "date: 2026-10-01T08:00:00+02:00 #Thursday",
        "strength: 3 # must-read",
        "authors: [anna] # who signs",
        "syndication:\n- https://social.example/@a/1 #later",
        "tags: [netz]  # noch vorläufig",
        "guests:\n- name: Eva Falk  # angefragt",
        "event: {mode: online}\t# vorläufig",
        'title: "Ein Titel" # noch vorläufig',
        "summary: # fehlt noch",
        "summary:  # fehlt noch\n",
        "# title: alt #1\ntitle: Neu",
        "title: C# und F#",
        "title: Seite a.html#teil",
        "title: 'Platz #3'",
        "summary: |\n  Platz #3\n  und # mehr",
        "media:\n  audio: {file: media/a.mp3, type: audio/mpeg} # neu",
        "media:\n  transcript: media/a.vtt # korrigiert",
    ],
)
def test_a_comment_is_not_suspicious(source: str) -> None:
    """After ids, dates, numbers, addresses and files, after quotes, or set off from a name by two blanks, it is one."""
    assert find_messages(source) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("title: Neues vom\n  #Stammtisch der Ämter\nlang: de", 2),
        ("title: Neues\n  vom Amt\n   #Stammtisch", 3),
        ("tags:\n- Amt\n   #Netz", 3),
    ],
)
def test_a_hashtag_on_a_line_of_its_own_is_suspicious(source: str, line: int) -> None:
    """A text of several lines ends above a line that begins with "#"."""
    (violation,) = find_suspicious_values(source, FrontMatter, 1)
    assert (violation.line, violation.message[:24]) == (line, 'the value ends before "#')


@pytest.mark.parametrize(
    "source",
    [
        "title: Neues\n#lang: de",
        "event:\n  mode: online\n  #place: Halle\n  status: moved",
        "tags:\n- Amt\n#- Netz",
        "title: Neues\n  # vom Amt",
    ],
)
def test_a_line_that_is_commented_out_is_not(source: str) -> None:
    """What is indented like its neighbours, or has a blank behind the "#", is a comment."""
    assert find_messages(source) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("tags:\n  - Amt\n   - Netz\n  - Strom", [3]),
        ("tags:\n- Amt\n -Netz", [3]),
        ("authors:\n  - anna-berg\n    - carl-dorn", [3]),
        ("changed_since:\n  - Der Preis\n    ist höher.\n    • Der Ort.", [4]),
        ("bookmark_of:\n- title: A\n  authors:\n  - Eva Falk\n   \u2013 Gerd Hahn", [5]),
        ("changed_since:\n  - Der Preis\n    ist - leider - höher.", []),
        ("changed_since:\n  - Der Preis sinkt um\n    -5 Prozent.", []),
        ("tags:\n  - Amt\n  - Netz", []),
        ("bookmark_of:\n- authors:\n    - Eva Falk\n  url: https://a.example/", []),
        ("changed_since:\n- >\n  Der Preis\n  - und der Ort\n- eins", []),
    ],
)
def test_an_item_that_melts_into_another_is_suspicious(source: str, lines: list[int]) -> None:
    """A line with the mark of an item, indented deeper than the item above, belongs to that one's text."""
    found = find_suspicious_values(source, FrontMatter, 1)
    assert [violation.line for violation in found if "indented deeper" in violation.message] == lines


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (r'title: "Unter D:\neu"', r"For a backslash, use single quotes: 'Unter D:\neu'"),
        (r'summary: "Von \\srv\temp und \"D:\""', r"""For a backslash, use single quotes: 'Von \\srv\temp und "D:"'"""),
        (r'title: "snake\_case"', r"For a backslash, use single quotes: 'snake\_case'"),
        (r"""title: "D:\rest, geht's" """, r"For a backslash, use single quotes: 'D:\rest, geht''s'"),
        (r'title: "D:\\neu und \"x\" \u00e4"', None),
        (r"title: D:\neu", None),
        (r"title: 'D:\neu'", None),
        (r'corrections: [{text: "Erstens.\nZweitens."}]', None),
    ],
)
def test_a_backslash_that_is_gone_is_suspicious(source: str, hint: str | None) -> None:
    """Within double quotes it begins an escape; a line break is meant in texts of several lines."""
    assert [violation.hint for violation in find_suspicious_values(source, FrontMatter, 1)] == ([hint] if hint else [])


@pytest.mark.parametrize(
    ("source", "hints"),
    [
        ("tags: [Amt; Netz]", ["If these are several, write [Amt, Netz]; if not, put the text in quotes."]),
        ("tags:\n- Amt, Netz", ["If these are several, write [Amt, Netz]; if not, put the text in quotes."]),
        ('tags:\n- "Amt, Netz"', []),
        ("tags: [Amt, Netz]", []),
        ("tags:\n- 1,5 Grad", []),
        ("changed_since:\n- Der Preis, der Ort", []),
    ],
)
def test_several_words_in_one_item_are_suspicious(source: str, hints: list[str]) -> None:
    """A comma or semicolon in a tag without quotes was probably meant to part it."""
    assert [violation.hint for violation in find_suspicious_values(source, FrontMatter, 1)] == hints


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("title: Das *neue* Netz", "*neue*"),
        ("summary: Das **neue Netz** ist da", "**neue Netz**"),
        ("why_now: Es ist _jetzt_ da", "_jetzt_"),
        ("title: Wie `git` hilft", "`git`"),
        ("summary: '[Hier](https://amt.example/) mehr'", "[Hier](https://amt.example/)"),
        ("tags: [~~alt~~]", "~~alt~~"),
        ("corrections: [{text: Es war <b>anders</b>}]", "<b>"),
        ("title: Amt &amp; Netz", "&amp;"),
        ("title: Das &Uuml;bliche", "&Uuml;"),
        ("image: {alt: Ein&nbsp;Amt}", "&nbsp;"),
        ("guests: [{name: Eva Falk, role: '*Chefin*'}]", "*Chefin*"),
        ("title: Das ==neue== Netz", "==neue=="),
        ("summary: '![Plan](a.png) vom Netz'", "![Plan](a.png)"),
        ("summary: Das Netz[^1] ist da", "[^1]"),
        (r"title: Kolleg\*innen", r"\*"),
        ("summary: Wenn a==b und c==d; das == ist ein Zeichen; siehe [1]", None),
        ("summary: Wie <iframe> und <T> heißen", None),
        ("title: Kolleg*innen und Nutzer*innen", None),
        ("title: (*1950, *1960)", None),
        ("summary: 2 * 3 * 4 und datei_name_alt", None),
        ("summary: a < b und c > d; R&D;", None),
        ("title: Das *neue* Netz\nbookmark_of: [{title: Das *neue* Netz, publication: A &amp; B}]", None),
        ("teaser: Das *neue* Netz", None),
    ],
)
def test_marks_that_a_page_shows_are_suspicious(source: str, mark: str | None) -> None:
    """These texts are plain: neither Markdown nor HTML. A work's own words are as they are."""
    messages = [f'"{mark}" is shown as it is written: this is no Markdown'] if mark else []
    assert [violation.message for violation in find_suspicious_values(source, FrontMatter, 1)] == messages


@pytest.mark.parametrize(
    ("credit", "is_right"),
    [
        ("Eva Falk / CC BY 4.0", True),
        ("[Eva Falk](https://a.example/b_(c)), [CC BY](https://b.example/)", True),
        ("[Eva [eve] Falk](https://a.example/)", True),
        ("<https://a.example/>", True),
        ("Eva Falk [Archiv]", True),
        ('[Eva Falk](https://a.example/ "Titel")', False),
        ("[Eva Falk](/menschen/eva-falk.html)", False),
        ("[Eva Falk](www.a.example)", False),
        ("[Eva Falk] (https://a.example/)", False),
        ("[Eva Falk][1]", False),
        ("[Eva Falk](https://a.example/", False),
        ("*Eva Falk*", False),
        ("&copy; Eva Falk", False),
    ],
)
def test_a_credit_has_links_and_no_other_marks(credit: str, is_right: bool) -> None:
    """What the page shows as it is written is suspicious."""
    violations = find_suspicious_values(f"image: {{credit: '{credit}'}}", FrontMatter, 1)
    assert (violations == []) is is_right


def test_registries_and_pages_are_searched() -> None:
    """Names and texts of people, topics, sources and the policy are free texts; ids and addresses are not."""
    assert find_messages("- id: a #1\n  name: Ann #1\n  bio: Seit #2", tuple[Person, ...]) == [
        'name: the value ends before "#1": a blank and "#" begin a comment',
        'bio: the value ends before "#2": a blank and "#" begin a comment',
    ]
    assert len(find_messages("- id: a\n  name: A\n  keywords:\n  - F #\n  - G", tuple[Topic, ...])) == 1
    source = "- id: a\n  name: A\n  feed: https://x.example/ # tot\n  keep:\n    words:\n    - F #1"
    assert find_messages(source, tuple[Source, ...]) == [
        '0: the value ends before "#1": a blank and "#" begin a comment'
    ]
    assert len(find_messages("imprint:\n  responsible: Ann #1\n  address:\n  - Haus #2", Policy)) == 2
    assert len(find_messages("title: Ann #1\norder: 1 #x", StandalonePageFrontMatter)) == 1


def test_lines_are_those_of_the_file() -> None:
    """Of a text of several lines, the line at which it is cut is named."""
    (violation,) = find_suspicious_values("lang: de\nsummary: eins\n  zwei\n  drei #3\n", FrontMatter, first_line=2)
    assert violation.line == 5


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("title: „Wir müssen reden“", []),
        ("title: „Wir müssen reden“\nbookmark_of:\n- title: „Wir müssen reden“", []),
        ("title: „Ja“ und „Nein“\nsummary: „Ja“, sagt er", []),
        ('title: "„Alles“"\nsummary: "„Nichts“"', []),
        ("title: “A plan”\nsummary: “It works.”", ["title", "summary"]),
        ("tags: [„eins“, „zwei“]", ["0", "1"]),
        ("guests:\n- name: “Eva Falk”", ["name"]),
        ("title: “Ein Plan”\nlang: de", ["title"]),
        ("title: “A plan”\nlang: en", []),
        ("title: ‘Ein Plan’\nlang: de", ["title"]),
        ("title: ’Ein Plan’\nlang: de", ["title"]),
        ("title: ‚Ein Plan‘\nlang: de-AT", ["title"]),
        ("title: «Ein Plan»\nlang: de", ["title"]),
        ("title: ›Ein Plan‹\nlang: de", ["title"]),
        ("title: »Ein Plan«\nlang: de", []),
        ("title: «Ein Plan»\nlang: de-CH", []),
        ("title: “Ein Plan”\nlang: de-CH", ["title"]),
        ("title: ‘A plan’\nlang: en", []),
        ("title: ‚A plan‘\nlang: en", ["title"]),
        ("title: «A plan»\nlang: en-GB", ["title"]),
        ("title: Der ‚Plan‘\nlang: de", []),
        ("title: „A plan“\nlang: en-GB", ["title"]),
        ("lang: de\ntitle: “A plan”\nbookmark_of:\n- title: “A plan”\n  publication: “Plans”", []),
    ],
)
def test_typographic_quotes_around_names_are_suspicious(source: str, fields: list[str]) -> None:
    """A title may be a quotation in its language; a tag or a name is none, nor are title and summary both."""
    assert [message.split(":")[0] for message in find_messages(source)] == fields


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("title: 10\u00a0% und z.\u202fB.", []),
        ("title: \u00a0Zehn", [r'title: "\xa0Zehn" contains U+00A0 no-break space']),
        ("title: Ze\u200bhn", [r'title: "Ze\u200bhn" contains U+200B zero width space']),
        ("title: Ze\ufeffhn", [r'title: "Ze\ufeffhn" contains U+FEFF zero width no-break space']),
        ("tags: [open\u00a0source]", [r'0: "open\xa0source" contains U+00A0 no-break space']),
        ("bookmark_of:\n- authors: [Eva\u202fFalk]", [r'0: "Eva\u202fFalk" contains U+202F narrow no-break space']),
        ("event: {place: Haus\u00a05}", []),
    ],
)
def test_odd_blanks_are_suspicious_where_they_do_harm(source: str, messages: list[str]) -> None:
    """Zero-width blanks anywhere; no-break spaces at the edge of a text and in names that are compared."""
    assert find_messages(source) == messages


@pytest.mark.parametrize("value", ["&Sohn übernimmt", "&Co", "! Achtung"])
def test_a_lost_first_word_is_suspicious(value: str) -> None:
    """An ampersand or exclamation mark at the beginning has a meaning in YAML, and the word is lost."""
    (message,) = find_messages(f"title: {value}")
    assert message == f'title: the value begins with "{value[0]}", and its first word is lost'


def test_an_anchor_that_is_used_is_one() -> None:
    """`&name` with `*name` elsewhere is meant."""
    assert find_messages("title: &t Umzug\nsummary: *t") == []


def test_a_text_without_lang_is_in_the_language_of_the_site() -> None:
    """English quotation marks around a title are suspicious on a German site."""
    assert find_suspicious_values("title: “Ein Plan”", FrontMatter, 1, "en") == []
    (violation,) = find_suspicious_values("title: “Ein Plan”", FrontMatter, 1, "de")
    assert violation.hint == 'If they were meant for YAML, write straight ones: "Ein Plan"'


@pytest.mark.parametrize(
    ("authors", "message", "hint"),
    [
        ("[Holm, Ida]", '"Holm" and "Ida" are two names', "If they are those of one person, write [Ida Holm]."),
        ('["Holm, Ida"]', '"Holm, Ida" is shown as the name', "Write Ida Holm."),
        ("[Ida Holm und Otto Rau]", '"Ida Holm und Otto Rau" is one name', "write [Ida Holm, Otto Rau]."),
        ('["Ida Holm, Otto Rau"]', '"Ida Holm, Otto Rau" is one name', "write [Ida Holm, Otto Rau]."),
        ("\n  - Ida Holm & Otto Rau", '"Ida Holm & Otto Rau" is one name', "write [Ida Holm, Otto Rau]."),
        ('["[Ida Holm](https://holm.example)"]', '"[Ida Holm](https://holm.example)" is shown', "the name alone."),
        ("\n  - Holm\n  - Ida", '"Holm" and "Ida" are two names', "If they are those of one person, write [Ida Holm]."),
        ("[Ida Holm, Otto Rau]", "", ""),
        ("[Holm, Ida, Rau]", "", ""),
        ("[holm, rau]", "", ""),
        ("[Amt für Wege und Masten]", "", ""),
        ("[Mastfreunde und Söhne, Ida Holm]", "", ""),
        ("[Holm]", "", ""),
    ],
)
def test_who_wrote_a_work_is_one_name_an_item(authors: str, message: str, hint: str) -> None:
    """Else a page would credit nobody's name, and the page of the person lack the note."""
    source = f"bookmark_of:\n- url: https://a.example/\n  authors: {authors}\n"
    found = find_suspicious_values(source, FrontMatter, 1)
    assert [violation.message.startswith(message) for violation in found] == ([True] if message else [])
    assert all(violation.hint.endswith(hint) for violation in found)

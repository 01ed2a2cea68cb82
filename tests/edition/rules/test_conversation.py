import pytest

from kuratorium.edition.curation import Person
from kuratorium.edition.registry import Registry
from kuratorium.edition.rules.conversation import check_turn_markers, find_blocks_behind_markers, find_named_speakers
from tests.edition.rules.test_rules import check, post


@pytest.mark.parametrize(
    "line",
    ["@Eva-Falk: Ja.", "@eva_falk (0:05): Ja.", "@eva-falk(0:05): Ja.", "@eva-falk (0.05): Ja.", "@eva-falk:Ja.",
     "@eva-falk : Ja.", "@eva-falk (0:05) Ja.", "@niemand (vorhin): Ja.", "@Frau.Falk: Ja."],
)  # fmt: skip
def test_a_mistyped_marker_is_reported(line: str) -> None:
    """Otherwise it would be printed, and the words behind it attributed to the speaker before."""
    (violation,) = check(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}"))
    assert violation.line == 22
    assert "does not mark a turn" in violation.message
    assert "at the start of the line" in violation.hint


@pytest.mark.parametrize(
    "line",
    ["@eva@social.example sagt es.", "@x:y ist keiner", "@eva-falk hat recht.", "`@eva-falk:`", "```\n@Eva: Ja.\n```"],
    ids=["address", "no-name", "mention", "code", "fence"],
)
def test_other_at_signs_are_no_turns(line: str) -> None:
    """Addresses, mentions and code are not reported."""
    assert check(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}")) == []


def test_time_codes_may_be_equal_or_absent() -> None:
    """Only the time codes that exist are compared; two turns may begin in the same second."""
    body = "@anna-berg (1:05): Warum?\n\n@eva-falk: Darum.\n\n@anna-berg (1:05): So?\n\n@eva-falk (1:00:00): So."
    assert check(post("interview", hosts=("anna-berg",), body=body)) == []


def test_a_draft_may_have_turns_without_text() -> None:
    """In a draft, questions may wait for their answers; a heading ends a turn."""
    body = "@anna-berg: Warum gerade das?\n\n@eva-falk:\n\n## Später"
    assert [violation.line for violation in check(post("interview", hosts=("anna-berg",), body=body))] == [22]
    assert check(post("interview", hosts=("anna-berg",), body=body, status="draft")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("==Eins== und ==zwei==", []),
        ("==Eins\nbis zwei==", []),
        ("Wenn a == b ist, `x==y`.", []),
        ("Kein ==Ende\n\nund noch ==eines", [20, 22]),
        ("Eins\nzwei== drei", [21]),
    ],
    ids=["pairs", "over-lines", "no-marks", "two-open", "never-begun"],
)
def test_a_pull_quote_ends_where_its_paragraph_does(text: str, lines: list[int]) -> None:
    """A mark without a partner in its paragraph is reported with its line."""
    assert [violation.line for violation in check(post("interview", body=f"@eva-falk: {text}"))] == lines


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("@Eva-Falk Meier: Ja.", ""),
        ("@Eva Falk: Ja.", "@eva-falk: "),
        ("@Eva Falk (0:05): Ja.", "@eva-falk (0:05): "),
        ("@Falk : Ja.", "@eva-falk: "),
    ],
)
def test_a_name_behind_an_at_sign_is_a_mistyped_marker(line: str, marker: str) -> None:
    """A participant's name with @ and a colon is reported like any other mistyped marker."""
    registry = Registry(sources={}, people={"eva-falk": Person(id="eva-falk", name="Eva Falk")}, topics={}, policy=None)
    body = f"@anna-berg: Warum gerade das?\n\n{line}"
    hints = [violation.hint for violation in check_turn_markers(post("interview", body=body), registry)]
    assert [hint.split('"')[1] for hint in hints] == ([marker] if marker else [])


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("@anna-berg: Warum?\n\nEva Falk: Darum.\n\nFalk (1.05): Genau.", [22, 24]),
        ("@anna-berg: Warum?\n\n**Eva Falk:** Darum.", [22]),
        ("@anna-berg: Warum?\n\neva-falk: Darum.", [22]),
        ("Anna Berg: Warum?\n\nEva Falk: Darum.", [20, 22]),
        ("Eva Falk: Leiterin der IT.\n\n@anna-berg: Warum?\n\n@eva-falk: Darum.", []),
        ("Eva Falk: Leiterin der IT.", []),
        ("@anna-berg: Warum?\n\nDas Ergebnis: nichts.\n\n`Eva Falk: x`", []),
        ("@anna-berg: Warum?\n\n   @eva-falk: Darum.", []),
        ("@anna-berg: Warum?\n\n    @eva-falk: Darum.", [22]),
    ],
    ids=[
        "names", "bold", "id", "no turn at all", "introduction", "one line", "other words", "indented turn", "code",
    ],
)  # fmt: skip
def test_a_name_where_a_turn_was_meant_is_found(body: str, lines: list[int]) -> None:
    """A line that begins with a participant's name would be printed, and its words belong to the speaker before."""
    people = {name: Person(id=name, name=name.replace("-", " ").title()) for name in ("anna-berg", "eva-falk")}
    registry = Registry(sources={}, people=people, topics={}, policy=None)
    violations = list(find_named_speakers(post("interview", hosts=("anna-berg",), body=body), registry))
    assert [violation.line for violation in violations] == lines
    assert all("does not mark a turn" in violation.message for violation in violations)


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("@eva-falk Darum.", "@eva-falk: "),
        ("@ eva-falk: Darum.", "@eva-falk: "),
        ("@eva-falk 05:30: Darum.", "@eva-falk (05:30): "),
        ("@eva–falk: Darum.", "@eva-falk: "),
        ("@eva\u2011falk: Darum.", "@eva-falk: "),
        ("- @eva-falk: Darum.", "@eva-falk: "),
        ("Frau Falk: Darum.", "@eva-falk: "),
        ("@eva-falk\uff1aDarum.", "@eva-falk: "),
        ("\uff20eva-falk: Darum.", "@eva-falk: "),
        ("\u200b@eva-falk: Darum.", "@eva-falk: "),
        ("@eva-falk\u2060: Darum.", "@eva-falk: "),
        ("    @eva-falk: Darum.", "@eva-falk: "),
        ("\t@eva-falk: Darum.", "@eva-falk: "),
        ("      @eva-falk (0:05): Darum.", "@eva-falk (0:05): "),
        ("@eva-falk; Darum.", "@eva-falk: "),
        ("@eva-falk. Darum.", "@eva-falk: "),
        ("*@eva-falk:* Darum.", "@eva-falk: "),
        ("*Eva Falk:* Darum.", "@eva-falk: "),
        ("_Eva Falk_: Darum.", "@eva-falk: "),
        ("***Eva Falk:*** Darum.", "@eva-falk: "),
        ("<b>Eva Falk:</b> Darum.", "@eva-falk: "),
        ("<p><strong>Eva Falk</strong>: Darum.</p>", "@eva-falk: "),
        ("Eva\xa0Falk: Darum.", "@eva-falk: "),
        ("Eva  Falk\u202f: Darum.", "@eva-falk: "),
        ("Eva Falk\uff1a Darum.", "@eva-falk: "),
        ("Eva Falk (lacht): Darum.", "@eva-falk: "),
        ("05:30 Eva Falk: Darum.", "@eva-falk (05:30): "),
        ("2. Eva Falk: Darum.", "@eva-falk: "),
        ("A: Darum.", "@eva-falk: "),
        ("F: Warum nicht?", "@anna-berg: "),
        ("Eva: Darum.", "@eva-falk: "),
        ("EF: Darum.", "@eva-falk: "),
        ("Antwort: Darum.", "@eva-falk: "),
        ("[05:30] Eva Falk: Darum.", "@eva-falk (05:30): "),
        ("E. Falk: Darum.", "@eva-falk: "),
        ("@eva-falk, darum.", "@eva-falk: "),
        ("- @eva-falk, und nun: darum.", "@eva-falk: "),
        ("evafalk: Darum.", "@eva-falk: "),
        ("**EvaFalk:** Darum.", "@eva-falk: "),
        ("**Eva Falk, Stadt Nordau:** Darum.", "@eva-falk: "),
        ("Eva Falk, CIO: Darum.", "@eva-falk: "),
        ("Eva Falk[^1]: Darum.", "@eva-falk: "),
        ("[Eva Falk](https://nordau.example/): Darum.", "@eva-falk: "),
        ("[Eva Falk:](https://nordau.example/) Darum.", "@eva-falk: "),
        ("[Eva Falk]: Darum.", "@eva-falk: "),
        ("(Eva Falk): Darum.", "@eva-falk: "),
        ("„Eva Falk“: Darum.", "@eva-falk: "),
        ("==Eva Falk:== Darum.", "@eva-falk: "),
        ("`@eva-falk`: Darum.", "@eva-falk: "),
        ("@@eva-falk: Darum.", "@eva-falk: "),
        ("@[eva-falk]: Darum.", "@eva-falk: "),
        ("#### @eva-falk: Darum.", "@eva-falk: "),
        ("## Eva Falk: Darum.", "@eva-falk: "),
        ("•@eva-falk: Darum.", "@eva-falk: "),
        ("— Eva Falk: Darum.", "@eva-falk: "),
        ("&nbsp;@eva-falk: Darum.", "@eva-falk: "),
        ("@eva-falk\\: Darum.", "@eva-falk: "),
        ("Eva Falk:Darum.", "@eva-falk: "),
        ("Eva Falk\u2236 Darum.", "@eva-falk: "),
        ("Falk, Eva: Darum.", "@eva-falk: "),
        ("5:30 – Eva Falk: Darum.", "@eva-falk (5:30): "),
        ('<p class="a"><b>Eva Falk:</b> Darum.</p>', "@eva-falk: "),
        ("a) Eva Falk: Darum.", "@eva-falk: "),
        ("„Eva Falk:“ Darum.", "@eva-falk: "),
        ("Antwort 2: Darum.", "@eva-falk: "),
        ("F1: Darum?", "@anna-berg: "),
        ("Eva Falk und Anna Berg: Darum.", "@…: "),
        ("Alle: Darum.", "@…: "),
        ("@eva-falk, @anna-berg: Darum.", "@…: "),
        ("@eva-falk/@anna-berg: Darum.", "@…: "),
        ("Eva Falk & Anna Berg: Darum.", "@…: "),
        ("Eva Falk, Anna Berg: Darum.", "@…: "),
        ("EvaFalk: Darum.", "@eva-falk: "),
        ("eva_falk: Darum.", "@eva-falk: "),
        ("eva.falk: Darum.", "@eva-falk: "),
        ("> @eva-falk: Darum.", "@eva-falk: "),
        ("| Eva Falk: | Darum. |", "@eva-falk: "),
        ("<b>Eva Falk:</b><br>Darum.", "@eva-falk: "),
    ],
)
def test_what_may_be_a_marker_is_told_with_the_right_one(line: str, marker: str) -> None:
    """Otherwise the words would silently belong to the speaker above; the same words within a line are prose."""
    people = {name: Person(id=name, name=name.replace("-", " ").title()) for name in ("anna-berg", "eva-falk")}
    registry = Registry(sources={}, people=people, topics={}, policy=None)
    told = post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}\n\nSo sagt {line}")
    violations = [*find_named_speakers(told, registry), *check_turn_markers(told, registry)]
    assert [(violation.line, violation.hint.split('"')[1]) for violation in violations] == [(22, marker)]


@pytest.mark.parametrize(
    ("marker", "right"),
    [("@eva-falk (00:10–00:20):", "@eva-falk (00:10): "), ("@eva-falk (ab 00:10):", "@eva-falk (00:10): "),
     ("@eva-falk (00.10, lacht):", "@eva-falk (00:10): "), ("@eva-falk (lacht):", "@eva-falk: ")],
)  # fmt: skip
def test_the_remedy_of_a_marker_is_a_marker(marker: str, right: str) -> None:
    """Of what stands in the brackets, only a time belongs there."""
    (violation,) = check(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{marker} Ja."))
    assert violation.hint.split('"')[1] == right


@pytest.mark.parametrize(
    "text",
    ["- eins\n- zwei", "* eins", "1. eins\n2. zwei", "1) eins\n\n2) zwei", "a) eins\nb) zwei", "– eins\n– zwei",
     "> Zitat", "## Kopf", "```\nx\n```", "| a | b |\n|---|---|"],
)  # fmt: skip
def test_a_block_does_not_begin_behind_a_marker(text: str) -> None:
    """Its marks would be shown as text; below the marker, it is a list, a quotation, a heading or code."""
    registry = Registry(sources={}, people={}, topics={}, policy=None)
    interview = post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n@eva-falk: {text}")
    (violation,) = find_blocks_behind_markers(interview, registry)
    assert violation.line == 22
    assert violation.message.startswith(f'"{text.split(maxsplit=1)[0]}" behind the marker of a turn begins nothing')
    below = post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n@eva-falk:\n\n{text}")
    assert list(find_blocks_behind_markers(below, registry)) == []


@pytest.mark.parametrize(
    "text",
    ["1990. Es war ein Jahr.\nDann kam es.", "– Ja.", "*Ja* und nein.", "a) oder nicht", "#KI hilft.", "-5 Grad."],
)
def test_a_sign_behind_a_marker_may_be_text(text: str) -> None:
    """A number or dash begins a list only if the line below has one, too."""
    registry = Registry(sources={}, people={}, topics={}, policy=None)
    assert list(find_blocks_behind_markers(post("interview", body=f"@eva-falk: {text}"), registry)) == []


def find_with_people(line: str, *others: str) -> list[tuple[int, str]]:
    """Return line and proposed marker of what is found below a question of Anna Berg to Eva Falk."""
    people = {name: Person(id=name, name=name.replace("-", " ").title()) for name in ("anna-berg", "eva-falk")}
    registry = Registry(sources={}, people=people, topics={}, policy=None)
    body = "\n\n".join(["@anna-berg: Warum?", line, *others])
    violations = find_named_speakers(post("interview", hosts=("anna-berg",), body=body), registry)
    return [(violation.line, violation.hint.split('"')[1]) for violation in violations]


@pytest.mark.parametrize(
    "line",
    ["**Eva Falk** – Darum.", "Eva Falk — Darum.", "**Eva Falk**", "Eva Falk", "### Eva Falk", "| Eva Falk | Darum. |",
     "<dt>Eva Falk</dt>", "**Eva Falk**<br>", "Eva Falk \\", "(Eva Falk) Darum.", "[@eva-falk] Darum.",
     "Eva Falk; Darum.", "**[Eva Falk]** Darum.",
     "**Eva Falk** = Darum.", "Eva Falk > Darum."],
)  # fmt: skip
def test_a_name_without_a_colon_may_begin_a_turn(line: str) -> None:
    """A whole name alone in its line, in a heading or a cell, or before a dash is told at the beginning of a text."""
    assert find_with_people(line) == [(22, "@eva-falk: ")]
    assert find_with_people(f"Das sagte am Ende auch\n{line}") == []
    assert find_with_people("## Zur Person", line) == []


@pytest.mark.parametrize("words", ["Wirklich? @eva-falk: Ja.", "Gut. **Eva Falk:** Ja.", "Oh! Eva Falk: Ja."])
def test_a_marker_behind_a_sentence_is_told(words: str) -> None:
    """Somebody else's turn may begin within a line; the same words within a sentence are prose."""
    assert find_with_people(words) == [(22, "@eva-falk: ")]
    assert find_with_people(words.translate(str.maketrans("?.!", ",,,"))) == []


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("**Jutta Krone:** Darum.", "@jutta-krone: "),
        ("Jutta von Krone: Darum.", "@jutta-von-krone: "),
        ("JUTTA KRONE: Darum.", "@jutta-krone: "),
        ("**Publikum:** Darum.", "@publikum: "),
        ("Zuhörerin (laut): Darum.", "@zuhoererin: "),
        ("Frage aus dem Publikum: Darum?", "@frage-aus-dem-publikum: "),
        ("**Stimme aus dem Off:** Darum.", "@stimme-aus-dem-off: "),
        ("Zwischenruf: Darum.", "@zwischenruf: "),
        ("Eine Zuhörerin aus der letzten Reihe: Darum.", "@eine-zuhoererin-aus-der-letzten-reihe: "),
        ("Nachfrage einer Teilnehmerin: Darum?", "@nachfrage-einer-teilnehmerin: "),
        ("Frage von Jutta Krone: Darum?", "@jutta-krone: "),
        ("Voice from the audience: Darum.", "@voice-from-the-audience: "),
        ("Redaktion: Darum?", "@redaktion: "),
    ],
)
def test_a_name_of_nobody_in_the_conversation_is_told(line: str, marker: str) -> None:
    """The same label in captions is an error, too; the hint says what to do if it is somebody's, and if it is not."""
    assert find_with_people(line) == [(22, marker)]
    (violation,) = find_named_speakers(
        post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}"),
        Registry(sources={}, people={}, topics={}, policy=None),
    )
    assert violation.hint.endswith(
        "Add this person to guests or hosts; if these are words of the speaker above, ignore this rule."
    )


@pytest.mark.parametrize(
    "line",
    ["Digitale Souveränität: ein Wort.", "**Open Source:** ein Weg.", "Agiles Arbeiten: ja.", "KI Modelle: ja.",
     "Erster Schritt: anfangen.", "Frage von gestern: wann?", "Die Frage im Raum: wer zahlt?",
     "Stimmen von morgen: ja.",
     "Antwort des Amtes: nein.", "Falk, Leitung: so.", "(eben) Ja: so.", "(Eva) Darum.", "Das Publikum: es blieb.",
     "Kurz gesagt: nein.",
     "Nächste Frage: wann?", "[Eva Falk](https://a.example/) sagt das.", "(Eva Falk lacht) Darum."],
)  # fmt: skip
def test_terms_before_a_colon_are_no_names(line: str) -> None:
    """Two words with capitals are common in German; what ends as a term is none."""
    assert find_with_people(line) == []


def test_words_of_one_of_several_guests_are_told_without_a_name() -> None:
    """Whose answer it is, only the editor knows; it is not that of the speaker above."""
    people = {
        name: Person(id=name, name=name.replace("-", " ").title()) for name in ("anna-berg", "eva-falk", "eva-roth")
    }
    registry = Registry(sources={}, people=people, topics={}, policy=None)
    body = "@anna-berg: Warum?\n\nAntwort: Darum.\n\nEva: Auch darum.\n\nAB: Danke."
    told = post("interview", hosts=("anna-berg",), guests=("eva-falk", "eva-roth"), body=body)
    hints = [violation.hint.split('"')[1] for violation in find_named_speakers(told, registry)]
    assert hints == ["@…: ", "@…: ", "@anna-berg: "]


def test_characters_that_nobody_sees_are_named() -> None:
    """Without them, the line would look right to the editor."""
    registry = Registry(sources={}, people={}, topics={}, policy=None)
    body = "@anna-berg: Warum?\n\n\ufeff@eva-falk\u200b: Da\u200brum."
    (violation,) = find_named_speakers(post("interview", hosts=("anna-berg",), body=body), registry)
    assert violation.message.startswith('"<U+FEFF>@eva-falk<U+200B>:" does not mark a turn')


@pytest.mark.parametrize(
    "line",
    ["Falk hat recht: So ist es.", "*Eva Falk* sagt es so: nie.", "Das fragte Eva Falk: nichts.", "    Eva: x",
     "> — Eva Falk: [Nordau](https://nordau.example/)", "> – Eva Falk, Blatt: [Nordau](https://nordau.example/)",
     "<b>Achtung:</b> Es kommt.", "12:30 Uhr: Pause.", "```\n\t@eva-falk: x\n```", "B: Der zweite Plan."],
)  # fmt: skip
def test_words_before_a_colon_may_be_prose(line: str) -> None:
    """Only a name that stands alone before the colon, or nearly so, is taken for a speaker's."""
    people = {name: Person(id=name, name=name.replace("-", " ").title()) for name in ("anna-berg", "eva-falk")}
    registry = Registry(sources={}, people=people, topics={}, policy=None)
    told = post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}")
    assert list(find_named_speakers(told, registry)) == []


@pytest.mark.parametrize("part", [" ", "a ", "_", "@", "Eva ", "Frau ", "12:30 ", "a.", "*", "(", "<b>", "\u200b"])
def test_a_long_line_is_read_in_one_pass(part: str) -> None:
    """What looks like the beginning of many markers is not searched long: it takes less than the test's limit."""
    body = f"@anna-berg: Warum?\n\nEva{part * 40_000}"
    registry = Registry(sources={}, people={}, topics={}, policy=None)
    list(find_named_speakers(post("interview", hosts=("anna-berg",), body=body), registry))

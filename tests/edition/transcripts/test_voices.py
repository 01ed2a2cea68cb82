from itertools import product

import pytest

from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts.cues import Cue
from kuratorium.edition.transcripts.voices import identify_speakers, report_doubtful_labels
from tests.captions import read_cues

PEOPLE = {"ruth-feldkamp": "Ruth Feldkamp", "petra-ohlendorf": "Petra Ohlendorf"}


def read_voices(*lines: str) -> list[tuple[str, str]]:
    """Return id and words of each cue of a file with one caption; an empty id continues, "?" is an unknown voice."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ruth Feldkamp>Also:\n\n00:02.000 --> 00:09.000\n" + "\n".join(lines)
    cues = read_cues(text, PEOPLE)[0]
    voices = ["?" if isinstance(result, Violation) else result.voice for result in identify_speakers(cues, PEOPLE)]
    return [(voice, cue.text) for voice, cue in zip(voices, cues, strict=True)][1:]


RUTH, PETRA = PEOPLE


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["<v Ruth Feldkamp>Warum? <v Petra Ohlendorf>Darum."], [(RUTH, "Warum?"), (PETRA, "Darum.")]),
        (["<v Ruth Feldkamp>Warum?</v>", "<v.laut Petra Ohlendorf>Darum.</v>"], [(RUTH, "Warum?"), (PETRA, "Darum.")]),
        (["- <v Ruth Feldkamp>Warum?", "– <v Petra Ohlendorf>Darum."], [(RUTH, "Warum?"), (PETRA, "Darum.")]),
        (["und zwar <v Petra Ohlendorf>Ja,", "genau."], [("", "und zwar"), (PETRA, "Ja, genau.")]),
        (["<v Petra Ohlendorf>- Ja,", "und nein."], [(PETRA, "- Ja, und nein.")]),
        (["<v Petra Ohlendorf>Ja.", "- Nein."], [(PETRA, "Ja."), ("?", "Nein.")]),
        (["- Ja.", "- Nein."], [("?", "Ja."), ("?", "Nein.")]),
        ([">> Ja."], [("?", "Ja.")]),
        (["&gt;&gt; Petra Ohlendorf: Ja."], [(PETRA, "Ja.")]),
        (["- Nein."], [("", "- Nein.")]),
    ],
    ids=["one line", "two lines", "dashes", "before", "dash of hers", "no name", "no names", "mark", "mark and name",
         "one dash"],
)  # fmt: skip
def test_every_voice_of_a_caption_keeps_its_own_words(lines: list[str], expected: list[tuple[str, str]]) -> None:
    """Several voices in a caption are several cues; a mark of another speaker without a name gives no one the words."""
    assert read_voices(*lines) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Petra Ohlendorf: Ja: so.", (PETRA, "Ja: so.")),
        ("<b>petra ohlendorf</b>: Ja.", (PETRA, "Ja.")),
        ("Ohlendorf, Petra: Ja.", (PETRA, "Ja.")),
        ("Petra Ohlendorf (Gast): Ja.", (PETRA, "Ja.")),
        ("Petra: Ja.", (PETRA, "Ja.")),
        ("<v Ohlendorf, Petra (extern)>Ja.", (PETRA, "Ja.")),
        ("Heiner von Bering: Ja.", ("?", "Ja.")),
        ("Petra Ohlendorf:Ja.", (PETRA, "Ja.")),
        ("[Petra Ohlendorf]: Ja.", (PETRA, "Ja.")),
        ("Petra Ohlendorf [leise]: Ja.", (PETRA, "Ja.")),
        ("[leise] Petra Ohlendorf: Ja.", (PETRA, "Ja.")),
        ("Petra Ohlendorf \u3010leise\u3011\uff1a Ja.", (PETRA, "Ja.")),
        ("Jutta Krone [leise]: Ja.", ("?", "Ja.")),
        ("Dr. Petra Ohlendorf: Ja.", (PETRA, "Ja.")),
        ("Petra Ohlendorf, Amt Nord: Ja.", ("?", "Ja.")),
        ("Frau Ohlendorf: Wie das?", ("?", "Wie das?")),
        ("Petra Ohlendorf, unser Gast heute: Guten Tag.", ("?", "Guten Tag.")),
        ("**Petra Ohlendorf:** Ja.", (PETRA, "Ja.")),
        ("> Petra Ohlendorf: Ja.", (PETRA, "Ja.")),
        ("[0:12] Petra Ohlendorf: Ja.", (PETRA, "Ja.")),
        ("[Petra Ohlendorf] Ja.", (PETRA, "Ja.")),
        ("<Petra Ohlendorf> Ja.", (PETRA, "Ja.")),
        ("&lt;v Petra Ohlendorf&gt;Ja.", (PETRA, "Ja.")),
        ("[Petra Ohlendorf: Ja, das\nfinde ich.]", (PETRA, "Ja, das finde ich.")),
        ("Bürger:Innen und Leser:innen.", ("", "Bürger:Innen und Leser:innen.")),
        ("Kurz gesagt: Ja.", ("", "Kurz gesagt: Ja.")),
        ("Um 12:30 Uhr: Ja.", ("", "Um 12:30 Uhr: Ja.")),
    ],
    ids=["name", "tags", "last name first", "addition", "first name", "meeting", "stranger", "no blank",
         "brackets", "remark", "remark before", "wide marks", "remark of a stranger", "title", "office", "address",
         "address of a guest", "stars",
         "mark",
         "time before", "brackets alone", "angles", "tag as text", "all in brackets", "gender", "no name", "time"],
)  # fmt: skip
def test_names_before_a_colon_are_voices(line: str, expected: tuple[str, str]) -> None:
    """Meetings name speakers so; a name of nobody in the conversation is reported, not printed as another's words."""
    first = "WEBVTT\n\n00:00.000 --> 00:01.000\nRuth Feldkamp: Los.\n\n00:01.000 --> 00:02.000\n"
    cues = read_cues(first + line, PEOPLE)[0]
    _, result = identify_speakers(cues, PEOPLE)
    assert ("?" if isinstance(result, Violation) else result.voice, cues[1].text) == expected


@pytest.mark.parametrize(
    ("label", "is_voice"),
    [(label, True) for label in ("Gast Tablet", "iPad von Jo", "Speaker 2", "[SPEAKER_01]", "Publikum",
                                 "Ute Roth / Presse", "+49 89 555", "Raum 3.07", "Frage aus dem Saal", "Gast iPad",
                                 "Jutta Krone", "jutta krone", "[Jutta Krone]", "Petra Ohlendorff", "Ohlendorv")]
    + [(words, False) for words in ("Also", "Kurz gesagt", "Zum Beispiel", "Wichtig", "sagte er", "Das Ergebnis",
                                    "Beschluss", "Frage", "Heiner", "Stand der Dinge", "Punkt 3", "Nächste Frage",
                                    "wir machen es so", "noch etwas", "ein Vorschlag",
                                    "Kurzer Hinweis", "Jutta krone")],
)  # fmt: skip
def test_a_label_of_nobody_is_told(label: str, is_voice: bool) -> None:
    """In a file that names speakers before a colon, the words of a stranger are not those of the speaker before."""
    first = "WEBVTT\n\n00:00.000 --> 00:01.000\nRuth Feldkamp: Los.\n\n00:01.000 --> 00:02.000\n"
    _, result = identify_speakers(read_cues(f"{first}{label}: Ja.", PEOPLE)[0], PEOPLE)
    assert isinstance(result, Violation) == is_voice


def read_file(*blocks: str) -> str:
    """Return a WebVTT file with these captions, one in each second."""
    cues = [f"00:{second:02}.000 --> 00:{second:02}.900\n{block}" for second, block in enumerate(blocks)]
    return "\n\n".join(["WEBVTT", *cues])


def report(*blocks: str) -> tuple[list[str], list[str]]:
    """Return the messages of the errors and of the warnings of a file with these captions."""
    cues = read_cues(read_file(*blocks), PEOPLE)[0]
    errors = [result.message for result in identify_speakers(cues, PEOPLE) if isinstance(result, Violation)]
    doubts = report_doubtful_labels(cues)
    return errors, [doubts.message] if doubts else []


def read_turns(*blocks: str) -> list[tuple[str, str]]:
    """Return voice and words of each cue of a file with these captions; a voice is an id, "?" if unknown."""
    cues = read_cues(read_file(*blocks), PEOPLE)[0]
    results = identify_speakers(cues, PEOPLE)
    voices = ["?" if isinstance(result, Violation) else result.voice for result in results]
    return [(voice, cue.text) for voice, cue in zip(voices, cues, strict=True)]


def test_a_label_behind_a_sentence_is_a_voice_in_a_file_of_labels() -> None:
    """Whoever wrote both turns on one line marked them as all others; below <v>, it is a warning."""
    line = "Ruth Feldkamp: Warum? Petra Ohlendorf: Darum."
    assert read_turns(line) == [(RUTH, "Warum?"), (PETRA, "Darum.")]
    assert read_turns(f"{line} Ruth: nein. - Ruth Feldkamp: Doch.")[1:] == [
        (PETRA, "Darum. Ruth: nein."),
        (RUTH, "Doch."),
    ]
    assert report("<v Ruth Feldkamp>Warum? Petra Ohlendorf: Darum.")[1] == [
        'words before a colon may name other speakers: "Petra Ohlendorf:" (line 3)'
    ]
    assert read_turns("Ruth Feldkamp: Das fragte Petra Ohlendorf: warum?")[1:] == []


@pytest.mark.parametrize(
    "words", ["Warum?\nJutta Krone: Darum.", "Warum? Jutta Krone: Darum.", "Warum?\nPublikum: Ja."]
)
def test_a_stranger_below_a_voice_is_a_warning(words: str) -> None:
    """What only a name or a role begins may be somebody else's; terms with capitals are not reported."""
    errors, warnings = report(f"<v Ruth Feldkamp>{words}")
    assert errors == []
    assert len(warnings) == 1
    assert report("<v Ruth Feldkamp>Warum?\nOpen Source: Darum. Digitale Verwaltung: nie.")[1] == []


@pytest.mark.parametrize(
    "label",
    ["Petra Ohlendorf:", "PETRA OHLENDORF:", "petra-ohlendorf:", "petra:", "Petra Ohlendorf :",
     "<c>Petra Ohlendorf:</c>", "\u201cPetra Ohlendorf:\u201d ", "\u201ePetra Ohlendorf:\u201c ",
     '"Petra Ohlendorf:"', "\xabPetra Ohlendorf\xbb:",
     "<b>Petra</b>:", "**Petra Ohlendorf:**", "[Petra Ohlendorf]:", "(Petra Ohlendorf:)", "[0:12] Petra Ohlendorf:",
     "Ohlendorf, Petra:", "Petra Ohlendorf (Gast):", "Petra Ohlendorf&#58;", "Petra Ohlendorf\uff1a",
     "Petra Ohlendorf\u2236", "- Petra Ohlendorf:", ">>Petra Ohlendorf:"],
)  # fmt: skip
@pytest.mark.parametrize("words", ["ja, gern", "3 mal", "\u201eja\u201c"])
def test_a_known_name_needs_no_blank_behind_its_colon(label: str, words: str) -> None:
    """Whatever follows the colon of a name of the conversation are words of that person, at any beginning of a line."""
    assert read_turns("Ruth Feldkamp: Ja", label + words) == [(RUTH, "Ja"), (PETRA, words)]
    assert read_turns("Ruth Feldkamp: Ja", f"und nein\n{label}{words}")[1:] == [("", "und nein"), (PETRA, words)]
    assert read_turns("<v Ruth Feldkamp>Ja", label + words)[1:] == [(PETRA, words)]


@pytest.mark.parametrize("label", ["Petra Ohlendorf:", "- PETRA OHLENDORF:", "[Petra Ohlendorf]:", "[Petra Ohlendorf]"])
def test_a_known_name_behind_a_sentence_needs_no_blank_either(label: str) -> None:
    """This holds within a line, and at its end, too; below <v> it is a warning."""
    for words in ("ja, gern", "\nja, gern"):
        assert read_turns(f"Ruth Feldkamp: Warum? {label}{words}") == [(RUTH, "Warum?"), (PETRA, "ja, gern")]
    assert len(report(f"<v Ruth Feldkamp>Warum? {label}ja, gern")[1]) == 1


@pytest.mark.parametrize("label", ["Jutta Krone", "Petra Ohlendorff", "SPEAKER_01", "Gast iPad", "Publikum"])
def test_a_stranger_needs_no_blank_behind_the_colon(label: str) -> None:
    """What can only be the label of a speaker is one, whatever follows."""
    errors, _ = report("Ruth Feldkamp: Los.", f"{label}:ja, gern")
    assert [message.split('"')[1] for message in errors] == [label]


@pytest.mark.parametrize(
    "words", ["Besucher:innen und Gäste", "Sprecher:in des Amts", "Sprecher:innen", "Leser:innen", "Raum 3:30", "https://x",
              "Jutta Krone://x", "Ja. Besucher:innen und Leser:in", "Ja. Um 12:30"]
)  # fmt: skip
def test_a_colon_within_a_word_is_no_label(words: str) -> None:
    """Gendered words, times and addresses are words, and not even doubtful."""
    assert report("Ruth Feldkamp: Los.", words) == ([], [])


def test_a_name_that_is_also_a_word() -> None:
    """A guest may be called Richter, and somebody speak of Richter:innen; ":in" may be either, which is a warning."""
    people = {"ada-lamm": "Ada Lamm", "jo-richter": "Jo Richter"}
    read = [read_cues(read_file("Ada Lamm: Los.", f"Richter:{words}"), people)[0] for words in ("innen", "in der Tat")]
    assert [[cue.voice for cue in cues] for cues in read] == [["Ada Lamm", ""]] * 2
    assert [bool(report_doubtful_labels(cues)) for cues in read] == [False, True]
    for name, words in product(("Petra Ohlendorf", "petra-ohlendorf"), ("in der Tat", "In der Tat")):
        assert read_turns("Ruth Feldkamp: Los.", f"{name}:{words}")[1:] == [(PETRA, words)]


@pytest.mark.parametrize(
    "tag", ["<v\nPetra Ohlendorf>", "<v Petra\nOhlendorf>", "<v.laut\nPetra Ohlendorf>", "<v\n \nPetra\nOhlendorf\n>"]
)
def test_a_line_may_end_within_the_tag_of_a_voice(tag: str) -> None:
    """The words behind it are those of that voice, and nothing of the tag is words of another."""
    turns = [(PETRA, "Ja."), (RUTH, "Nein.")]
    assert read_turns("<v Ruth Feldkamp>Los.", f"{tag}Ja.</v\n>\n<v\nRuth>Nein.")[1:] == turns


@pytest.mark.parametrize("caption", ["Petra Ohlendorf", "Petra Ohlendorf\nJa.", "Petra Ohlendorf – Ja.",
                                     "Petra Ohlendorf 0:05\nJa."])  # fmt: skip
def test_a_name_without_a_colon_is_a_warning(caption: str) -> None:
    """It may be that of the speaker, where no sentence goes on in it."""
    assert report("Ruth Feldkamp: Los.", caption)[1]
    assert report("Ruth Feldkamp: Das war", caption)[1] == []


@pytest.mark.parametrize(
    "name", ["Petra Ohlendorf:", "<v Petra Ohlendorf></v>", "[Petra Ohlendorf]", "[Musik]\nPetra:"]
)
def test_a_name_without_words_is_the_voice_of_the_next_caption(name: str) -> None:
    """Some programs write the name before the caption."""
    assert read_turns("Ruth Feldkamp: Warum?", name, "[Pause]", "Darum.") == [(RUTH, "Warum?"), (PETRA, "Darum.")]
    assert read_turns("Ruth Feldkamp: Warum?", name, "Ruth Feldkamp: So.") == [(RUTH, "Warum?"), (RUTH, "So.")]


@pytest.mark.parametrize(
    "words", ["Gut. >> Nein.", "-Ja.\n-Nein.", "<v>Nein.", "<v.laut>Nein.", "<v Ruth>Ja. >> Nein."]
)
def test_a_mark_of_another_speaker_without_a_name_is_told(words: str) -> None:
    """Dashes without a blank, the mark within a line and a voice without a name give no one the words."""
    assert read_turns("<v Ruth Feldkamp>Los.", words)[-1] == ("?", "Nein.")


@pytest.mark.parametrize("tag", ["<V Petra Ohlendorf>", "<V.x Petra Ohlendorf>", '<v "Petra Ohlendorf">'])
def test_a_voice_may_be_written_loosely(tag: str) -> None:
    """WebVTT has lower case only, and no quotes; the name is meant."""
    assert read_turns("<v Ruth Feldkamp>Los.", f"{tag}Ja.")[1:] == [(PETRA, "Ja.")]


@pytest.mark.parametrize("label", ["Beschluss", "Heiner", "Frage zum Haushalt", "Punkt 3", "HEINER", "Jutta krone"])
def test_what_may_be_a_label_is_a_warning(label: str) -> None:
    """The words stay with the speaker before, and the editor hears of it, with the line."""
    expected = [f'words before a colon may name other speakers: "{label}:" (line 6)']
    assert report("Ruth Feldkamp: Los.", f"{label}: wir kaufen nicht.") == ([], expected)


def test_few_of_many_doubtful_labels_are_listed() -> None:
    """One warning for a file: each label once, with its first line, and the number of those beyond five."""
    words = [f"{word}: so." for word in ("Ort", "Tag", "Ort", "Zeit", "Preis", "Ziel", "Ende", "Rest")]
    errors, (warning,) = report("<v Ruth Feldkamp>Los.", *words)
    assert errors == []
    assert warning.endswith('"Ort:" (line 6), "Tag:" (line 9), "Zeit:" (line 15), "Preis:" (line 18), "Ziel:" (line 21)'
                            " and 2 more")  # fmt: skip


@pytest.mark.parametrize("label", ["Petra Ohlendorf:", "petra-ohlendorf: ", "@petra-ohlendorf: ", "[Petra Ohlendorf] "])
def test_the_name_of_another_at_the_beginning_of_a_voice_is_a_warning(label: str) -> None:
    """Somebody may have written the wrong voice, or the right one twice; a first name may be an address."""
    expected = [f'words before a colon may name other speakers: "{label.strip("[]: ")}:" (line 3)']
    assert report(f"<v Ruth Feldkamp>{label}ja.") == ([], expected)
    assert report(f"<v Ruth Feldkamp>Nun. {label}ja.")[1]
    assert report(f"<v Petra Ohlendorf>{label}ja.", "<v Ruth Feldkamp>Petra: wie das?") == ([], [])


@pytest.mark.parametrize("words", ["Jutta Krone: ja.", "Gast iPad: ja.", "Beschluss: ja.", "Frage: ja?", "12:30 Uhr.",
                                   "https://amt.example/ ist es.", "jutta krone: ja."])  # fmt: skip
def test_a_file_of_voices_has_no_labels(words: str) -> None:
    """Where <v> marks speakers, words before a colon are no error; below a <v> of their own they are not even asked."""
    errors, _ = report("<v Ruth Feldkamp>Los.", words)
    assert errors == []
    assert report("<v Ruth Feldkamp>Los.", f"<v Petra Ohlendorf>{words}") == ([], [])


@pytest.mark.parametrize("words", ["Jutta Krone", "Gast iPad", "jutta krone", "Beschluss"])
def test_a_label_in_a_file_of_voices_is_a_warning(words: str) -> None:
    """A caption without a voice that begins as with a name is told."""
    assert report("<v Ruth Feldkamp>Los.", f"{words}: ja.")[1]


def test_labels_of_strangers_alone_mark_speakers() -> None:
    """Without any <v> and any known name, two captions that begin with names show what the file means by them."""
    errors, _ = report("Jutta Krone: Los.", "Ja.", "Heiner von Bering: Nein.", "Jutta Krone: Doch.")
    assert [message.split('"')[1] for message in errors] == ["Jutta Krone", "Heiner von Bering", "Jutta Krone"]


def test_names_in_lower_case_mark_speakers_so() -> None:
    """In a file without capitals and full stops, a stranger is told, too; prose that leads up to a colon is not."""
    errors, warnings = report("ruth feldkamp: also los", "jutta krone: gern", "und zwar gilt: nichts", "sie sagte: ja")
    assert [message.split('"')[1] for message in errors] == ["jutta krone"]
    assert warnings == []


def test_a_single_word_is_a_label_where_every_caption_has_one() -> None:
    """A caption of a meeting without a label would be the only one."""
    meeting = ["Ruth Feldkamp: Ja.", "Petra Ohlendorf: Nein."] * 4
    assert len(report(*meeting, "Heiner: Doch.")[0]) == 1
    assert report(*meeting, "Und weiter.", "Beschluss: Doch.")[0] == []


def test_a_label_says_what_to_write() -> None:
    """The hint names the nearest person, and what to write if these are words."""
    cues = read_cues(read_file("Ruth Feldkamp: Los.", "petra ohlendorff: Ja."), PEOPLE)[0]
    _, violation = identify_speakers(cues, PEOPLE)
    assert isinstance(violation, Violation)
    assert violation.line == 6
    assert violation.hint == (
        'Did you mean "Petra Ohlendorf"? Or add them to guests or hosts; if these are words of a speaker, '
        "write <v Name> before them."
    )


@pytest.mark.parametrize(
    ("first", "others", "is_told"),
    [
        ("<v Ruth Feldkamp>Das war es.", [], True),
        ("<v Ruth Feldkamp>Das war es,", [], False),
        ("<v Ruth Feldkamp>Das war es.", ["Wirklich."], False),
        ("<v Ruth Feldkamp>Das war es.", ["<v Ruth Feldkamp>Wirklich."], True),
        ("<v Ruth Feldkamp>Das war es.", ["[Applaus]"], True),
    ],
    ids=["sentence ended", "sentence goes on", "the file continues so", "a voice in each", "a sound"],
)
@pytest.mark.parametrize("caption", ["Gut so. <v Petra Ohlendorf>Ja.", "Gut so.\n<v Petra Ohlendorf>Ja."])
def test_words_before_a_voice_are_never_those_of_the_voice(
    first: str, others: list[str], is_told: bool, caption: str
) -> None:
    """They are the speaker's before where the file or the sentence goes on so; else they are told with the line."""
    cues = read_cues(read_file(first, caption, *others), PEOPLE)[0]
    assert [cue.text for cue in cues[1:3]] == ["Gut so.", "Ja."]
    results = list(identify_speakers(cues, PEOPLE))
    assert isinstance(results[1], Violation) == is_told
    assert results[1].line == 6
    assert isinstance(results[2], Cue)
    assert results[2].voice == PETRA


def test_numbered_voices_are_not_one_person() -> None:
    """Labels of a program are told although one person says all that has no voice."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n[SPEAKER_00]: Los.\n\n00:01.000 --> 00:02.000\n[SPEAKER_01]: Ja."
    results = list(identify_speakers(read_cues(text, PEOPLE)[0], PEOPLE, RUTH))
    assert [isinstance(result, Violation) for result in results] == [True, True]


def test_a_name_that_two_people_share_is_no_voice() -> None:
    """A first name is a voice if only one person of the conversation has it."""
    people = {"ada-berg": "Ada Berg", "ada-lamm": "Ada Lamm"}
    (cue,) = read_cues("WEBVTT\n\n00:00.000 --> 00:01.000\nAda: Los.", people)[0]
    assert (cue.voice, cue.text) == ("", "Ada: Los.")


def test_names_in_other_scripts_are_not_one_person() -> None:
    """A name without a Latin letter is a voice as any other, and no other such name is."""
    people = {"yuri": "Юрий", "hanako": "花子"}
    cues = read_cues(read_file("<v юрий>A", "花子: B", "<v 太郎>C"), people)[0]
    results = list(identify_speakers(cues, people))
    assert [result.voice for result in results[:2] if isinstance(result, Cue)] == ["yuri", "hanako"]
    assert isinstance(results[2], Violation)


@pytest.mark.parametrize("sound", ["[Musik]", "(lacht)", "♪♪", "[Applaus] (alle lachen)", "♪ la la ♪", "*Applaus*"])
def test_sounds_are_nobodys_words(sound: str) -> None:
    """A caption of sounds without a voice is left out, also as the first one; those within words stay."""
    text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{sound}\n\n00:01.000 --> 00:02.000\n<v Ruth Feldkamp>Gut {sound}."
    cues, violations = read_cues(text, PEOPLE)
    assert violations == []
    assert [(cue.voice, cue.text) for cue in cues] == [("Ruth Feldkamp", f"Gut {sound}.")]


def test_a_sound_may_have_two_lines() -> None:
    """It is that of a bracket that begins on one and ends on the other, also with a name in it."""
    for sound in ("[Publikum lacht\nund klatscht]", "[Ruth Feldkamp\nlacht]", "[Ruth Feldkamp: lacht]"):
        assert read_turns("Petra Ohlendorf: Ja.", sound, "Nein.") == [(PETRA, "Ja."), ("", "Nein.")]


def test_brackets_with_a_sentence_are_words() -> None:
    """What somebody may have said in brackets is kept."""
    (cue,) = read_cues("WEBVTT\n\n00:00.000 --> 00:01.000\n(das sage ich ganz leise)")[0]
    assert cue.text == "(das sage ich ganz leise)"


def test_one_person_may_say_all_that_has_no_voice() -> None:
    """A default speaker gets the cues without a voice, also after somebody else's."""
    cues = [Cue(0, 1, "A"), Cue(1, 2, "B", "Petra Ohlendorf"), Cue(2, 3, "C"), Cue(3, 4, "D", "", 0, True)]
    results = list(identify_speakers(cues, PEOPLE, RUTH))
    assert [result.voice for result in results if isinstance(result, Cue)] == [RUTH, PETRA, RUTH, RUTH]


def test_several_voices_share_the_time_of_a_caption() -> None:
    """Each gets a part in proportion to its words."""
    text = "WEBVTT\n\n00:01.000 --> 00:05.000\n<v Ruth Feldkamp>Ja, aber.\n<v Petra Ohlendorf>So."
    assert [(cue.start, cue.end) for cue in read_cues(text)[0]] == [(1000, 4000), (4000, 5000)]


def test_voices_are_identified_by_name_or_id() -> None:
    """An unknown voice is reported with its line and the most similar name; a cue without one continues."""
    cues = [
        Cue(0, 1, "?", "", 3),
        Cue(1, 2, "A", "ruth feldkamp", 6),
        Cue(2, 3, "B", "petra-ohlendorf", 9),
        Cue(3, 4, "C", "Ruth Feldkmap", 12),
        Cue(4, 5, "D", "", 15),
    ]
    results = list(identify_speakers(cues, PEOPLE))
    assert [(result.line, result.message if isinstance(result, Violation) else result.voice) for result in results] == [
        (3, "this cue does not name its speaker"),
        (6, "ruth-feldkamp"),
        (9, "petra-ohlendorf"),
        (12, 'the voice "Ruth Feldkmap" is neither guest, host nor author of this conversation'),
        (15, ""),
    ]
    assert isinstance(results[3], Violation)
    assert results[3].hint == 'Did you mean "Ruth Feldkamp"?'


@pytest.mark.parametrize("part", ["<c ", "<v ", "<v A>", "(", "[", "♪", "(a ", "- ", "A: ", "{\\", ">> ", "a\n",
                                  "0:12 ", "Ja. A B: ", "</v>", "<v>", "*a", "[a] "])  # fmt: skip
def test_the_work_grows_with_the_length_of_a_caption(part: str) -> None:
    """Unclosed brackets are text like any other, however many there are: this test ends at once."""
    cues, violations = read_cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{part * 40_000}x", PEOPLE)
    assert [violation.message for violation in violations] == ['"<v" is not the tag of a voice'] * (part == "<v ")
    assert cues

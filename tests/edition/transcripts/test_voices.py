import pytest

from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts.cues import Cue
from kuratorium.edition.transcripts.voices import identify_speakers
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
        ("Kurz gesagt: Ja.", ("", "Kurz gesagt: Ja.")),
        ("Um 12:30 Uhr: Ja.", ("", "Um 12:30 Uhr: Ja.")),
    ],
    ids=["name", "tags", "last name first", "addition", "first name", "meeting", "stranger", "no name", "time"],
)  # fmt: skip
def test_names_before_a_colon_are_voices(line: str, expected: tuple[str, str]) -> None:
    """Meetings name speakers so; a name of nobody in the conversation is reported, not printed as another's words."""
    first = "WEBVTT\n\n00:00.000 --> 00:01.000\nRuth Feldkamp: Los.\n\n00:01.000 --> 00:02.000\n"
    cues = read_cues(first + line, PEOPLE)[0]
    _, result = identify_speakers(cues, PEOPLE)
    assert ("?" if isinstance(result, Violation) else result.voice, cues[1].text) == expected


@pytest.mark.parametrize(
    ("label", "is_voice"),
    [(label, True) for label in ("Gast Tablet", "iPad von Jo", "Speaker 2", "[SPEAKER_01]", "Heiner", "HEINER",
                                 "Gast iPad", "Publikum", "Ute Roth / Presse", "+49 89 555", "Raum 3.07",
                                 "Frage aus dem Saal")]
    + [(words, False) for words in ("Also", "Kurz gesagt", "Zum Beispiel", "Wichtig", "sagte er", "Das Ergebnis")],
)  # fmt: skip
def test_a_label_of_nobody_is_told(label: str, is_voice: bool) -> None:
    """In a file that names speakers before a colon, the words of a stranger are not those of the speaker before."""
    first = "WEBVTT\n\n00:00.000 --> 00:01.000\nRuth Feldkamp: Los.\n\n00:01.000 --> 00:02.000\n"
    _, result = identify_speakers(read_cues(f"{first}{label}: Ja.", PEOPLE)[0], PEOPLE)
    assert isinstance(result, Violation) == is_voice


@pytest.mark.parametrize(("count", "is_voice"), [(1, False), (2, True)])
@pytest.mark.parametrize("label", ["heiner bering", "moderation"])
def test_a_label_that_begins_several_cues_is_told(label: str, count: int, is_voice: bool) -> None:
    """Programs and people write names in small letters, too; once, the same words may be the speaker's own."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nRuth Feldkamp: Los."
    for second in range(1, count + 1):
        text += f"\n\n00:0{second}.000 --> 00:0{second + 1}.000\n{label}: Ja."
    _, *results = identify_speakers(read_cues(text, PEOPLE)[0], PEOPLE)
    assert [isinstance(result, Violation) for result in results] == [is_voice] * count


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


@pytest.mark.parametrize("sound", ["[Musik]", "(lacht)", "♪♪", "[Applaus] (alle lachen)"])
def test_sounds_are_nobodys_words(sound: str) -> None:
    """A caption of sounds without a voice is left out, also as the first one; those within words stay."""
    text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{sound}\n\n00:01.000 --> 00:02.000\n<v Ruth Feldkamp>Gut {sound}."
    cues, violations = read_cues(text, PEOPLE)
    assert violations == []
    assert [(cue.voice, cue.text) for cue in cues] == [("Ruth Feldkamp", f"Gut {sound}.")]


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


@pytest.mark.parametrize("part", ["<c ", "<v ", "<v A>", "(", "[", "♪", "(a ", "- ", "A: ", "{\\", ">> ", "a\n"])
def test_the_work_grows_with_the_length_of_a_caption(part: str) -> None:
    """Unclosed tags and brackets are text like any other, however many there are: this test ends at once."""
    cues, violations = read_cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{part * 40_000}x", PEOPLE)
    assert violations == []
    assert cues

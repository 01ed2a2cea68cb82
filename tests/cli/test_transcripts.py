from kuratorium.publishing.build_command import build_site
from tests.captions import read_cues
from tests.cli.program import kuratorium
from tests.editions import TinyEdition

TURNS = (
    "@anna-berg (00:05): Warum *gerade* das?[^1]\n\n@eva-falk (00:09): Darum.\n\n@anna-berg (00:20): Gut.\n\n[^1]: So."
)
FILE = "content/talks/abend.md"


def test_turns_become_captions(tiny: TinyEdition) -> None:
    """Voices are people's names; Markdown's marks and footnotes are left out; the post itself is not changed."""
    post = tiny.talk("abend", body=TURNS)
    before = post.read_bytes()
    ran = kuratorium(tiny.root, "transcript", FILE)
    assert (ran.returncode, ran.stderr) == (0, "")
    cues, violations = read_cues(ran.stdout)
    assert violations == []
    assert [(cue.start, cue.voice, cue.text) for cue in cues] == [
        (5000, "Anna Berg", "Warum gerade das?"),
        (9000, "Eva Falk", "Darum."),
        (20000, "Anna Berg", "Gut."),
    ]
    assert post.read_bytes() == before


def test_captions_have_the_words_of_the_page(tiny: TinyEdition) -> None:
    """Tables, lists, quotations, marks and embeds of a turn are written as its page's captions have them."""
    body = (
        "@anna-berg (00:05): Das ist ==wichtig==:\n\n1. erstens,\n2. zweitens.\n\n"
        "| Amt | Tage |\n|---|---|\n| A | 3 |\n\n"
        "> Wer fragt, führt.\n\n[[youtube:dQw4w9WgXcQ]]\n\n@eva-falk (00:40): Gut."
    )
    tiny.talk("abend", body=body)
    ran = kuratorium(tiny.root, "transcript", FILE)
    assert (ran.returncode, ran.stderr) == (0, "")
    (captions,) = (build_site(tiny.root).output).rglob("abend.vtt")
    assert captions.read_text() == ran.stdout
    words = " ".join(cue.text for cue in read_cues(ran.stdout)[0])
    assert words == "Das ist wichtig: 1. erstens, 2. zweitens. Amt Tage A 3 Wer fragt, führt. Gut."


def test_captions_become_turns_and_captions_again(tiny: TinyEdition) -> None:
    """Captions given with --from, or named by the post, become turns, and these the same captions."""
    tiny.talk("abend", body=TURNS)
    captions = kuratorium(tiny.root, "transcript", FILE).stdout
    tiny.write("content/media/abend.vtt", captions)
    turns = kuratorium(tiny.root / "content", "transcript", "talks/abend.md", "--from", "media/abend.vtt")
    assert (turns.returncode, turns.stderr) == (0, "")
    assert turns.stdout == (
        "@anna-berg (00:05): Warum gerade das?\n\n@eva-falk (00:09): Darum.\n\n@anna-berg (00:20): Gut.\n"
    )
    tiny.talk("abend", body="Worum es ging.", media={"transcript": "media/abend.vtt"})
    assert kuratorium(tiny.root, "transcript", FILE).stdout == turns.stdout
    tiny.talk("abend", body=turns.stdout)
    assert kuratorium(tiny.root, "transcript", FILE).stdout == captions


def test_captions_have_what_the_page_shows(tiny: TinyEdition) -> None:
    """Tables, lists, quotations and highlighted words are words; a heading ends a turn, and no mark is spoken."""
    body = (
        "@eva-falk (00:05): Dreierlei:\n\n3. ==erstens==\n3. *zweitens*\n\n| Ort | Tag |\n|---|---|\n| Fürth | heute |"
        "\n\n> Ohne `Akten` kein Amt.\n\n[[youtube:dQw4w9WgXcQ]]\n\n## Danach\n\nNichts.\n\n@anna-berg (01:00): Gut."
    )
    tiny.talk("abend", body=body)
    cues, _ = read_cues(kuratorium(tiny.root, "transcript", FILE).stdout)
    assert [(cue.voice, cue.text) for cue in cues] == [
        *(("Eva Falk", words) for words in ("Dreierlei:", "3. erstens", "4. zweitens", "Ort Tag", "Fürth heute")),
        ("Eva Falk", "Ohne Akten kein Amt."),
        ("Anna Berg", "Gut."),
    ]


def test_turns_that_the_page_would_not_have_are_refused(tiny: TinyEdition) -> None:
    """A speaker or a marker with a mistake is named with its line: the words would be the speaker's before."""
    for guest, marker, message in (
        ("eva-falk", "@niemand (00:09)", "„@niemand“ ist in diesem Gespräch weder Gast noch Gastgeber noch Autor"),
        ("niemand", "@anna-berg (00:09)", "unbekannt (Person): „niemand“"),
        ("eva-falk", "@Eva Falk (00:09)", "„@Eva Falk (00:09):“ markiert keinen Redebeitrag"),
    ):
        tiny.talk("abend", guests=[guest], body=f"@anna-berg (00:05): Warum?\n\n{marker}: Darum.")
        ran = kuratorium(tiny.root, "transcript", FILE)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"{FILE}:" in ran.stderr
        assert message in ran.stderr


def test_captions_of_a_program_without_names_become_one_persons_turns(tiny: TinyEdition) -> None:
    """`--voice` names who speaks; it must be somebody of the conversation."""
    tiny.talk("abend", body="Worum es ging.")
    tiny.write(
        "abend.srt", "1\n00:00:01,000 --> 00:00:02,000\nHeute\n\n2\n00:00:02,000 --> 00:00:03,000\nund morgen.\n"
    )
    ran = kuratorium(tiny.root, "transcript", FILE, "--from", "abend.srt", "--voice", "eva-falk")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "@eva-falk (00:01): Heute und morgen.\n", "")
    unnamed = kuratorium(tiny.root, "transcript", FILE, "--from", "abend.srt")
    assert (unnamed.returncode, unnamed.stdout) == (2, "")
    assert (
        "abend.srt:2: dieser Untertitel nennt nicht, wer spricht; dasselbe gilt in einem weiteren Untertitel"
        in unnamed.stderr
    )
    assert "--voice" in unnamed.stderr
    stranger = kuratorium(tiny.root, "transcript", FILE, "--from", "abend.srt", "--voice", "eva-falck")
    assert (stranger.returncode, stranger.stdout) == (2, "")
    assert "Gemeint ist vielleicht „eva-falk“." in stranger.stderr


def test_a_doubtful_label_is_a_warning(tiny: TinyEdition) -> None:
    """The turns are written, and words that may name a speaker are told on stderr; `check` says so of a post's file."""
    captions = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Also.\n\n00:02.000 --> 00:03.000\nBeschluss: Nein.\n"
    tiny.write("content/media/abend.vtt", captions)
    tiny.talk("abend", body="Worum es ging.", media={"transcript": "media/abend.vtt"})
    ran = kuratorium(tiny.root, "transcript", FILE)
    assert (ran.returncode, ran.stdout) == (0, "@anna-berg (00:01): Also. Beschluss: Nein.\n")
    words = "Worte vor einem Doppelpunkt nennen vielleicht andere Personen: „Beschluss:“ (Zeile 6)"
    message = f"content/media/abend.vtt:6: {words}"
    assert message in " ".join(ran.stderr.split())
    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == 0
    assert message in " ".join(checked.stderr.split())


def test_a_transcript_outside_content_is_not_read(tiny: TinyEdition) -> None:
    """What a post names is printed only from content/; a file named with --from may lie anywhere."""
    tiny.write("notes.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Nur für uns.\n")
    tiny.talk("abend", body=TURNS, media={"transcript": "../notes.vtt"})
    assert "Nur für uns" not in kuratorium(tiny.root, "transcript", FILE).stdout
    assert "Nur für uns" in kuratorium(tiny.root, "transcript", FILE, "--from", "notes.vtt").stdout


def test_what_cannot_be_converted_is_refused(tiny: TinyEdition) -> None:
    """A post that is no conversation or has no time codes, and a missing or invalid file, end with a message and 2."""
    tiny.talk("abend", body="Bald.")
    tiny.write("kaputt.vtt", "WEBVTT\n\n00:01 --> 00:02\nJa.")
    for words, message in {
        ("content/pages/impressum.md",): "ist keine Datei eines Interviews oder Gesprächs dieser Ausgabe",
        ("fehlt.md",): "ist keine Datei eines Interviews oder Gesprächs dieser Ausgabe",
        (FILE,): "hat keine Redebeiträge mit Zeit, wie „@anna-berg (12:30): …“",
        (FILE, "--from", "fehlt.vtt"): "fehlt.vtt: No such file or directory",
        (FILE, "--from", "kaputt.vtt"): "kaputt.vtt:3: „00:01 --> 00:02“ ist nicht die Zeit eines Untertitels",
    }.items():
        ran = kuratorium(tiny.root, "transcript", *words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert message in ran.stderr
        assert "Traceback" not in ran.stderr

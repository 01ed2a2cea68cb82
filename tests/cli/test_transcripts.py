from kuratorium.edition import transcripts
from tests.cli.test_main import kuratorium
from tests.editions import TinyEdition

TURNS = (
    "@anna-berg (00:05): Warum *gerade* das?[^1]\n\n@eva-falk (00:09): Darum.\n\n@anna-berg (00:20): Gut.\n\n[^1]: So."
)
FILE = "content/talks/abend.md"


def test_turns_become_captions(tiny: TinyEdition) -> None:
    """Names of people are the voices, marks of Markdown and footnotes are no words; the post stays as it is."""
    post = tiny.talk("abend", body=TURNS)
    before = post.read_bytes()
    ran = kuratorium(tiny.root, "transcript", FILE)
    assert (ran.returncode, ran.stderr) == (0, "")
    cues, misfits = transcripts.parse_webvtt(ran.stdout)
    assert misfits == []
    assert [(cue.start, cue.voice, cue.text) for cue in cues] == [
        (5000, "Anna Berg", "Warum gerade das?"),
        (9000, "Eva Falk", "Darum."),
        (20000, "Anna Berg", "Gut."),
    ]
    assert post.read_bytes() == before


def test_captions_become_turns_and_the_same_captions_again(tiny: TinyEdition) -> None:
    """What one direction makes, the other reads: with --from, and from the transcript that a post names."""
    tiny.talk("abend", body=TURNS)
    captions = kuratorium(tiny.root, "transcript", FILE).stdout
    tiny.write("content/media/abend.vtt", captions)
    said = kuratorium(tiny.root / "content", "transcript", "talks/abend.md", "--from", "media/abend.vtt")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == (
        "@anna-berg (00:05): Warum gerade das?\n\n@eva-falk (00:09): Darum.\n\n@anna-berg (00:20): Gut.\n"
    )
    tiny.talk("abend", body="Worum es ging.", media={"transcript": "media/abend.vtt"})
    assert kuratorium(tiny.root, "transcript", FILE).stdout == said.stdout
    tiny.talk("abend", body=said.stdout)
    assert kuratorium(tiny.root, "transcript", FILE).stdout == captions


def test_what_cannot_be_turned_is_told(tiny: TinyEdition) -> None:
    """No conversation, no time codes, no file, a broken one: each in a line or with its place, and it ends with 2."""
    tiny.talk("abend", body="Bald.")
    tiny.write("kaputt.vtt", "WEBVTT\n\n00:01 --> 00:02\nJa.")
    for words, told in {
        ("content/pages/impressum.md",): "is no file of an interview or a talk of this edition",
        ("fehlt.md",): "is no file of an interview or a talk of this edition",
        (FILE,): "has no turns with a time code, such as «@anna-berg (12:30): …»",
        (FILE, "--from", "fehlt.vtt"): "fehlt.vtt: No such file or directory",
        (FILE, "--from", "kaputt.vtt"): "kaputt.vtt:3: «00:01 --> 00:02» is no timing of a cue",
    }.items():
        ran = kuratorium(tiny.root, "transcript", *words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert told in ran.stderr
        assert "Traceback" not in ran.stderr

import pytest

from kuratorium.edition.transcripts.tags import find_odd_voice, is_sound, join_tags, split_spans, strip_tags


@pytest.mark.parametrize(
    "text",
    ["[Musik]", "(lacht leise)", "♪", "♪♪", "♪ Musik ♪", "🎵 la la, la la la 🎵 hm 🎵", "♪ Musik", "# Musik #",
     "*Applaus*", "*räuspert sich*", "{Musik}", "【拍手】", "\uff08拍手\uff09", "- [Applaus]", "-[Applaus]",
     ">> [Applaus]", "[TÜR KNALLT].", "[Publikum lacht und klatscht laut]", "[Applaus] (alle lachen)",
     "[Ruth Feldkamp: lacht]", "<Musik>"],
)  # fmt: skip
def test_sounds_are_told_from_words(text: str) -> None:
    """Brackets, stars and the signs of music hold no speech."""
    assert is_sound(text)


@pytest.mark.parametrize(
    "text",
    ["", "Musik", "[Musik] Guten Abend", "(das sage ich ganz leise)", "*Nein!*", "*a* und *b*",
     "♪ Guten Abend zusammen", "♪ Guten Abend.", "[Ich meine das sehr ernst]",
     "[Ruth Feldkamp: Ja.]", "[Ich sehe das anders, ehrlich.]", "# Eins", "2 * 3 * 4", "[", "()", "..."],
)  # fmt: skip
def test_words_are_no_sounds(text: str) -> None:
    """What somebody may have said is kept, also with marks at its ends."""
    assert not is_sound(text)


@pytest.mark.parametrize("part", ["[", "[a", "*a", "*a ", "♪a", "♪", "# ", "(a ", "<a ", ". ", ".", "-", "(a)", "[a] "])
def test_a_sound_is_told_in_one_pass(part: str) -> None:
    """Unclosed marks, however many there are, do not take long."""
    is_sound(part * 40_000 + "x")


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        (["<v A>eins <v B>zwei</v> drei</v>"], [("A", "eins"), ("B", "zwei"), ("A", "drei")]),
        (["<v A>eins", "<v B>zwei</v>", "drei</v>"], [("A", "eins"), ("B", "zwei"), ("A", "drei")]),
        (["<v A>eins <v B>zwei <v C>drei</v> vier</v> fünf</v>"],
         [("A", "eins"), ("B", "zwei"), ("C", "drei"), ("B", "vier"), ("A", "fünf")]),
        (["<v A>eins <v B>zwei"], [("A", "eins"), ("B", "zwei")]),
        (["<v A>eins", "<v B>zwei</v>", "drei"], [("A", "eins"), ("B", "zwei"), ("", "drei")]),
        (["<v A>eins</v> und", "<V.x B>zwei</V>", "drei"],
         [("A", "eins"), (None, "und"), ("B", "zwei"), (None, "drei")]),
        (["</v>eins", "<v>zwei"], [(None, "eins"), ("", "zwei")]),
        (["<v A></v>"], [("A", "")]),
    ],
    ids=["nested", "over lines", "twice", "not ended", "one not ended", "one after another", "no name", "no words"],
)  # fmt: skip
def test_words_have_the_voice_that_holds_them(lines: list[str], spans: list[tuple[str | None, str]]) -> None:
    """A voice within another ends where its tag does; where a tag is missing, whose the words are is not guessed."""
    assert [(span.voice, strip_tags(span.text)) for span in split_spans(lines)] == spans


@pytest.mark.parametrize(
    "tag",
    ["< v Ruth>", "<v: Ruth>", '<v="Ruth">', "<voice Ruth>", "<v\xa0Ruth>", "<v Ruth Ja.", "</ v>", "<vRuth Ohm>",
     "<v\u200bRuth>", "<\nv Ruth>"],
)  # fmt: skip
def test_a_mistyped_voice_is_found(tag: str) -> None:
    """Its name would be words of the speaker before."""
    assert find_odd_voice(f"{tag}Ja.".split("\n"))
    assert not find_odd_voice(["<v Ruth>Ja.</v> <video> <Vera Ohm> &lt;v x&gt; 3 < v"])


def test_a_voice_that_its_caption_does_not_end_is_mistyped() -> None:
    """Its name may have become another block of the file."""
    assert find_odd_voice(["Ja.", "<v"])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["<v", "Ruth Ohm>eins"], ["<v Ruth Ohm>eins"]),
        (["<v.laut", "Ruth", "Ohm>eins</v", "> zwei"], ["<v.laut Ruth Ohm>eins</v > zwei"]),
        (["<i", ">eins</i>", "<c.rot", "blau>zwei"], ["<i >eins</i>", "<c.rot blau>zwei"]),
        (["1 <", "2 und 3 >", "2"], ["1 <", "2 und 3 >", "2"]),
    ],
)
def test_a_tag_that_goes_on_in_the_next_line_is_one(lines: list[str], expected: list[str]) -> None:
    """WebVTT allows line breaks in the tags of voices and all others; comparisons are no tags."""
    assert join_tags(lines) == expected

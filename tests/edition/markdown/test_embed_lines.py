import pytest

from kuratorium.edition.markdown.embed_lines import find_embeds, parse_embed_line


def test_an_embed_is_a_line_of_its_own_outside_code() -> None:
    """Within a sentence or within fenced code, the brackets are text."""
    body = "[[youtube:abcdefgh]]\n\n```\n[[vimeo:12345]]\n```\n\nDas [[vimeo:12345]] nicht.\n\n[[vimeo:12345]]  "
    embeds = [(line, embed.provider, embed.identifier) for line, embed in find_embeds(body)]
    assert embeds == [(0, "youtube", "abcdefgh"), (8, "vimeo", "12345")]


def test_an_embed_says_what_it_is_called_and_how_long_it_is() -> None:
    """Title, duration and still are optional, in any order; a title may hold brackets and equals signs."""
    line = parse_embed_line('[[youtube:abcdefgh poster=images/x.jpg title="Eins [2] = drei" duration=1:02:03]]')
    assert line
    embed = line.build_embed()
    assert embed
    assert (embed.poster, embed.title, embed.duration) == ("images/x.jpg", "Eins [2] = drei", "1:02:03")


@pytest.mark.parametrize(
    ("details", "message", "hint"),
    [
        ("titel=Eins", 'an embed has no "titel"', 'Did you mean "title"?'),
        ('title="Eins', 'cannot read title="Eins in this embed', 'title="…"'),
        ("title=Eins zwei", "cannot read zwei in this embed", 'title="…"'),
        ("title=Eins title=Zwei", "cannot read title=Zwei in this embed", "at most once"),
        ("„Eins“", "cannot read „Eins“ in this embed", 'title="…"'),
        ("duration=90", '"90" is no duration', "h:mm:ss"),
        ('duration=""', '"" is no duration', "h:mm:ss"),
    ],
)
def test_wrong_details_embed_nothing(details: str, message: str, hint: str) -> None:
    """The error says what is wrong and what would be right."""
    line = parse_embed_line(f"[[youtube:abcdefgh {details}]]")
    assert line
    assert line.build_embed() is None
    error = line.find_error()
    assert error
    assert error[0] == message
    assert hint in error[1]

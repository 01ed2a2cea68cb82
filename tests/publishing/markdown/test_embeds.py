from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.markdown.embeds import split_at_embeds
from tests.publishing.makers import document, registry


def html(body: str) -> str:
    """The HTML of a note's body."""
    return MarkdownConverter(registry()).convert(document(body))


def test_an_embed_is_a_link_in_the_text() -> None:
    """Wherever no template makes more of it, as in feeds, it leads to the provider's page and loads nothing."""
    made = html("Siehe:\n\n[[youtube:dQw4w9WgXcQ]]\nUnd weiter.")
    assert (
        'YouTube: <a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">www.youtube.com/watch?v=dQw4w9WgXcQ</a>' in made
    )
    assert "<p>Und weiter.</p>" in made
    assert "iframe" not in made


def test_a_body_is_cut_at_its_embeds() -> None:
    """Text, embed, text, embed, text: nothing is lost, and what stands between is as it was."""
    found = split_at_embeds(html("Eins.\n\n[[vimeo:123456789]]\n\nZwei.\n\n[[openstreetmap:52.5,13.4]]\n\nDrei."))
    assert [one.embed.provider if one.embed else one.html.strip() for one in found] == [
        *("<p>Eins.</p>", "vimeo", "<p>Zwei.</p>", "openstreetmap", "<p>Drei.</p>"),
    ]


def test_what_is_none_stays_text() -> None:
    """Code, a line with other words, an unknown provider, a forged frame or mark: nothing is embedded."""
    body = (
        "`[[vimeo:123456789]]`\n\n```\n[[vimeo:123456789]]\n```\n\nUnd [[vimeo:123456789]].\n\n[[other:1]]\n\n"
        '<iframe src="https://evil.example/"></iframe>\n\n<p class="embed" title="vimeo:x&quot;>">Nein</p>'
    )
    made = html(body)
    assert [one.embed for one in split_at_embeds(made)] == [None]
    assert "evil.example" not in made
    assert made.count("[[vimeo:123456789]]") == 3

import pytest

from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.markdown.embeds import split_at_embeds
from tests.publishing.makers import document, registry


def html(body: str) -> str:
    """Return the HTML of a note's body."""
    return MarkdownConverter(registry()).convert(document(body))


def test_an_embed_is_a_link_in_the_text() -> None:
    """Without the theme, as in feeds, it links to the provider's page and loads nothing."""
    body_html = html("Siehe:\n\n[[youtube:dQw4w9WgXcQ]]\nUnd weiter.")
    assert (
        'YouTube: <a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">www.youtube.com/watch?v=dQw4w9WgXcQ</a>'
        in body_html
    )
    assert "<p>Und weiter.</p>" in body_html
    assert "iframe" not in body_html


def test_details_of_an_embed_reach_link_and_box() -> None:
    """The link in feeds has the title as its words; the box learns title, duration and still, whatever they contain."""
    body_html = html('[[vimeo:123456789 title="<b> & Co." duration=12:30 poster=images/x.jpg]]')
    assert '">&lt;b&gt; &amp; Co.</a> (12:30)</p>' in body_html
    (embed,) = [segment.embed for segment in split_at_embeds(body_html) if segment.embed]
    assert (embed.title, embed.duration, embed.poster) == ("<b> & Co.", "12:30", "images/x.jpg")


def test_a_body_is_cut_at_its_embeds() -> None:
    """The segments alternate between text and embeds, and nothing of the text is lost."""
    segments = split_at_embeds(html("Eins.\n\n[[vimeo:123456789]]\n\nZwei.\n\n[[openstreetmap:52.5,13.4]]\n\nDrei."))
    assert [segment.embed.provider if segment.embed else segment.html.strip() for segment in segments] == [
        *("<p>Eins.</p>", "vimeo", "<p>Zwei.</p>", "openstreetmap", "<p>Drei.</p>"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        '<p class="embed" title="youtube:dQw4w9WgXcQ">YouTube</p>',
        '<p title="youtube:dQw4w9WgXcQ" class="lead embed">YouTube</p>',
        'YouTube\n{: .embed title="youtube:dQw4w9WgXcQ" }',
        '<p class="embed" title="youtube:dQw4w9WgXcQ">\ufdd00\ufdd0</p>',
        "<p>\ufdd00\ufdd0</p>",
    ],
)
def test_html_that_looks_like_an_embed_is_none(body: str) -> None:
    """Only a line [[provider:id]] is embedded, because only there policy.yaml is asked."""
    assert [segment.embed for segment in split_at_embeds(html(body))] == [None]
    segments = split_at_embeds(html(f"[[vimeo:123456789]]\n\n{body}"))
    assert [segment.embed.provider for segment in segments if segment.embed] == ["vimeo"]


def test_other_uses_of_the_syntax_stay_text() -> None:
    """Code, a line with other words, an unknown provider, a forged frame or paragraph are not embedded."""
    body = (
        "`[[vimeo:123456789]]`\n\n```\n[[vimeo:123456789]]\n```\n\nUnd [[vimeo:123456789]].\n\n[[other:1]]\n\n"
        '<iframe src="https://evil.example/"></iframe>\n\n<p class="embed" title="vimeo:x&quot;>">Nein</p>'
    )
    body_html = html(body)
    assert [segment.embed for segment in split_at_embeds(body_html)] == [None]
    assert "evil.example" not in body_html
    assert body_html.count("[[vimeo:123456789]]") == 3

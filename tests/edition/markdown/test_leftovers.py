import pytest

from kuratorium.edition.markdown.leftovers import find_leftovers


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Hier ![[haus.png]] steht es.", '"![[haus.png]]" is a picture or note of Obsidian'),
        ("Siehe [[Mein Zettel]].", '"[[Mein Zettel]]" is a link of a wiki'),
        ("Sieh, [[youtube:abcdefghijk]] im Satz.", '"[[youtube:abcdefghijk]]" is a link of a wiki'),
        ("Ein [Wort][weg] hier.", '"[Wort][weg]" is shown as text: no line gives the address of "weg"'),
        ("![Plan][weg]", '"![Plan][weg]" is shown as text'),
        ("Dazu[^9].", 'the footnote "[^9]" has no text'),
        ("Dazu[^a].\n\n[^a]: Eins.\n[^a]: Zwei.", 'the footnote "[^a]" has several texts'),
        ("Dazu[^a].\n\n[^a]: Eins.\n\n[^b]: Zwei.", 'no place of the text marks the footnote "[^b]"'),
        ("[^b]: Zwei.\n[^b]: Drei.\n\nDazu[^b].", 'the footnote "[^b]" has several texts'),
        ("Gut. %%noch prüfen%%", '"%%noch prüfen%%" is a comment of Obsidian'),
        ("> [!tip] Rat\n> Worte", '"[!tip]" begins a callout'),
        ("{{ page.title }}", '"{{ page.title }}" is a mark of Jekyll'),
        ("{% include kopf.html %}", '"{% include kopf.html %}" is a mark of Jekyll'),
        ("{:toc}", '"{:toc}" is a mark of Jekyll'),
        ("---\nlayout: post\ntags:\n- a\n---", "this is a second front matter"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "this row has 3 cells, but the table has 2 columns"),
        ("4. a\n6. b", "the page shows 5. where 6. is written"),
        ("<details>\n\nDas ist **neu**.\n\n</details>", '"**neu**" is shown as written: within <details>'),
    ],
)
def test_what_a_page_would_show_raw_is_found(line: str, message: str) -> None:
    """Marks of other programs, and what Markdown loses, are found once, with their line."""
    (violation,) = find_leftovers(f"Ein Satz.\n\n{line}\n")
    assert violation.message.startswith(message)
    assert violation.line is not None
    assert violation.line >= 2
    assert violation.hint


@pytest.mark.parametrize(
    "body",
    [
        "[[youtube:abcdefghijk]]",
        "[[1]](https://amtsblog.example/) und [[2]][b]\n\n[b]: https://amtsblog.example/",
        "Ein [Wort][B] und [B][].\n\n[b]: https://amtsblog.example/",
        "Satz[^1].\n\n[^1]: Fußnote.",
        "Satz[^1]: so.\n\n[^1]: Fußnote[^zwei].\n\n    Weiter.\n\n  [^zwei]: Von ihr.",
        "`{{ x }}`, `[[x]]`, `%%x%%` und `![[x]]`",
        "```\n---\na: b\nc: d\n---\n{% raw %}\n[x][y]\n```",
        "<!-- %%x%% -->\n\nText",
        "---\n\nEin Satz: so.\n\n---",
        "Von 5 % auf 7 % und [sic], [1][2], \\[[x]\\]",
        "| a | b |\n|---|---|\n| 1 | `x|y` |\n| 1 \\| 2 | 3 |\n| 1 |",
        "1. a\n1. b\n\nText\n\n5. c\n6. d",
        "<details>\n<summary>Mehr</summary>\n<p>Das ist <strong>neu</strong>.</p>\n</details>\n\n**fett**",
        "<pre>\n4. a\n6. b\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n</pre>",
        "## Teil {#teil}\n\nEin *word*{lang=en} {: .x }",
    ],
)
def test_fine_texts_are_left_alone(body: str) -> None:
    """Code, comments, references with an address, footnotes with a text and full rows are no leftovers."""
    assert list(find_leftovers(body)) == []


def test_a_search_is_linear() -> None:
    """Openings that nothing closes end a search at once: a long text of them takes less than the test's limit."""
    for opening in ("[x][", "{{ ", "%%", "---\na: b\n", "<div>\n", "[[", "{:a", "[^", "| a |\n|-|\n"):
        list(find_leftovers(opening * 20_000))

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
        ("Das ist ~~nicht~~ so.", '"~~nicht~~" is struck through elsewhere'),
        ("- [ ] Masten zählen\n- gezählt", '"[ ]" is a box of a list of tasks'),
        ("> 1. [x] Masten zählen", '"[x]" is a box of a list of tasks'),
        ('[caption id="m1" width="3"]Ein Mast[/caption]', '"[caption id="m1" width="3"]" is a mark of WordPress'),
        ('[gallery ids="4,5"]', '"[gallery ids="4,5"]" is a mark of WordPress'),
        ("[gallery]", '"[gallery]" is a mark of WordPress'),
        ("[embed]https://amt.example/[/embed]", '"[embed]" is a mark of WordPress'),
        ("[TOC]", '"[TOC]" stands for a table of contents'),
        ("Gezählt.{: .hell}", '"{: .hell}" gives attributes to nothing'),
        ("Gezählt {: #mast lang=en } und fertig", '"{: #mast lang=en }" gives attributes to nothing'),
        ("{: .hell}", '"{: .hell}" gives attributes to nothing'),
        ("Masten^[Aus Holz.] stehen.", '"^[Aus Holz.]" is a footnote of Obsidian or Pandoc'),
        ("*[EVU]: Unternehmen", '"*[EVU]:" explains an abbreviation'),
        (":::note\nWorte\n:::", '":::note" begins a block of another generator'),
        ('!!! tip "Rat"\n    Worte', '"!!! tip" begins a block of MkDocs'),
        ("1) messen\n2) zählen\n3) ruhen", '"1)" begins no list'),
        ("(1) messen\n(2) zählen", '"(1)" begins no list'),
        ("1.) messen\n2.) zählen", '"1.)" begins no list'),
        ("a) messen\nb) zählen", '"a)" begins no list'),
        ("1.messen\n2.zählen", '"1." begins no list'),
        ("1.\u00a0messen\n2.\u00a0zählen", '"1." begins no list'),
        ("-messen\n-zählen\n-ruhen", '"-" begins no list'),
        ("4) messen\n5) zählen\n6) ruhen", '"4)" begins no list'),
        ("(b) messen\n(c) zählen", '"(b)" begins no list'),
        ("ii) messen\niii) zählen", '"ii)" begins no list'),
        ("I. messen\nII. zählen", '"I." begins no list'),
        ("A. messen\nB. zählen", '"A." begins no list'),
        ("—\u00a0messen\n— zählen", '"—" begins no list'),
        ("→ messen\n→ zählen", '"→" begins no list'),
        ("o messen\no zählen", '"o" begins no list'),
        ("*\u202fmessen", '"*" begins no list: behind it stands a no-break space'),
        ("\u200b## Masten", '"## Masten" has no effect'),
        ("\ufeff- Masten", '"- Masten" has no effect'),
        ("\u00a0> Masten", '"> Masten" has no effect'),
        ("\uf0b7 messen\n\uf0b7 zählen", '"\uf0b7 messen" begins with a character of a symbol font'),
        ("Masten:\n  - Seil\n  - Tau", '"-" begins no list: it is indented'),
        ("Masten:\n    1. Seil\n    2. Tau", '"1." begins no list: it is indented'),
        ("Mast\n: Ein Stamm", '":" explains a term elsewhere'),
        ("![Mast|300x200](mast.png)", '"|300x200" is a size of Obsidian'),
        ("Ein [Mast] (https://mast.example/).", '"[Mast] (https://mast.example/)" is no link'),
        ("Ein (https://mast.example/)[Mast].", '"(https://mast.example/)[Mast]" is no link'),
        ("Ein [Mast](https://mast.example/ steht.", '"[Mast](https://mast.example/" is no link'),
        ("Ein [https://mast.example/ Mast].", '"[https://mast.example/ Mast]" is a link of a wiki'),
        ("Ein [b]Mast[/b] steht.", '"[b]" is a mark of a forum'),
        ("== Masten ==", '"== Masten ==" is a heading of a wiki'),
        ("Ein '''Mast'''.", "\"'''Mast'''\" is bold in a wiki"),
        (r"Ein \emph{Mast}.", r'"\emph{Mast}" is a command of LaTeX'),
        ("Ein **Mast **steht", '"**Mast **" is not bold'),
        ("Ein ** Mast ** steht", '"** Mast **" is not bold'),
        ("Ein ** Mast** steht", "these two stars have no partner"),
        ("Ein *Mast * steht", '"*Mast *" is not italic'),
        ("Ein Mast\\\n\nund ein Seil", '"\\" breaks no line'),
        ("Ein Mast\\\n- und\n- so", '"\\" breaks no line'),
        ("Ein Mast** steht, **so** auch.", "these two stars have no partner"),
        ("Ein **Mast steht\nhier.", "these two stars have no partner"),
        ("## \n\nText", '"##" is a heading without words'),
        ("### #", '"### #" is a heading without words'),
        ("```sh\nmast\n\nSeil", 'nothing ends the code that "```sh" begins'),
        ("> ~~~\n> mast\n\nSeil", 'nothing ends the code that "> ~~~" begins'),
        ("Ein Mast <!-- noch prüfen\n\nSeil", "nothing ends this comment"),
        ("---\nlayout: post\n---", "this is a second front matter"),
        ("Gezählt {.hell}", '"{.hell}" gives attributes to nothing'),
        ("<div>\n# Masten\n</div>", '"#" is shown as written: within <div>'),
        ("-\u00a0messen\n-\u00a0zählen", '"-" begins no list: behind it stands a no-break space'),
        ("– messen\n– zählen", '"–" begins no list'),
        ("Die Gr\ufffd\ufffde der Masten", '"Gr\ufffd\ufffde" holds a character that got lost'),
        ("Die GrÃ¶ÃŸe der Masten", '"GrÃ¶ÃŸe" was read in a wrong encoding'),
        ("Er sagt: â€žNein!â€œ", '"â€žNein!â€œ" was read in a wrong encoding'),
        ("<div>\n{{ mast }}\n</div>\n\n<pre>\n{{ holz }}\n</pre>", '"{{ mast }}" is a mark of Jekyll'),
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
        "1) messen\n\n2) zählen\n\n(Mast)\nund (Seil)\n\nI. Weltkrieg\n\nEin Seil\no weh!",
        "– Ja.\n\n– Nein.\n\n-7 Grad\n-8 Grad\n\n1. Mast\n2. Seil\n\n3.5 Meter\n4.5 Meter",
        "Ein **Mast**, Schüler**innen, 2 ** 3, \\*\\* und ***Seil***, Preis* und *3 * 4.\n\n* **Mast**\n* Seil",
        '[1] (https://mast.example/), [Mast](https://mast.example/ "Titel") (https://mast.example/)[1]: so',
        '[Mast](https://mast.example/\n"Titel"), [sic] (so) und [b] allein',
        "==Ein Mast== und a == b == c, ''Mast'' und {Mast}",
        "#Mast\n\n## Mast ##\n\n# ist ein Zeichen",
        "Wort \u00a0- Mast und \u200bSeil\n\u00a0und Tau",
        "<!-- Mast -->\n\n`<!--` und `**`",
        "Mast:\n\n  - Seil\n  - Tau\n\n- Mast\n  - Seil\n  - Tau\n\n1. Mast\n   - Seil\n   - Tau",
        "Mast\\\nSeil\n\nC:\\\\\n\n    a \\\n",
        "> ```\n> Mast\n> ```\n\n- Mast\n\n  ```\n  Seil\n  ```",
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
        "<pre>\n-a\n-b\n~~c~~ {{ d }}\n</pre>\n\n<div>\n<pre>\n~~e~~\n</pre>\n</div>",
        "<pre>\n4. a\n6. b\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n</pre>",
        "~~ rund ~~ 5 Masten, \\~~so~~, `~~x~~`",
        "- [x](https://amt.example/) und [ ] im Satz\n- [gallery] heißt das, [TOC] auch, [video] dort",
        "## Teil {: .hell}\n\nTeil {: .hell}\n------\n\nEin Absatz.\n{: .hell}",
        "| a | b |\n|---|---|\n| x {: .y} | c |",
        "!!! Achtung, Masten ::: hier\n\n1) messen\n\n2) zählen\n\n(1) so\nund so",
        "– Ja?  \n– Nein.\n\n-5 Grad\n-3 Grad\n\n1.5 Liter\n2.5 Liter\n\n- a\n- b\n\n1. a\n2. b",
        "SÃO TOMÉ, Ângela, 10^[2][3]^ und 2^[n](https://amt.example/)\n\n[3]: https://amt.example/",
        "## Teil {#teil}\n\nEin *word*{lang=en} {: .x }",
    ],
)
def test_fine_texts_are_left_alone(body: str) -> None:
    """Code, comments, references with an address, footnotes with a text and full rows are no leftovers."""
    assert list(find_leftovers(body)) == []


def test_a_search_is_linear() -> None:
    """Openings that nothing closes end a search at once: a long text of them takes less than the test's limit."""
    marks = ("[x][", "{{ ", "%%", "---\na: b\n", "<div>\n", "[[", "{:a", "[^", "| a |\n|-|\n")
    others = ("~~a", "a {: .b", "- [ ]", "[embed]", "1) a", "-a ", "a\ufffd", "Ã", "^[", ":::", "[^a]: b\n", "<pre>\n")
    for opening in (*marks, *others):
        list(find_leftovers(opening * 20_000))

"""Marks of other programs (Obsidian, Jekyll, WordPress, Word, wikis), which a page would show as they are: a table."""

from __future__ import annotations

import re

from ...text.attribute_lists import ATTRIBUTE_LIST

_LETTER = r"[^\W\d_]"
_ADMONITIONS = (
    "abstract|attention|bug|caution|danger|error|example|failure|hint|important|info|note|question|quote|success|"
    "summary|tip|warning"
)
# A sign, what begins the items of a list elsewhere, but not here, and what stands behind it.
_FOREIGN_ITEMS = (
    (")", r"\d{1,2}\.?\)", r"[ \t\u00a0]"),
    (")", r"\(\d{1,2}\)", r"[ \t\u00a0]"),
    (")", r"\(?[a-zA-Z]\)", r"[ \t\u00a0]"),
    (")", r"\(?[ivxIVX]{1,4}\)", r"[ \t\u00a0]"),
    ("\nI", r"(?!I\.[^\n]*\nI\.)[IVX]{1,4}\.", r"[ \t\u00a0]"),
    ("\nB", r"[A-H]\.", r"[ \t\u00a0]"),
    (".", r"\d{1,2}\.", rf"(?:{_LETTER}|\u00a0)"),
    ("-", "-", rf"(?:{_LETTER})"),
    ("\n–", "–", r"[ \t\u00a0]"),
    ("\n—", "—", r"[ \t\u00a0]"),
    ("\no", "o", r"[ \t\u00a0](?![^\n]{0,80}\w{2}[^\n]*[.!?]$)"),
    *((f"\n{bullet}", bullet, r"[ \t\u00a0]?(?=\w)") for bullet in "→➔➤►▶●○■□◦∙✓✔✗"),
)
_BLANK = "\u00a0\u202f\u2007"  # to Markdown no blank
_UNSEEN = "\u200b\u2060\ufeff\u00ad\u200e\u200f"
_ITEM = r"(?:[-*+]|\d{1,2}\.)[ ]+"
# Of a link or a picture, whole or within the site.
_ADDRESS = (
    r"<?(?:(?:https?://|www\.|mailto:|#(?=\w)|\{(?:static|filename|attach)\})[^\s()<>]+"
    r"|[^\s()<>]{1,200}\.(?:md|html?|png|jpe?g|gif|svg|webp|avif|pdf)(?:#[^\s()<>]*)?)>?"
)
_NO_ADDRESS = r"(?![\[(:])"
MARKS = (
    (
        "![[",
        re.compile(r"!\[\[[^\[\]\n]+\]\]"),
        "is a picture or note of Obsidian, which the page shows as text",
        "Write ![what it shows]({static}/images/…), with the file below content/images/.",
    ),
    (
        "%%",
        re.compile(r"%%[^%\n]+%%"),
        "is a comment of Obsidian, which the page shows as text",
        "Write <!-- … -->, or delete it.",
    ),
    (
        "[!",
        re.compile(r"^[ ]{0,3}>[> ]*(\[![a-zA-Z-]+\][+-]?)(?![(\[:])", re.M),
        "begins a callout of Obsidian or GitHub, which the page shows as a quotation with these words",
        "Delete the mark and the > before the lines, or write them as a paragraph.",
    ),
    (
        "{",
        re.compile(r"\{\{[^{}\n]+\}\}|\{%[^{}\n]+%\}|\{::?[ ]*[a-z_]+\b[^{}=\n]*\}"),
        "is a mark of Jekyll or another generator, which the page shows as text",
        "Delete it, or write what it stands for.",
    ),
    (
        "{",
        # Behind a heading or an emphasis, in a table and below a paragraph, it is read.
        re.compile(
            rf"^(?:(?![ ]{{0,3}}#)[^\n|{{}}]*[\w.,;:!?][ ]*|(?<![^\n]\n))((?=\{{[:.#]){ATTRIBUTE_LIST})"
            r"(?![^\n]*\||[ ]*\n[ ]{0,3}(?:-+|=+)[ ]*$)",
            re.M,
        ),
        "gives attributes to nothing, and the page shows it as text",
        "Write it on a line of its own below the paragraph, or delete it.",
    ),
    (
        "#######",
        re.compile(r"^[ ]{0,3}#{7,}(?=[ ]*\w)", re.M),
        "begins no heading: there are six levels, and the page shows the rest of the signs",
        "Write at most six #.",
    ),
    (
        "{",
        # As kramdown and Jekyll have it; also below a heading that is underlined, and below a rule.
        re.compile(
            r"^(?:[ ]{0,3}#{1,6}[ ][^\n]*|[ ]{0,3}(?:=+|-{2,}|\*{3,})[ ]*)"
            rf"\n[ ]{{0,3}}((?=\{{[:.#]){ATTRIBUTE_LIST})",
            re.M,
        ),
        "gives attributes to nothing below a heading or a rule, and the page shows it as text",
        "Write it at the end of the heading's own line, as in ## Title {: .name}, or delete it.",
    ),
    (
        "\\",
        re.compile(r"(?:(?<![\w\\:])(?:\\\\)*|(?<=\w)(?=\\[\"']\w))(\\(?:==|~~|[=~<$^\"']))(?=\S)"),
        "shows the backslash: it has an effect before marks of Markdown only",
        "Delete the backslash. For two equals signs write &#61;&#61;, for < write &lt;.",
    ),
    (
        "~~",
        re.compile(r"(?<![~\\])~~(?=[^\s~])[^~\n]*(?<=[^\s~])~~(?!~)"),
        "is struck through elsewhere, but the page shows it as it is",
        "Write <del>…</del>, or delete it.",
    ),
    (
        "] ",
        re.compile(r"^[> \t]*(?:[-*+]|\d{1,9}\.)[ ]+(\[[ xX]\])[ ]+(?=\S)", re.M),
        "is a box of a list of tasks, which the page shows as text",
        "Delete it, or write in words what is done.",
    ),
    (
        "[",
        re.compile(
            r"\[(?:(?:audio|caption|embed|gallery|playlist|video)[ ]+[a-z_]+=[^\[\]\n]*\](?![(\[])"
            r"|(?:audio|embed|video)\](?=[^\[\n]*\[/(?:audio|embed|video)\])"
            r"|gallery\](?<=\n\[gallery\])[ ]*(?=\n|\Z))"
        ),
        "is a mark of WordPress, which the page shows as text",
        "Delete it with its end, or write ![what it shows]({static}/images/…) or an embed such as [[youtube:…]].",
    ),
    (
        "[TOC]",
        re.compile(r"^[ ]{0,3}\[TOC\][ ]*$", re.M),
        "stands for a table of contents elsewhere, but the page shows it as text",
        "Delete it.",
    ),
    (
        "^[",
        re.compile(r"(?<!\\)\^\[[^\[\]\n]+\](?![(\[:])"),
        "is a footnote of Obsidian or Pandoc, which the page shows as text",
        "Write [^name] in its place, and at the end: [^name]: …",
    ),
    (
        "*[",
        re.compile(r"^\*\[[^\[\]\n]+\]:(?=[ ])", re.M),
        "explains an abbreviation elsewhere, but the page shows it as text",
        "Explain it where it is used, and delete this line.",
    ),
    (
        ":::",
        re.compile(r"^[ ]{0,3}(:{3,}[ ]*\{?\.?[a-z][\w-]*)", re.M),
        "begins a block of another generator, and the page shows it as text",
        "Delete it and the ::: at its end.",
    ),
    (
        "!!! ",
        re.compile(rf"^[ ]{{0,3}}(!!! (?:{_ADMONITIONS}))\b", re.M),
        "begins a block of MkDocs, and the page shows it as text",
        "Delete it, and the blanks before the lines below it.",
    ),
    *(
        (
            sign,
            # Two blanks or a backslash at the end of a line break it.
            re.compile(
                rf"^({mark})(?={behind})[^\n]*(?<!  )(?<!\\)(?:\n{mark}(?={behind})[^\n]*)+",
                re.M,
            ),
            "begins no list, and the page shows it and the next lines as one",
            'Begin the lines with "1. ", "2. " or "- ", or put blank lines between them.',
        )
        for sign, mark, behind in _FOREIGN_ITEMS
    ),
    *(
        (
            blank,
            re.compile(rf"^[ ]{{0,3}}([-*+])[{_BLANK}]+(?=\S)[^\n]*(?:\n[ ]{{0,3}}[-*+][{_BLANK}][^\n]*)*", re.M),
            "begins no list: behind it stands a no-break space, which looks like a blank",
            "Write a blank in its place.",
        )
        for blank in _BLANK
    ),
    *(
        (
            character,
            re.compile(
                rf"^[ ]{{0,3}}[{_BLANK}{_UNSEEN}]+((?:#{{1,6}}|[-*+]|\d{{1,9}}\.|>|`{{3,}})[ ]*(?=\S)[^\n]{{0,20}})",
                re.M,
            ),
            "has no effect: before it stands a character that nobody sees",
            "Write the beginning of this line anew.",
        )
        for character in (*_BLANK, *_UNSEEN)
    ),
    (
        "\n ",
        re.compile(rf"^(?!{_ITEM})\S[^\n]*\n[ \t]+((?:[-*+]|\d{{1,2}}\.)[ ])[ ]*\S[^\n]*\n[ \t]+{_ITEM}\S", re.M),
        "begins no list: it is indented, and no blank line stands above it",
        "Take away the blanks before it and before the lines below it.",
    ),
    (
        "\n: ",
        re.compile(r"^(?!:)[^\n]+\n(: +)(?=\S)", re.M),
        "explains a term elsewhere, but the page shows it as text",
        "Write **Term**: explanation.",
    ),
    (
        "|",
        re.compile(r"!\[[^\[\]\n]*(\|\d+(?:x\d+)?)\]\("),
        "is a size of Obsidian, but here a part of the words for those who do not see the picture",
        "Delete it.",
    ),
    *(
        (
            f"]{blank}",
            re.compile(
                rf"(?<![\]\w\\])(!?\[(?!\d+\])[^\[\]\n]+\]{blank}[ \t]{{0,9}}\n?[ \t]{{0,9}}"
                rf"\((?:{_ADDRESS})(?:[ ]\"[^\"\n]*\")?\))"
            ),
            f"is no link: there is a {what} between its words and its address",
            f"Delete the {what}.",
        )
        for blank, what in ((" ", "blank"), ("\t", "blank"), ("\u00a0", "blank"), ("\n", "line break"))
    ),
    (
        ")[",
        re.compile(rf"(?<![\]\w])(\((?:https?://|www\.)[^\s()]+\)\[[^\[\]\n]+\]){_NO_ADDRESS}"),
        "is no link: its words must stand before its address",
        "Write [words](https://…).",
    ),
    (
        "](",
        re.compile(r"(?<!\\)(\[[^\[\]\n]+\]\(<?(?:https?://|www\.)[^\s()]*)(?=\s|\Z)(?![^\n)]*\)|[ ]*\n[ ]*[\"'()])"),
        "is no link: nothing closes the bracket of its address",
        "Write a ) at its end.",
    ),
    (
        "[http",
        re.compile(rf"(?<![\]\w\\(\[])(\[https?://[^\s\[\]]+[ ]+[^\[\]\n]+\]){_NO_ADDRESS}"),
        "is a link of a wiki, which the page shows as text",
        "Write [words](https://…).",
    ),
    (
        "[/",
        re.compile(
            r"(\[(?P<code>b|i|u|s|url|img|quote|code|list|size|color)(?:=[^\[\]\n]*)?\])[^\n]*?\[/(?P=code)\]", re.I
        ),
        "is a mark of a forum, which the page shows as text",
        "Write **words**, *words*, [words](https://…) or > words.",
    ),
    (
        "== ",
        re.compile(r"^(={2,6}[ ]+[^=\n]+[ ]+={2,6})[ ]*$", re.M),
        "is a heading of a wiki, which the page shows as text",
        "Begin it with ##.",
    ),
    (
        "'''",
        re.compile(r"(?<!\')(\'\'\'[^\'\n]+\'\'\')(?!\')"),
        "is bold in a wiki, but the page shows it as it is",
        "Write **words**.",
    ),
    (
        "{",
        re.compile(r"\\(?:textbf|textit|emph|section|cite|footnote|href|url)\{[^{}\n]*\}"),
        "is a command of LaTeX, which the page shows as text",
        "Write **words**, *words* or [words](https://…).",
    ),
    (
        "**",
        re.compile(
            r"(?<![\w*\\])\*\*(?=[^\s*])[^*\n]*[ ]\*\*(?=\w)|(?<![\w*\\])\*\*[ ](?=[^\W\d_])[^*\n]*[ ]\*\*(?![\w*])"
        ),
        "is not bold: no blank may stand next to the stars within",
        "Move the blank before or behind the stars.",
    ),
    (
        " *",
        re.compile(rf"(?<![\w*\\])\*(?={_LETTER})[^*\n]*[ ]\*(?=[\s.,;:!?)]|\Z)"),
        "is not italic: no blank may stand before the star that ends it",
        "Move the blank behind the star, or write \\* for a star.",
    ),
    (
        "#",
        re.compile(r"^[ ]{0,3}(#{1,6}[ \t#]*)$", re.M),
        "is a heading without words",
        "Write some, or delete it.",
    ),
    (
        "\\",
        re.compile(r"(?<![\\\s])(\\)[ ]*(?=\n[ ]*\n|\n[ ]{0,3}(?:[-*+>]|\d+\.)[ ]|\s*\Z)"),
        "breaks no line at the end of a paragraph, and the page shows it",
        "Delete it.",
    ),
    (
        "",
        re.compile("([\uf020-\uf0ff][^\n]{0,20})[^\n]*(?:\n[\uf020-\uf0ff][^\n]*)*"),
        "begins with a character of a symbol font, which most devices do not have",
        'Write "- " for a bullet, or the character that is meant.',
    ),
    (
        "\ufffd",
        re.compile(r"[^\s\ufffd]{0,20}\ufffd[^\s]{0,20}"),
        "holds a character that got lost when the text was copied or converted",
        "Write the word anew.",
    ),
    (
        "Ã",
        re.compile(r"[^\sÃ]{0,20}Ã[¼¤¶Ÿ„œ–©¨§¡³±\u0084\u0096\u009c\u009f]\S{0,20}"),
        "was read in a wrong encoding: a letter became two",
        "Write the word anew, and save the file as UTF-8.",
    ),
    (
        "â€",
        re.compile(r"[^\sâ]{0,20}â€[žœ“”™\u02dc¦\u009d]\S{0,20}"),
        "was read in a wrong encoding: a mark became three",
        "Write it anew, and save the file as UTF-8.",
    ),
)
"""A sign without which there is no such mark (quicker to look for), pattern, message and hint.

The pattern's first group, or else all of it, is what the message cites.
"""

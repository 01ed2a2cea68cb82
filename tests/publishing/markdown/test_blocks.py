import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.markdown.converter import MarkdownConverter
from tests.publishing.makers import document, registry


def convert(body: str) -> str:
    """Return the HTML of a note's body on one line."""
    return MarkdownConverter(registry()).convert(document(body)).replace("\n", "")


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("# Erster Teil", '<h2 id="h-erster-teil">Erster Teil</h2>'),
        ("Erster Teil\n===========", '<h2 id="h-erster-teil">Erster Teil</h2>'),
        ("#OpenAccess lohnt sich.", "<p>#OpenAccess lohnt sich.</p>"),
        ("#1 der Liste", "<p>#1 der Liste</p>"),
        ("Ein Satz,\n#ein #Wort weiter", "<p>Ein Satz,#ein #Wort weiter</p>"),
        ("##Zweiter Teil", '<h2 id="h-zweiter-teil">Zweiter Teil</h2>'),
        ("## Teil\nEin Satz.", '<h2 id="h-teil">Teil</h2><p>Ein Satz.</p>'),
        ("## Von C nach C#", '<h2 id="h-von-c-nach-c">Von C nach C#</h2>'),
        ("## F## und *G#*#\nWeiter", '<h2 id="h-f-und-g">F## und <em>G#</em>#</h2><p>Weiter</p>'),
        ("## Auf C:\\\nText", '<h2 id="h-auf-c">Auf C:\\</h2><p>Text</p>'),
        (" ## Teil\n\nText", '<h2 id="h-teil">Teil</h2><p>Text</p>'),
        ("Text\n   ## Teil", '<p>Text</p><h2 id="h-teil">Teil</h2>'),
        ("- a\n  ## Teil\n- b", '<ul><li><p>a</p><h2 id="h-teil">Teil</h2></li><li><p>b</p></li></ul>'),
        ("- a\n\n  ## Teil", '<ul><li><p>a</p><h2 id="h-teil">Teil</h2></li></ul>'),
        ("    # Code", '<pre tabindex="0"><code># Code</code></pre>'),
        ("- a\n      # b", "<ul><li>a      # b</li></ul>"),
        ("### A# ###", '<h3 id="h-a">A#</h3>'),
        ("## Teil ##", '<h2 id="h-teil">Teil</h2>'),
        ("## Mit C# {#cis}", '<h2 id="cis">Mit C#</h2>'),
        ("> ## C#\n>\n> Ja.", '<blockquote><h2 id="h-c">C#</h2><p>Ja.</p></blockquote>'),
        ("# Teil\n# Teil\n# Teil", "".join(
            f'<h2 id="h-teil{number}">Teil</h2>' for number in ("", "_1", "_2"))),
    ],
)  # fmt: skip
def test_headings_and_hashtags(body: str, html: str) -> None:
    """A # with a space begins a heading, one without is a hashtag; level 1 is the page's title, so it becomes 2."""
    assert convert(body) == html


@pytest.mark.parametrize(
    "line",
    [
        *("3. Juni 2021: Es geht los.", "24. Dez. war zu.", "1. Mai, frei.", "7. März 2021", "30. 9. 2021 Ende"),
        *("12. October 2021: It begins.", "4. July: closed", "31. 12.2021 Schluss"),
    ],
)
def test_a_date_begins_a_paragraph(line: str) -> None:
    """Paragraphs that begin with a day stay text: a list would count on from the first."""
    assert convert(f"{line}\n\n{line}") == f"<p>{line}</p><p>{line}</p>"


@pytest.mark.parametrize(
    "lines",
    [
        ["1. Erstens", "2. Zweitens"],
        ["1. March on", "2. May I ask?"],
        ["1. Anfang", "2. Oktober war besser"],
        ["40. Mai gibt es nicht", "41. Juni auch nicht"],
        ["1. 5 Euro", "2. 10 Euro"],
    ],
)
def test_other_numbers_begin_a_list(lines: list[str]) -> None:
    """Only a day of a month is a date, and an item within a list stays one."""
    items = BeautifulSoup(convert("\n".join(lines)), "html.parser")("li")
    assert [item.get_text() for item in items] == [line.partition(". ")[2] for line in lines]


TREE = ["a", ["b", ["c"], "d"], "e"]


@pytest.mark.parametrize(
    "body",
    [
        "- a\n  - b\n    - c\n  - d\n- e",
        "- a\n   - b\n      - c\n   - d\n- e",
        "- a\n    - b\n        - c\n    - d\n- e",
        "- a\n\t- b\n\t\t- c\n\t- d\n- e",
        "* a\n  + b\n    * c\n  + d\n* e",
        "1. a\n   - b\n     1. c\n   - d\n2. e",
        "> - a\n>   - b\n>     - c\n>   - d\n> - e",
        "Davor.\n\n- a\n  - b\n    - c\n  - d\n- e\n\nDanach.",
    ],
    ids=["two", "three", "four", "tabs", "stars", "numbers", "quoted", "between"],
)
def test_lists_nest_as_they_are_indented(body: str) -> None:
    """Two, three or four spaces or a tab make an item part of the one above."""
    top = BeautifulSoup(convert(body), "html.parser").find(["ul", "ol"])

    def read(list_tag) -> list:
        tree = []
        for item in list_tag("li", recursive=False):
            tree.append("".join(item.find_all(string=True, recursive=False)))
            tree += [read(inner) for inner in item(["ul", "ol"], recursive=False)]
        return tree

    assert read(top) == TREE


def test_paragraphs_belong_to_their_item() -> None:
    """A paragraph that is indented as its item's text belongs to it, and the next item is none of its words."""
    soup = BeautifulSoup(convert("- a\n\n  Mehr zu a.\n- b\n  - c\n\n    Mehr zu c.\n- d\n\nEnde."), "html.parser")
    assert [[p.get_text() for p in item("p", recursive=False)] for item in soup("li")] == [
        ["a", "Mehr zu a."], ["b"], ["c", "Mehr zu c."], ["d"],
    ]  # fmt: skip
    assert soup.find("p", recursive=False).get_text() == "Ende."


def test_an_item_leaves_the_list_below_a_paragraph() -> None:
    """An item that is not indented belongs to the outer list, also directly below one within a paragraph's item."""
    soup = BeautifulSoup(convert("- a\n\n  Dazu:\n  - b\n  - c\n- d"), "html.parser")
    assert [item.get_text() for item in soup.ul("li", recursive=False)] == ["aDazu:bc", "d"]


@pytest.mark.parametrize("body", ["    - x\n      - y", "```\n- x\n  - y\n```", "<pre>\n- x\n  - y\n</pre>"])
def test_code_keeps_its_spaces(body: str) -> None:
    """Lines of code that look like a list stay as they are."""
    assert (
        BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser").pre.get_text().strip("\n")
        == "- x\n  - y"
    )


@pytest.mark.parametrize(
    ("fence", "language"),
    [
        ('```sh title="Zwei Worte"', "sh"),
        ("```js {2,4-5}", "js"),
        ("```js{2}", "js"),
        ("~~~py {hl_lines=[3]}  ", "py"),
        ("````text plan.txt", "text"),
        ('```title="plan"', "title"),
        ("``` {.sh} plan", ""),
        ("```sh", "sh"),
        ("``` {.sh #plan}", "sh"),
        ('```sh hl_lines="1"', "sh"),
    ],
)
def test_code_has_a_title_behind_its_language(fence: str, language: str) -> None:
    """What other generators read there is not shown; the code and the text behind it stay apart."""
    mark = fence[: len(fence) - len(fence.lstrip("`~"))]
    soup = BeautifulSoup(
        convert(f"{fence}\n# Kommentar\n\n<b>\n{mark}\n\nMitte.\n\n{mark}\n# Ende\n{mark}"), "html.parser"
    )
    first, second = soup.find_all("code")
    assert (first.text, second.text) == ("# Kommentar<b>", "# Ende")
    assert first.get("class", []) == ([f"language-{language}"] if language else [])
    assert [paragraph.text for paragraph in soup.find_all("p")] == ["Mitte."]


def test_words_behind_backticks_within_a_line_stay() -> None:
    """Code in a line is no fence, a fence within other code is code, and one that nothing closes is text."""
    assert "js {1}" in convert("~~~\n```js {1}\n```\n~~~")
    assert "<code>js {1}</code> Text" in convert("```js {1}``` Text")
    assert "js {1}" in convert("```js {1}\n\nText")


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        ("- Eis\n  - Wal\n    - Po\n  1. Alk", [["ul", "Eis", ["ul", "Wal", ["ul", "Po"]], ["ol", "Alk"]]]),
        ("- Eis\n    - Wal\n    1. Alk\n    2. Ei", [["ul", "Eis", ["ul", "Wal"], ["ol", "Alk", "Ei"]]]),
        ("1. Eis\n   1. Wal\n   * Alk\n2. Po", [["ol", "Eis", ["ol", "Wal"], ["ul", "Alk"], "Po"]]),
        ("- Eis\n- Wal\n1. Alk\n2. Po", [["ul", "Eis", "Wal"], ["ol", "Alk", "Po"]]),
        ("1. Eis\n2. Wal\n- Alk\n- Po", [["ol", "Eis", "Wal"], ["ul", "Alk", "Po"]]),
        ("1. Eis\n- Wal\n2. Alk", [["ol", "Eis"], ["ul", "Wal"], ["ol start=2", "Alk"]]),
        ("- Eis zum\n16. Geburtstag", [["ul", "Eis zum 16. Geburtstag"]]),
        ("1. Eis\n   - Wal\n   2. Alk", [["ol", "Eis", ["ul", "Wal"], ["ol start=2", "Alk"]]]),
        ("- Eis am\n1. Mai", [["ul", "Eis am 1. Mai"]]),
    ],
)
def test_an_item_of_the_other_kind_begins_a_list(body: str, tree: list) -> None:
    """Bullets below numbers, and numbers below bullets, are a list of their own at the level of their indent."""

    def read(list_tag) -> list:
        start = f" start={list_tag['start']}" if list_tag.get("start") else ""
        items = [list_tag.name + start]
        for item in list_tag("li", recursive=False):
            items.append(" ".join("".join(item.find_all(string=True, recursive=False)).split()))
            items += [read(inner) for inner in item(["ul", "ol"], recursive=False)]
        return items

    for text in (body, "\n".join(f"> {line}" for line in body.split("\n"))):
        soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(text)), "html.parser")
        lists = [found for found in soup(["ul", "ol"]) if not found.find_parent(["ul", "ol"])]
        assert [read(found) for found in lists] == tree


@pytest.mark.parametrize(
    ("body", "outline"),
    [
        ("- Mast\n  ```\n  zähle()\n    zwei()\n  ```\n- Seil", ["Mast", "Seil"]),
        ("- Mast\n\n    ```sh\n    zähle()\n      zwei()\n    ```\n\n- Seil", ["Mast", "Seil"]),
        ("- Mast\n\n\t~~~\n\tzähle()\n\t  zwei()\n\t~~~\n- Seil", ["Mast", "Seil"]),
        ("1. Mast\n\n   ```\n   zähle()\n     zwei()\n   ```\n\n   Seil", ["Mast", "Seil"]),
        ("- ```\n  zähle()\n    zwei()\n  ```\n- Seil", ["Seil"]),
        ("- Mast\n  - Tau\n\n    ```\n    zähle()\n      zwei()\n    ```\n- Seil", ["Mast", "Tau", "Seil"]),
        ("> Mast\n> ```\n> zähle()\n>   zwei()\n> ```\n> Seil", ["Mast", "Seil"]),
        ("> - Mast\n>\n>   ```\n>   zähle()\n>     zwei()\n>   ```\n\nSeil", ["Mast", "Seil"]),
        ("Mast\n   ```\n   zähle()\n     zwei()\n   ```\nSeil", ["Mast", "Seil"]),
        ("Mast\n```\nzähle()\n  zwei()\n`````\nSeil", ["Mast", "Seil"]),
    ],
)
def test_code_stands_in_lists_and_quotations(body: str, outline: list[str]) -> None:
    """Code between fences is a block wherever it stands, without the indent of its place, and parts no list."""
    soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser")
    (code,) = [found.extract() for found in soup("pre")]
    assert code.text.strip("\n") == "zähle()\n  zwei()"
    assert soup.get_text(" ", strip=True).split() == outline
    assert len(soup(["ul", "ol"])) == (2 if "Tau" in body else 1 if "- " in body or "1. " in body else 0)


def test_a_fence_that_nothing_closes_is_text() -> None:
    """Nothing below it is lost, and a quotation's end ends what stands in it."""
    assert convert("Mast\n\n```\nSeil\n\n**Tau**").endswith("<p><strong>Tau</strong></p>")
    assert convert("> ```\n> Mast\n\n**Tau**\n\n```\nSeil\n```").endswith(
        '<p><strong>Tau</strong></p><pre tabindex="0"><code>Seil</code></pre>'
    )


@pytest.mark.parametrize("mark", ["-", "1."])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_a_quotation_in_an_item_belongs_to_it(mark: str, gap: str) -> None:
    """Indented as the item's words, it ends where the next item begins, and parts no list."""
    indent = " " * (len(mark) + 1)
    soup = BeautifulSoup(convert(f"{mark} Mast{gap}{indent}> Seil\n{indent}> Tau\n{mark} Ende\n\n> Aus"), "html.parser")
    assert [item.get_text(" ", strip=True).split() for item in soup("li")] == [["Mast", "SeilTau"], ["Ende"]]
    assert [quote.find_parent("li") is not None for quote in soup("blockquote")] == [True, False]

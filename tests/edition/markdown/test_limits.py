import subprocess
import sys

import pytest

from kuratorium.edition import loader
from kuratorium.edition.markdown import limits
from kuratorium.edition.markdown.limits import find_excesses
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.markdown.converter import MarkdownConverter
from tests.editions import REPOSITORY, TinyEdition, tiny_edition
from tests.publishing.makers import document, registry

LEVELS = limits.MAX_LEVELS
OPEN = limits.MAX_OPEN_MARKERS


def indent_items(count: int, spaces: int) -> str:
    """Return a list of one item per level."""
    return "\n".join(f"{' ' * spaces * level}- Punkt" for level in range(count))


EXCESSES = {
    "markers on one line": ("- " * 500 + "Punkt", "nested too deeply"),
    "numbers on one line": ("1. " * 500 + "Punkt", "nested too deeply"),
    "lists": (indent_items(LEVELS + 1, 4), "nested too deeply"),
    "lists of two spaces": (indent_items(100, 2), "nested too deeply"),
    "quotations": ("> " * 500 + "Wort", "nested too deeply"),
    "quotations without spaces": (">" * 500 + "Wort", "nested too deeply"),
    "a list in quotations": ("> " * LEVELS + "- Punkt", "nested too deeply"),
    "elements": ("<div>\n" * 500, "HTML elements are nested too deeply"),
    "pictures": ("![" * 500, '"[" are open at once'),
    "links": ("[wort](" * 500, '"(" are open at once'),
    "brackets": ("[" * 500 + "wort" + "]" * 500, '"[" are open at once'),
    "embeds": ("[[peertube:" * 500, '"[" are open at once'),
    "tags": ("<a " * 500, '"<" are open at once'),
    "columns": ("a\n" + "|-" * 200 + "|\n" + "b\n" * 200, "columns"),
    "address": (f"[x]: https://fern.example/{'a' * 5000}\n\n" + "[x]" * 50, "address"),
    "length": ("Ein Satz. " * 60_000, "characters"),
    "paragraph": ("\\" * 120_000, "paragraph"),
}


@pytest.mark.parametrize(("body", "message"), EXCESSES.values(), ids=EXCESSES)
def test_a_text_beyond_a_limit_is_refused(body: str, message: str) -> None:
    """What would take Markdown minutes, or end the program, is reported once, with its line."""
    (excess,) = find_excesses(f"Vorab.\n\n{body}")
    assert message in excess.message
    assert excess.hint
    assert excess.line in range(f"Vorab.\n\n{body}".count("\n") + 1)


@pytest.mark.parametrize(
    "body",
    [
        indent_items(LEVELS, 4),
        "> " * LEVELS + "Wort",
        "[wort](https://fern.example/) " * 1000,
        "Siehe [1], [2] und (3). " * 1000,
        f"```\n{'[' * 500}\n```",
        f"`{'[' * 500}`",
        "\n\n".join(["[Anfang"] * 500),
        "<p>Absatz\n<br>" * 500,
        "\\[" * 500,
    ],
    ids=["lists", "quotations", "links", "marks", "fenced", "code", "paragraphs", "HTML", "escaped"],
)
def test_what_is_written_by_hand_is_within_the_limits(body: str) -> None:
    """Many links, code, and what ends at a blank line exceed nothing, and can be converted."""
    assert list(find_excesses(body)) == []
    assert MarkdownConverter(registry()).convert(document(body))


def test_check_and_build_report_the_line(tmp_path) -> None:
    """The file is refused like one that cannot be read: nothing else looks at its text."""
    tiny: TinyEdition = tiny_edition(tmp_path)
    file = tiny.note("tief", body=f"Mein Satz dazu.\n\n{'- ' * 500}Punkt")
    line = file.read_text().split("\n").index("- " * 500 + "Punkt") + 1
    tiny.yaml("topics", [{"id": "transformation", "name": "Transformation", "intro": "> " * 500}])
    _, problems = loader.read_edition(tiny.root)
    found = [(problem.file.rsplit("/", 1)[-1], problem.line, problem.field) for problem in problems]
    assert found == [("topics.yaml", 3, "[0].intro"), ("tief.md", line, "")]
    with pytest.raises(EditionError, match="nested too deeply: at most 30 levels") as error:
        build_site(tiny.root)
    assert error.value.problems == tuple(sorted(problems))


REPEATED = [
    *(
        "z. B. Dr. Vogt ",
        "Was ist das denn nun? ",
        "*a ",
        "**a ",
        "_a ",
        "*a* ",
        "*_",
        "==a ",
        "`a` ",
        "[a](b) ",
        "[a] ",
    ),
    *("[^1] ", "&a", "\\", "# a\n", "> a\n", "- a\n", "|a", "a\n", "<br>", "{: a", "1. a\n"),
]


@pytest.mark.slow
def test_what_is_within_the_limits_takes_seconds() -> None:
    """The largest paragraph of any marks is read by every function on bodies before the process is ended.

    One paragraph of 60,000 brackets would take a quarter of an hour.
    """
    code = (
        "import sys\n"
        "from kuratorium.edition import loader, prose\n"
        "from kuratorium.publishing import posts\n"
        "from kuratorium.publishing.markdown.converter import MarkdownConverter\n"
        "from tests.publishing.makers import document, registry\n"
        "for unit in eval(sys.argv[1]):\n"
        f"    body = '@ada: ' + unit * ({limits.MAX_PARAGRAPH_LENGTH - 100} // len(unit))\n"
        "    text = document(body, format='interview', hosts=('ada',))\n"
        "    list(loader.find_violations(text, registry(), lambda file: True))\n"
        "    prose.extract_first_sentence(text.body)\n"
        "    posts.summarize_text(text, MarkdownConverter(registry()).convert(text))\n"
    )
    subprocess.run([sys.executable, "-c", code, repr(REPEATED)], check=True, timeout=300, cwd=REPOSITORY)

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kuratorium.edition import yaml as edition_yaml
from kuratorium.edition.yaml import InlineList, InvalidYamlError

SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
ODD_STRINGS = (
    *("yes", "no", "null", "12", "1.5", "2026-10-14", "2026-10-14T09:00:00+02:00", "~", "on", "y", "false", "0o7"),
    *("1e3", ".inf", "a: b", "a #b", "a:", "x, y", " a", "a ", "<<", "=", "https://x.example/?a=b&c=d#e", "", "😀 da"),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42:10", "42:10"),  # 2530 in YAML 1.1
        ("no", "no"),  # false
        ("on", "on"),
        ("2020-04", "2020-04"),
        ("2020-04-01", "2020-04-01"),  # a date
        ("1_000", "1_000"),
        ("12e45", "12e45"),  # an id
        ("=", "="),
        ("010", 10),  # 8
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("1.5", 1.5),
        ("-.inf", float("-inf")),
        ("true", True),
        ("~", None),
        ("", None),
        ("9" * 5000, "9" * 5000),  # Python refuses to read a number as long as this
        ("0x" + "f" * 5000, "0x" + "f" * 5000),
    ],
    ids=lambda value: str(value)[:12] or "nothing",
)
def test_scalars_have_the_meaning_of_yaml_1_2(text: str, value: object) -> None:
    """Only what the core schema of YAML 1.2 names is not a string."""
    loaded = edition_yaml.load_yaml(f"key: {text}")["key"]
    assert loaded == value
    assert type(loaded) is type(value)


PIECES = (
    *("a", "key", ": ", ":", "\n", "  ", "- ", "[", "]", ", ", "{", "}", "'", '"', " #", "!", "!!int ", "&x ", "*x"),
    *("<<", "|", ">", "%", "@", "?", "? ", "---\n", "...\n", "\t", "12", "1e5", "0o17", "010", "1.5", ".inf", ".nan"),
    *("true", "yes", "null", "~", "2020-01-01", "ä", "\u00a0", "\u2028", "\u0085", "\ufeff", "\r\n", "\\n", "\x01"),
    *(
        "key: value\n",
        "- item\n",
        "  sub: x\n",
        "list: [a, b]\n",
        "|-\n  text\n",
        "'it''s'",
        '"x\\ty"',
        "1: a\ntrue: b\n",
    ),
)
DOCUMENTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | VALUES.map(edition_yaml.dump_any_value)


def _load(text: str, load: Any) -> object:
    try:
        return repr(load(text))
    except InvalidYamlError as error:
        return (error.line, str(error), error.hint)


@given(DOCUMENTS | st.integers(48, 52).map(lambda depth: "[" * depth + "]" * depth))
@example("- &x [a]\n- *x\n")
@example("a: 1\na: 2\n")
@example("a: 1\n--- b\n")
def test_common_values_are_what_pyyaml_makes_of_them(text: str) -> None:
    """Values are read from libyaml's events where that gives what PyYAML's nodes give, mistakes included."""
    assert _load(text, edition_yaml.load_yaml) == _load(text, lambda text: edition_yaml._parse(text, yaml.load))


def test_a_merge_key_is_an_ordinary_key() -> None:
    """`<<` has no special meaning in YAML 1.2."""
    assert edition_yaml.load_yaml("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@given(VALUES)
def test_dumped_values_are_loaded_as_they_were(value: Any) -> None:
    """Any plain value survives: every text, however odd, every number, and the order of keys."""
    loaded = edition_yaml.load_yaml(edition_yaml.dump_yaml(value))
    assert loaded == value
    assert repr(loaded) == repr(value)  # distinguishes 1, 1.0 and True, and orders of keys


# Signs that mean something in YAML, blanks of all kinds, letters of its other types, and signs that libyaml escapes.
TEXTS = st.text("ab01-:?#,[]{}&*!|>'\"%@`. ~=<_yNnoOtTfeE+ä–\u00a0\u00ad\u2028\ufeff\ufffe😀\t\n\x85", max_size=9)
SCALAR_VALUES = TEXTS | st.sampled_from(ODD_STRINGS) | st.dates() | st.text() | st.integers()
FIELDS = st.recursive(
    SCALAR_VALUES | st.lists(SCALAR_VALUES, max_size=3).map(InlineList),
    lambda inner: st.lists(st.dictionaries(TEXTS, inner, max_size=3), max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(TEXTS | st.sampled_from(("title", "a" * 130)), FIELDS, max_size=4))
@example({"title": "a" * 5_000, "lists": InlineList(["b " * 1_500] * 9)})
def test_common_values_are_written_as_pyyaml_writes_them(values: dict[str, Any]) -> None:
    """Whether PyYAML writes a file or the shorter way is taken, its bytes are the same."""
    assert edition_yaml.dump_yaml(values) == edition_yaml.dump_any_value(values)


@given(st.text())
def test_yaml_1_1_reads_our_strings_as_strings(text: str) -> None:
    """A string is quoted if YAML 1.1 would read a number or boolean in it; only dates stay plain."""
    loaded = yaml.safe_load(edition_yaml.dump_yaml({"key": text}))["key"]
    assert loaded == text or isinstance(loaded, date)


@pytest.mark.parametrize("text", ["1e3", "no", "42:10", "0o7", "010", "null", "~", "", "=", "<<", "- x", "{"])
def test_an_ambiguous_string_is_quoted(text: str) -> None:
    """It is in quotes, so that neither YAML 1.1 nor 1.2 reads it as another value."""
    assert edition_yaml.dump_yaml([text]) in (f"- '{text}'\n", f'- "{text}"\n')


def test_a_date_is_written_as_an_editor_types_it() -> None:
    """A date, or a string that looks like one, has no quotes, and is read back as a string."""
    text = edition_yaml.dump_yaml({"date": "2026-10-14T09:00:00+02:00", "published": date(2026, 10, 1)})
    assert text == "date: 2026-10-14T09:00:00+02:00\npublished: 2026-10-01\n"
    assert edition_yaml.load_yaml(text) == {"date": "2026-10-14T09:00:00+02:00", "published": "2026-10-01"}


def test_a_long_text_survives() -> None:
    """Long lines are not folded in a way that loses spaces."""
    text = "Ein  Wort " * 3000
    assert edition_yaml.load_yaml(edition_yaml.dump_yaml({"text": text})) == {"text": text}


def test_a_value_used_twice_is_written_twice() -> None:
    """There is no &id001, so that an editor can read and correct the file."""
    shared = ["eins"]
    assert edition_yaml.dump_yaml({"a": shared, "b": shared}) == "a:\n- eins\nb:\n- eins\n"


@pytest.mark.parametrize("text", ODD_STRINGS)
def test_an_odd_string_is_read_back_from_a_marked_value(text: str) -> None:
    """A string that YAML would read as something else is quoted, alone and in a list on one line."""
    values = {"title": text, "tags": [text, "plain words"], "works": [{"title": text}]}
    assert edition_yaml.load_yaml(edition_yaml.dump_yaml(edition_yaml.mark_inline_lists(values))) == values


def test_only_lists_of_plain_values_are_marked() -> None:
    """Lists and tuples of plain values are on one line, at any depth; a list of mappings or lists is not."""
    values = {"tags": ("a", "b"), "empty": [], "works": [{"url": "x", "authors": ["c", 1]}], "nested": [["d"], []]}
    assert edition_yaml.dump_yaml(edition_yaml.mark_inline_lists(values)) == (
        "tags: [a, b]\nempty: []\nworks:\n- url: x\n  authors: [c, 1]\nnested:\n- [d]\n- []\n"
    )


@given(VALUES)
def test_marking_lists_changes_no_value(value: Any) -> None:
    """Marked values are loaded as they were."""
    assert edition_yaml.load_yaml(edition_yaml.dump_yaml(edition_yaml.mark_inline_lists(value))) == value


def test_an_inline_list_stays_on_its_line() -> None:
    """An InlineList is written as [one, two], with umlauts as they are."""
    assert (
        edition_yaml.dump_yaml({"tags": InlineList(["Behörde", "42:10", "no"])}) == "tags: [Behörde, '42:10', 'no']\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: c: d", 2, 'the value contains ": "'),
        ("a: 1\nb: [1, 2\nc: 3", 2, "bracket that opens on this line is not closed"),
        ("a: 1\nb: 'open", 2, "a quotation mark or bracket that opens on this line"),
        ("a: 1\n\tb: 2", 2, "a tab at the beginning of the line"),
        ("a: 1\nb: @x", 2, 'a value that begins with "@"'),
        ("a: 1\nb:\n  c: 1\n  c: 2", 4, 'the key "c" occurs twice'),
        ("a: 1\n? [b]\n: 2", 2, "unhashable key"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("ä: ö\nb: *x", 2, 'a value that begins with "*"'),
        ("ä: ö\nü: \a", 2, "U+0007 is not allowed in YAML"),
        ("a: 1\nb: !!int zwölf", 2, '"zwölf" is not a value of the tag'),
        ("a: 1\nb: !!bool ja", 2, '"ja" is not a value of the tag'),
        ("a: 1\nb: !!float x", 2, '"x" is not a value of the tag'),
        ("a: 1\nb: !!int " + "9" * 5000, 2, "is not a value of the tag"),
        ("a: 1\nb: !!timestamp 2020-01-01", 2, "could not determine a constructor"),
        ("a: 1\nb: !!binary x", 2, "could not determine a constructor"),
        ("a: 1\nb: !!set {c}", 2, "could not determine a constructor"),
        ("a: 1\nb: !!python/object:os.system x", 2, "could not determine a constructor"),
        ("a: 1\nb: !!map [1]", 2, "expected a mapping node"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_text_that_is_not_yaml_is_reported_with_its_line(text: str, line: int, message: str) -> None:
    """The error is InvalidYamlError, with the line and a hint."""
    with pytest.raises(InvalidYamlError, match=message.replace("+", r"\+")) as caught:
        edition_yaml.load_yaml(text)
    assert caught.value.line == line
    assert caught.value.hint


@given(st.text(alphabet="ab01:-?&*!|>'\"%@#[]{},~= \n\t\x07") | st.text())
def test_load_raises_nothing_but_its_own_error(text: str) -> None:
    """Any text is loaded, or raises an InvalidYamlError whose line is within the text."""
    line = 1
    try:
        edition_yaml.load_yaml(text)
        line = edition_yaml.find_line(edition_yaml.map_nodes(text), ())
    except InvalidYamlError as error:
        line = error.line
    assert 1 <= line <= len(text.splitlines()) + 1


def test_the_line_of_every_value_is_found() -> None:
    """The path of a value gives its line; a path without a value, that of the nearest value around it."""
    nodes = edition_yaml.map_nodes("# first\ntitle: x\nbookmark_of:\n  - url: y\n    title: z\n  - url: w\n")
    assert edition_yaml.find_line(nodes, ("title",)) == 2
    assert edition_yaml.find_line(nodes, ("bookmark_of", 0, "title")) == 5
    assert edition_yaml.find_line(nodes, ("bookmark_of", 1, "url")) == 6
    assert edition_yaml.find_line(nodes, ("bookmark_of", 1, "title")) == 6
    assert edition_yaml.find_line(nodes, ("nowhere", "at", "all")) == 2
    assert edition_yaml.find_line(edition_yaml.map_nodes(""), ("title",)) == 1


def test_aliases_have_the_lines_of_what_they_repeat() -> None:
    """A mistake in a value that is written once and repeated is located where it is written."""
    nodes = edition_yaml.map_nodes("one: &names\n  - x\n  - y\ntwo: *names\n")
    assert edition_yaml.find_line(nodes, ("two", 1)) == 3


@pytest.mark.parametrize(
    ("path", "shown"),
    [((), ""), (("title",), "title"), (("bookmark_of", 0, "url"), "bookmark_of[0].url"), ((3, "id"), "[3].id")],
    ids=["nothing", "key", "nested", "list"],
)
def test_a_path_is_shown_with_points_and_brackets(path: edition_yaml.YamlPath, shown: str) -> None:
    """Keys are joined by points; indexes of lists are in brackets."""
    assert edition_yaml.format_path(path) == shown


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- a\n- &loop [x, *loop]", 2, "the alias *loop is within the value that it repeats"),
        ("one: &one {two: {three: *one}}", 1, "the alias *one is within the value that it repeats"),
        (
            "\n".join(["a0: &a0 [1, 2, 3]", *(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]" for n in range(1, 12))]),
            4,
            "aliases such as *a2 repeat more than 1,000 values",
        ),
        ("\n" + "[" * 100_000, 2, "lists and mappings are nested deeper than 50 levels"),
        ("- " * 100_000, 1, "lists and mappings are nested deeper than 50 levels"),
        ("{a: " * 5_000, 1, "lists and mappings are nested deeper than 50 levels"),
    ],
    ids=["self", "parent", "bomb", "brackets", "markers", "braces"],
)
def test_a_text_that_would_fill_the_memory_is_refused(text: str, line: int, message: str) -> None:
    """Aliases may not repeat themselves or a thousand values, and collections not be nested deeper than 50 levels."""
    with pytest.raises(InvalidYamlError) as caught:
        edition_yaml.load_yaml(text)
    assert (caught.value.line, str(caught.value)) == (line, message)


def test_some_aliases_are_read() -> None:
    """An alias that repeats a few values is read as what it repeats; stars in a text are no aliases."""
    assert edition_yaml.load_yaml("a: &a [1, 2]\nb: *a\nc: '*x*'") == {"a": [1, 2], "b": [1, 2], "c": "*x*"}

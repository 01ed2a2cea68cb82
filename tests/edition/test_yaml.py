from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import yaml as edition_yaml
from kuratorium.edition.yaml import InlineList, InvalidYamlError

SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
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
    ids=lambda one: str(one)[:12] or "nothing",
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """Only what the core schema of YAML 1.2 names is more than a string."""
    found = edition_yaml.load_yaml(f"key: {text}")["key"]
    assert found == value
    assert type(found) is type(value)


def test_a_merge_key_is_a_key() -> None:
    """YAML 1.2 has no «<<»."""
    assert edition_yaml.load_yaml("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@given(VALUES)
def test_what_is_dumped_is_loaded_as_it_was(value: Any) -> None:
    """Any plain value survives dump and load: every text, however odd, every number, in their order."""
    loaded = edition_yaml.load_yaml(edition_yaml.dump_yaml(value))
    assert loaded == value
    assert repr(loaded) == repr(value)  # tells 1 from 1.0 and True, and one order of keys from another


@given(st.text())
def test_other_readers_take_our_strings_for_strings(text: str) -> None:
    """A string is quoted where YAML 1.1 would read a number or a yes out of it; only dates stay plain."""
    read = yaml.safe_load(edition_yaml.dump_yaml({"key": text}))["key"]
    assert read == text or isinstance(read, date)


@pytest.mark.parametrize("text", ["1e3", "no", "42:10", "0o7", "010", "null", "~", "", "=", "<<", "- x", "{"])
def test_what_looks_like_something_else_is_quoted(text: str) -> None:
    """Such a string stands in quotes, so that neither YAML 1.1 nor 1.2 reads it as another value."""
    assert edition_yaml.dump_yaml([text]) in (f"- '{text}'\n", f'- "{text}"\n')


def test_a_date_is_written_as_an_editor_types_it() -> None:
    """A date or a string that is one stands without quotes, and comes back as the string it is to us."""
    written = edition_yaml.dump_yaml({"date": "2026-10-14T09:00:00+02:00", "published": date(2026, 10, 1)})
    assert written == "date: 2026-10-14T09:00:00+02:00\npublished: 2026-10-01\n"
    assert edition_yaml.load_yaml(written) == {"date": "2026-10-14T09:00:00+02:00", "published": "2026-10-01"}


def test_a_long_text_survives() -> None:
    """No line is folded in a way that loses its spaces."""
    text = "Ein  Wort " * 3000
    assert edition_yaml.load_yaml(edition_yaml.dump_yaml({"text": text})) == {"text": text}


def test_a_value_used_twice_is_written_twice() -> None:
    """No &id001: an editor is to read and mend the file."""
    both = ["eins"]
    assert edition_yaml.dump_yaml({"a": both, "b": both}) == "a:\n- eins\nb:\n- eins\n"


def test_an_inline_list_stays_on_its_line() -> None:
    """Inline is written as [one, two], umlauts as they are."""
    assert (
        edition_yaml.dump_yaml({"tags": InlineList(["Behörde", "42:10", "no"])}) == "tags: [Behörde, '42:10', 'no']\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: c: d", 2, "mapping values are not allowed"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "did not find expected"),
        ("a: 1\nb: 'open", 2, "unexpected end of stream"),
        ("a: 1\n\tb: 2", 2, "tab character"),
        ("a: 1\nb: @x", 2, "cannot start any token"),
        ("a: 1\nb:\n  c: 1\n  c: 2", 4, "the key «c» stands here twice"),
        ("a: 1\n? [b]\n: 2", 2, "unhashable key"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("ä: ö\nb: *x", 2, "undefined alias"),
        ("ä: ö\nü: \a", 2, "U+0007 has no place in YAML"),
        ("a: 1\nb: !!int zwölf", 2, "«zwölf» is no value for the tag"),
        ("a: 1\nb: !!bool ja", 2, "«ja» is no value for the tag"),
        ("a: 1\nb: !!float x", 2, "«x» is no value for the tag"),
        ("a: 1\nb: !!int " + "9" * 5000, 2, "is no value for the tag"),
        ("a: 1\nb: !!timestamp 2020-01-01", 2, "could not determine a constructor"),
        ("a: 1\nb: !!binary x", 2, "could not determine a constructor"),
        ("a: 1\nb: !!set {c}", 2, "could not determine a constructor"),
        ("a: 1\nb: !!python/object:os.system x", 2, "could not determine a constructor"),
        ("a: 1\nb: !!map [1]", 2, "expected a mapping node"),
    ],
    ids=lambda one: one[:24] if isinstance(one, str) else None,
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, line: int, what: str) -> None:
    """No text raises anything but YamlError, which knows the line and a mend."""
    with pytest.raises(InvalidYamlError, match=what.replace("+", r"\+")) as caught:
        edition_yaml.load_yaml(text)
    assert caught.value.line == line
    assert caught.value.hint


@given(st.text(alphabet="ab01:-?&*!|>'\"%@#[]{},~= \n\t\x07") | st.text())
def test_load_raises_nothing_but_its_own_error(text: str) -> None:
    """Whatever stands in a file, it is YAML or a YamlError within its lines; never a traceback."""
    line = 1
    try:
        edition_yaml.load_yaml(text)
        line = edition_yaml.find_line(edition_yaml.map_nodes(text), ())
    except InvalidYamlError as error:
        line = error.line
    assert 1 <= line <= len(text.splitlines()) + 1


def test_every_value_knows_its_line() -> None:
    """The path of a value leads to its line; a path that is not there, to what is around it."""
    found = edition_yaml.map_nodes("# first\ntitle: x\nbookmark_of:\n  - url: y\n    title: z\n  - url: w\n")
    assert edition_yaml.find_line(found, ("title",)) == 2
    assert edition_yaml.find_line(found, ("bookmark_of", 0, "title")) == 5
    assert edition_yaml.find_line(found, ("bookmark_of", 1, "url")) == 6
    assert edition_yaml.find_line(found, ("bookmark_of", 1, "title")) == 6
    assert edition_yaml.find_line(found, ("nowhere", "at", "all")) == 2
    assert edition_yaml.find_line(edition_yaml.map_nodes(""), ("title",)) == 1


def test_an_alias_around_itself_ends() -> None:
    """A list that holds itself, or a bomb of aliases, is walked once."""
    assert edition_yaml.find_line(edition_yaml.map_nodes("a: &x\n  - 1\n  - *x\n"), ("a", 1, 1, 1)) == 1
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    assert len(edition_yaml.map_nodes(bomb)) < 500


@pytest.mark.parametrize(
    ("path", "shown"),
    [((), ""), (("title",), "title"), (("bookmark_of", 0, "url"), "bookmark_of[0].url"), ((3, "id"), "[3].id")],
    ids=["nothing", "key", "nested", "list"],
)
def test_a_path_is_shown_as_people_write_it(path: edition_yaml.YamlPath, shown: str) -> None:
    """Keys are joined by points, places in lists stand in brackets."""
    assert edition_yaml.format_path(path) == shown

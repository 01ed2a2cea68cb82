from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import yaml

ODD = (
    *("yes", "no", "null", "12", "1.5", "2026-10-14", "2026-10-14T09:00:00+02:00", "~", "on", "y", "false", "0o7"),
    *("1e3", ".inf", "a: b", "a #b", "a:", "x, y", " a", "a ", "<<", "=", "https://x.example/?a=b&c=d#e", "", "😀 da"),
)
words = (
    st.text(max_size=30)
    | st.from_regex(r"[\w .,:;#'\"„“–-]{0,20}", fullmatch=True)
    | st.text(alphabet="aäZ0 :#,-[]{}'\"\n.!?&*%@`|>=<~…–„", max_size=20)
    | st.sampled_from(ODD)
)
keys = st.sampled_from(["uid", "title", "date", "authors", "n", "y", "a b"])
plain = words | st.lists(words, max_size=4) | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False)
plain |= st.dates() | st.datetimes()
works = st.lists(st.dictionaries(keys, plain, max_size=4), max_size=3)


@given(st.dictionaries(keys, plain | works | st.dictionaries(keys, plain, max_size=2), max_size=5))
def test_it_writes_what_pyyaml_writes(values: dict[str, object]) -> None:
    """Whatever the values, the text is PyYAML's to the letter."""
    assert yaml.dump_front_matter(values) == yaml.dump_yaml(
        {key: yaml.mark_inline_lists(value) for key, value in values.items()}
    )


@pytest.mark.parametrize("text", ODD)
def test_an_odd_string_is_read_back(text: str) -> None:
    """What YAML would read as something else is quoted, alone and in a list."""
    values = {"title": text, "tags": [text, "plain words"], "works": [{"title": text}]}
    assert yaml.load_yaml(yaml.dump_front_matter(values)) == values

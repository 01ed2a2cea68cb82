"""Documents that nest too deep, or whose aliases repeat too much."""

from __future__ import annotations

import pytest

from kuratorium.edition.syntax.nesting import MAX_DEPTH
from kuratorium.edition.yaml import InvalidYamlError, load_yaml

TOO_DEEP = f"lists and mappings are nested deeper than {MAX_DEPTH} levels"
LAUGHS = "a0: &a0 [ha, ha, ha]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tags: " + "[" * 100_000, 1),  # libyaml alone ends the process
        ("tags: " + "[" * 600 + "]" * 600, 1),
        ("title: x\nmedia: " + "{a: " * 100_000, 2),
        ("\n\n" + "- " * 100_000 + "x", 3),
        ("".join(f"{' ' * depth}a{depth}:\n" for depth in range(400)), MAX_DEPTH + 1),
        ("".join(f"{'  ' * depth}a:\n{'  ' * depth}- b{depth}: x\n" for depth in range(60)), MAX_DEPTH),
    ],
    ids=["brackets", "closed-brackets", "braces", "dashes", "indents", "lists-in-mappings"],
)
def test_deep_nesting_is_an_error_with_its_line(text: str, line: int) -> None:
    """However deep a document nests, it is refused, before any parser recurses into it."""
    with pytest.raises(InvalidYamlError, match=TOO_DEEP) as caught:
        load_yaml(text)
    assert caught.value.line == line


def test_forty_levels_are_read() -> None:
    """The limit is far above what the contract needs."""
    value = load_yaml("[" * 40 + "]" * 40)
    for _ in range(39):
        (value,) = value
    assert value == []


def test_aliases_that_multiply_are_an_error() -> None:
    """Thirty short lines that stand for 9^29 words are refused at once; aliases that repeat little are read."""
    with pytest.raises(InvalidYamlError, match=r"repeat more than 1,000 values"):
        load_yaml(LAUGHS)
    assert load_yaml("a: &names [x, y]\nb: *names\nc: *names") == {"a": ["x", "y"], "b": ["x", "y"], "c": ["x", "y"]}

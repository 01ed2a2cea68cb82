"""Intros of topics and series."""

from __future__ import annotations

import pytest

from kuratorium.desk import check
from kuratorium.publishing.urls import Paths
from tests.editions import TOPICS, TinyEdition


def test_an_intro_links_to_whole_addresses(tiny: TinyEdition) -> None:
    """It is shown on several pages; `www.` and mail addresses are completed, others are reported with their line."""
    intro = "[a](https://a.example/) [b](www.b.example) [c](c@c.example) [d](/d.html) [e](e.md) [f]({filename}f.md)"
    tiny.yaml("topics", [TOPICS[0], {**TOPICS[1], "intro": intro}])
    problems = check.run_checks(tiny.root).warnings
    assert [problem.message for problem in problems] == [
        'the link "e.md" leads nowhere', 'the link "{filename}f.md" leads nowhere'
    ]  # fmt: skip
    assert {(problem.file, problem.field) for problem in problems} == {("curation/topics.yaml", "[1].intro")}


@pytest.mark.parametrize(
    ("intro", "message"),
    [
        ("Worum es geht: <script>x</script>", "<script> is removed from the page"),
        ("Worum es <u>geht</u>", "<u> is removed from the page"),
        ("# Worum es geht", '"Worum es geht" is a heading of level 1'),
        ("Siehe [[Netz]]", '"[[Netz]]" is a link of a wiki'),
        ("Siehe {{ netz }}", '"{{ netz }}" is a mark of Jekyll'),
        ("[[youtube:dQw4w9WgXcQ]]", "an embed of youtube is shown as text in an intro"),
        ("Siehe [unten](#netz)", 'the link "#netz" leads nowhere'),
        ("Siehe [Netz](/notizen/nirgends.html)", 'the link "/notizen/nirgends.html" leads nowhere'),
        ("Siehe [Netz]()", "this link has no address"),
        ("Siehe [Netz](/notizen/erste-notiz.html), [mehr](https://a.example/), *wirklich*\n\n- eins\n- zwei", None),
    ],
)
@pytest.mark.parametrize("name", ["topics", "series"])
def test_an_intro_is_checked_like_other_texts(tiny: TinyEdition, name: str, intro: str, message: str | None) -> None:
    """What its page would not show, or would show as it is written, is reported with its field."""
    record = TOPICS[1] if name == "topics" else {"id": "abende", "name": "Abende"}
    tiny.yaml(name, [*TOPICS[:1], record | {"intro": intro}] if name == "topics" else [record | {"intro": intro}])
    problems = check.run_checks(tiny.root, build_paths=Paths).warnings
    assert [problem.message[: len(message or "")] for problem in problems] == ([message] if message else [])
    assert {problem.file for problem in problems} <= {f"curation/{name}.yaml"}

import pytest

from kuratorium.desk.posts.front_matter_edit import FieldEdit, edit_front_matter
from kuratorium.errors import UsageError

FILE = """---
uid: u1  # stays for ever
title: 'Alt: eins'  # working title
date: 2026-10-01T08:00:00+02:00   # a Thursday
status: draft # until Anna has read it
aliases:  # from the old site
  - a.html   # the first
  # and no other
topics: [open-source, "b c"]
corrections:
- date: 2026-10-02
  text: |
    Zwei
    Zeilen
# the end
---

Text mit "title: nicht".
"""
Rows = list[tuple[FieldEdit, str, str]]
ROWS: Rows = [
    (FieldEdit(field="title", value="Neu # 2"), "'Alt: eins'", "'Neu # 2'"),
    (FieldEdit(field="status", value=None), "status: draft # until Anna has read it\n", ""),
    (FieldEdit(field="aliases", value="b.html", appends=True), "first\n", "first\n  - b.html\n"),
    (FieldEdit(field="topics", value="c, d", appends=True), '"b c"]', "\"b c\", 'c, d']"),
    (
        FieldEdit(field="corrections", value={"date": "2026-10-03", "text": "Es: 34"}, appends=True),
        "    Zeilen\n",
        "    Zeilen\n- date: 2026-10-03\n  text: 'Es: 34'\n",
    ),
    (FieldEdit(field="modified", value="2026-10-02T08:00:00+02:00", after="date"), "Thursday\n",
     "Thursday\nmodified: 2026-10-02T08:00:00+02:00\n"),
    (FieldEdit(field="tags", value="x", appends=True), "# the end\n", "# the end\ntags: [x]\n"),
    (FieldEdit(field="status", value={"by": "Eva, F.", "on": "x"}), "draft #", "{by: 'Eva, F.', on: x} #"),
    (FieldEdit(field="aliases", value=["c.html"]), "\n  - a.html   # the first", " [c.html]   # the first"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "before", "after"), ROWS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_other_byte_stays(edit: FieldEdit, before: str, after: str, newline: str, mark: str) -> None:
    """Comments, order, quotation marks, line ends and a byte order mark are those of the editor."""
    assert FILE.count(before) == 1
    text = mark + FILE.replace("\n", newline)
    expected = mark + FILE.replace(before, after).replace("\n", newline)
    if edit.value == ["c.html"]:  # the comment behind a list that is replaced goes with it
        expected = expected.replace("  # from the old site [c.html]", " [c.html]")
    assert edit_front_matter("a.md", text, [edit]) == expected


def test_an_empty_value_is_filled() -> None:
    """A key without a value, as an editor leaves it, gets one."""
    text = "---\nuid: u1\nmodified:\n---\nText"
    edited = edit_front_matter("a.md", text, [FieldEdit(field="modified", value="2026-10-02")])
    assert edited == "---\nuid: u1\nmodified: 2026-10-02\n---\nText"


@pytest.mark.parametrize("text", ["---\n{uid: u1}\n---\n", "---\ntags: &a [x]\ntitle: *a\n---\n"])
def test_what_cannot_be_edited_safely_is_refused(text: str) -> None:
    """Front matter in one pair of braces, or with an alias to the list, says something else after the edit."""
    with pytest.raises(UsageError, match=r'a\.md: "tags" cannot be edited as it is written there'):
        edit_front_matter("a.md", text, [FieldEdit(field="tags", value="y", appends=True)])

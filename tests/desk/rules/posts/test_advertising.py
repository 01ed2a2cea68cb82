import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition

SPONSOR = {"kind": "sponsor", "text": "Bezahlt von Pumpen AG."}


@pytest.mark.parametrize(
    ("title", "body", "disclosure", "fields"),
    [
        ("Anzeige: Pumpen für alle", "Ein Gedanke.", None, ["title"]),
        ("Pumpen für alle", "**Werbung** – Ein Gedanke.", None, [""]),
        ("[Sponsored] Pumpen", "Ein Gedanke.", {"kind": "gift", "text": "Eine Pumpe."}, ["title"]),
        ("Anzeige ist erstattet", "Werbung ist teuer.", None, []),
        ("Anzeigenkunden gesucht", "Ein Gedanke.", None, []),
        ("Anzeige: Pumpen für alle", "Ein Gedanke.", SPONSOR, []),
        ("Unbezahlte Pumpen", "Ein Gedanke.", SPONSOR, ["title"]),
        ("Pumpen", "Ein Gedanke.", SPONSOR | {"text": "Nicht bezahlt."}, ["disclosure.text"]),
        ("Unbezahlte Pumpen", "Ein Gedanke, keine Werbung.", None, []),
    ],
)
def test_words_and_disclosure_agree(
    tiny: TinyEdition, title: str, body: str, disclosure: dict[str, str] | None, fields: list[str]
) -> None:
    """A label that editors write themselves needs the disclosure, and a paid post does not deny that it is one."""
    tiny.note("fall", title=title, body=body, disclosure=disclosure)
    found = check.run_checks(tiny.root).findings
    assert [item.problem.field for item in found if item.rule == "advertising"] == fields

import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition, draw_picture


@pytest.mark.parametrize(
    ("body", "line", "rule"),
    [
        ("Der Bericht steht [hier](https://a.example/).", 0, "link-words"),
        ("Text.\n\n[Read more …](https://a.example/)", 2, "link-words"),
        ("Der [Bericht der Leiterin](https://a.example/) steht hier.", 0, ""),
        ("`[hier](https://a.example/)` ist ein Muster.", 0, ""),
        ("Text.\n\n## Erstens\n\n#### Zu tief", 4, "skipped-headings"),
        ("Text.\n\n### Gleich zu tief", 2, "skipped-headings"),
        ("Text.\n\n## Erstens\n\n### Darunter\n\n## Zweitens", 0, ""),
        ("Text.\n\n![IMG_2041.jpg]({static}/images/a.png)", 2, "alt-texts"),
        ("Text.\n\n![Ein Foto]({static}/images/a.png)", 2, "alt-texts"),
        ("Text.\n\n![Ein Foto der Leiterin am Schalter]({static}/images/a.png)", 0, ""),
    ],
)
def test_what_screen_readers_need(tiny: TinyEdition, body: str, line: int, rule: str) -> None:
    """Links and pictures say what they are, and headings skip no level."""
    tiny.write("content/images/a.png", draw_picture(1300, 700))
    file = tiny.essay("aufsatz", body=body)
    first = file.read_text("utf-8").split("\n").index(body.split("\n", maxsplit=1)[0]) + 1
    rules = {"link-words", "skipped-headings", "alt-texts"}
    findings = [item for item in check.run_checks(tiny.root).findings if item.rule in rules]
    found = [(item.rule, item.problem.line - first) for item in findings]
    assert found == ([(rule, line)] if rule else [])

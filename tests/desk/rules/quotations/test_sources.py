from pathlib import Path

import pytest

from kuratorium.desk import check
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.editions import POLICY, TinyEdition

URL = "https://amtsblog.example/2026/10/umstellung"
ARTICLE = (
    "Das Amt hat in einem Jahr alle Fachverfahren umgestellt, ohne eine einzige Folie zu zeigen. "
    "Die Leiterin sagt, dass niemand vorher gefragt hatte, wie lange ein Antrag wirklich liegt. "
    "Heute misst jede Abteilung selbst, und die Zahlen hängen im Flur."
)
OWN = "Hier rechnet endlich jemand nach, und das sollten alle lesen, die noch vor der Umstellung stehen."
COPIED = "Gut zu wissen, dass niemand vorher gefragt hatte, wie lange ein Antrag wirklich liegt. Heute misst man."
DIFF = "… misst jede abteilung {+fast alles+} selbst und die [-zahlen-] {+daten+} hängen im flur"
FOUND = ("quote-limit", "quote-month", "quote-source", "copied-passages")


@pytest.fixture
def archived(tiny: TinyEdition) -> TinyEdition:
    """An edition whose archive holds the text of one article."""
    store(tiny.root, ArchivedEntry(key="amtsblog:1", digest=b"1", link=URL, title="Umstellung", text=ARTICLE))
    return tiny


def store(root: Path, *entries: ArchivedEntry) -> None:
    """Archive entries as a pull does."""
    with Archive(root) as archive:
        archive.store_pull_results(
            {"amtsblog": (SourceState(address="https://amtsblog.example/feed"), entries)}, "2026-10-13"
        )


def find(tiny: TinyEdition, body: str, **front: object) -> list[tuple[str, int, str]]:
    """Check a note on the article, and return rule, line of the body and message of what is found on quotations."""
    file = tiny.note("notiz", body=body, bookmark_of=[{"url": URL, "title": "Umstellung ohne Folien"}], **front)
    first = file.read_text("utf-8").split("\n").index(body.split("\n", maxsplit=1)[0]) + 1
    found = check.run_checks(tiny.root).findings
    return [(item.rule, item.problem.line - first, item.problem.message) for item in found if item.rule in FOUND]


def quote(text: str) -> str:
    """Return a body with own words and a quotation."""
    return f"{OWN}\n\n> {text}\n> — Amtsblog: [Umstellung]({URL})"


@pytest.mark.parametrize(
    "body",
    [
        quote("Heute misst jede Abteilung selbst, und die Zahlen hängen im Flur."),
        quote("Die Leiterin sagt, dass niemand […] gefragt hatte, wie lange ein Antrag wirklich liegt."),
        quote("[Sie] sagt, dass niemand vorher gefragt hatte, wie lange ein Antrag [bei ihr] wirklich liegt."),
        quote("Heute misst jede Abteilung **selbst** – und die Zahlen hängen im Flur!"),
        quote("Von ganz anderen Dingen ist in diesem Satz die Rede, die das Archiv nicht hat."),
        f"{OWN} „Heute misst jede Abteilung selbst, und die Zahlen hängen im Flur“, steht dort.",
        f"{OWN} Alle Fachverfahren sind umgestellt, und die Zahlen hängen im Flur.",
    ],
    ids=["whole", "cut with a mark", "own words in brackets", "other signs", "elsewhere", "inline", "retold"],
)
def test_a_sound_quotation_is_not_reported(archived: TinyEdition, body: str) -> None:
    """Signs do not count, a mark allows to leave words out, and what the archive does not hold is not judged."""
    assert find(archived, body) == []


def test_an_altered_quotation_is_shown_with_what_the_source_says(archived: TinyEdition) -> None:
    """In the language of the edition, with the words of both around the place, and the line of the quotation."""
    body = quote("Heute misst jede Abteilung fast alles selbst, und die Daten hängen im Flur.")
    assert find(archived, body) == [
        (
            "quote-source",
            2,
            f"das Zitat ist nicht, was in der Quelle steht: {DIFF}",
        )
    ]


def test_words_left_out_without_a_mark_are_shown(archived: TinyEdition) -> None:
    """Cutting is fine, but readers must see it."""
    body = quote("Das Amt hat in einem Jahr alle Fachverfahren umgestellt, ohne eine Folie zu zeigen.")
    ((rule, _, message),) = find(archived, body)
    assert rule == "quote-source"
    assert message.endswith("umgestellt ohne eine [-einzige-] folie zu zeigen")


def test_a_quotation_in_the_text_is_compared_as_well(archived: TinyEdition) -> None:
    """Whatever its quotation marks are."""
    body = f"{OWN}\n\nDort steht: »Heute misst keine Abteilung selbst, und die Zahlen hängen im Flur.«"
    ((rule, line, message),) = find(archived, body)
    assert (rule, line) == ("quote-source", 2)
    assert "[-jede-] {+keine+}" in message


def test_a_copied_passage_is_shown(archived: TinyEdition) -> None:
    """Twelve words in a row without quotation marks are no accident; policy.yaml may say another number."""
    body = f"{OWN}\n\n{COPIED}"
    ((rule, line, message),) = find(archived, body)
    assert (rule, line) == ("copied-passages", 2)
    assert message.startswith(f"13 Wörter in Folge stammen aus {URL}, ohne Anführungszeichen: “dass niemand vorher")
    archived.yaml("policy", {**POLICY, "copied_words": 14})
    assert find(archived, body) == []


def test_a_copied_passage_may_be_ignored(archived: TinyEdition) -> None:
    """Such as words that both took from a law; on a machine without the archive, the reason stays as it is."""
    body = f"{OWN}\n\n{COPIED}"
    front = {"ignore": [{"rule": "copied-passages", "reason": "Wortlaut der Dienstanweisung."}]}
    assert find(archived, body, **front) == []
    (archived.root / "var/archive.sqlite3").unlink()
    assert [item.rule for item in check.run_checks(archived.root).findings] == []


def test_a_long_quotation_needs_a_purpose_and_has_a_limit(tiny: TinyEdition) -> None:
    """Up to the budget it is fine, then it needs a purpose, and above the limit it is an error."""
    tiny.yaml("policy", {**POLICY, "quote_budget": 10, "quote_limit": 20, "quote_month": 0})

    def check_words(count: int, **front: object) -> list[str]:
        tiny.note("lang", body=f"{OWN} {OWN}\n\n> {'Wort ' * count}\n> — Amtsblog: [Umstellung]({URL})", **front)
        return [item.rule for item in check.run_checks(tiny.root).findings]

    assert check_words(10) == []
    assert check_words(11) == ["quote-budget"]
    assert check_words(11, purpose="Am Wortlaut zeigt sich der Fehler.") == []
    assert check_words(21, purpose="Am Wortlaut zeigt sich der Fehler.") == ["quote-limit"]


def test_the_quotations_of_a_month_are_added_up_by_source(tiny: TinyEdition) -> None:
    """The note with which it becomes too much is named; the next month begins anew."""
    tiny.yaml("policy", {**POLICY, "quote_month": 12})
    for name, day in (("a", "2026-10-01"), ("b", "2026-10-20"), ("c", "2026-11-01")):
        body = (
            f"{OWN}\n\n> Sieben Wörter sind es in jedem Zitat.\n> — Amtsblog: [Titel](https://amtsblog.example/{name})"
        )
        tiny.note(name, date=f"{day}T08:00:00+01:00", body=body)
    (finding,) = (item for item in check.run_checks(tiny.root).findings if item.rule == "quote-month")
    assert finding.problem.file == "curation/notes/2026/b.md"
    assert finding.problem.message.startswith("14 words quoted from amtsblog in 2026-10")

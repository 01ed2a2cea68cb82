from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from kuratorium.cli.desk import check_edition
from kuratorium.desk.posts import changes
from kuratorium.desk.posts.desk import PostChange, PostsDesk, apply_change
from kuratorium.edition.model import FrontMatter, PostFile
from kuratorium.errors import EditionError, UsageError
from tests.desk.posts.conftest import commit, desk_of
from tests.editions import NOW, TinyEdition, read_valid_edition

Planner = Callable[[PostsDesk, PostFile], PostChange]


def make(root: Path, reference: str, plan: Planner) -> FrontMatter:
    """Make a change of a post, and return its front matter then."""
    desk = desk_of(root)
    change = plan(desk, desk.find(reference))
    apply_change(change)
    return next(post.meta for post in read_valid_edition(root).post_files if post.file == change.file)


def correct(text: str) -> Planner:
    """Return the planner of this command."""
    return lambda desk, post: changes.plan_correction(desk, post, text)


def publish(at: datetime | None = None) -> Planner:
    """Return the planner of this command."""
    return lambda desk, post: changes.plan_publication(desk, post, at)


def withdraw(reason: str) -> Planner:
    """Return the planner of this command."""
    return lambda desk, post: changes.plan_withdrawal(desk, post, reason)


def release(by: str, day: date | None = None) -> Planner:
    """Return the planner of this command."""
    return lambda desk, post: changes.plan_release(desk, post, by, day)


def test_a_correction_is_dated_and_marks_the_post_as_modified(tiny: TinyEdition) -> None:
    """A second one is added below the first; at a pinned date, where time stands still, it is not of the future."""
    tiny.essay("messen", corrections=[{"date": "2026-10-02", "text": "Eins."}])
    meta = make(tiny.root, "messen", correct("Es waren 34, nicht 43."))
    assert [(entry.date, entry.text) for entry in meta.corrections] == [
        (date(2026, 10, 2), "Eins."),
        (date(2026, 10, 14), "Es waren 34, nicht 43."),
    ]
    assert meta.modified == datetime.fromisoformat("2026-10-14T09:00:00+02:00")
    again = make(tiny.root, "messen", correct("Und 35."))
    assert again.modified == meta.modified
    assert [
        item.rule
        for item in check_edition(tiny.root, datetime.fromisoformat(NOW)).findings
        if item.rule == "future-dates"
    ] == []


def test_a_draft_is_published_now_or_at_a_date(tiny: TinyEdition) -> None:
    """Its date becomes that of publication, in the site's time zone, and it is no draft any more."""
    tiny.essay("jetzt", status="draft", date="2026-09-01T08:00:00+02:00")
    tiny.essay("spaeter", status="draft")
    now = make(tiny.root, "jetzt", publish())
    assert (now.status, now.date.isoformat()) == ("published", "2026-10-14T09:00:00+02:00")
    later = make(tiny.root, "spaeter", publish(datetime.fromisoformat("2026-12-01T08:00")))
    assert (later.status, later.date.isoformat()) == ("published", "2026-12-01T08:00:00+01:00")
    assert make(tiny.root, "spaeter", publish()).date.isoformat() == "2026-10-14T09:00:00+02:00"


def test_a_hidden_post_keeps_its_date(tiny: TinyEdition) -> None:
    """Readers with its address have read it."""
    tiny.essay("versteckt", status="hidden")
    meta = make(tiny.root, "versteckt", publish())
    assert (meta.status, meta.date.isoformat()) == ("published", "2026-10-01T08:00:00+02:00")


def test_a_draft_with_a_mistake_is_not_published(tiny: TinyEdition) -> None:
    """The messages are those of `check`, with file and line."""
    path = tiny.note("leer", status="draft", body="")
    before = path.read_bytes()
    desk = desk_of(tiny.root)
    with pytest.raises(EditionError, match=r"curation/notes/2026/leer\.md:\d+.*no words of your own"):
        changes.plan_publication(desk, desk.find("leer"), None)
    assert path.read_bytes() == before


def test_a_withdrawn_post_says_when_and_why(tiny: TinyEdition) -> None:
    """The text stays in the file."""
    tiny.essay("messen", body="Der Text.")
    meta = make(tiny.root, "messen", withdraw("Die Zahlen waren erfunden."))
    assert meta.status == "withdrawn"
    assert meta.withdrawn
    assert (meta.withdrawn.date, meta.withdrawn.reason) == (date(2026, 10, 14), "Die Zahlen waren erfunden.")
    assert (tiny.root / "content/essays/messen.md").read_text().endswith("\nDer Text.\n")


def test_a_post_that_was_published_once_can_be_withdrawn(tiny: TinyEdition) -> None:
    """The last commit showed it; that it is a draft meanwhile does not take its address from readers."""
    tiny.essay("messen", uid="abcd234567")
    commit(tiny.root)
    tiny.essay("messen", uid="abcd234567", status="draft")
    assert make(tiny.root, "messen", withdraw("Falsch.")).withdrawn


def test_a_release_says_who_and_when(tiny: TinyEdition) -> None:
    """The line keeps its comment, and a release without a name can get one."""
    path = tiny.interview("gespraech", release="open")
    path.write_text(path.read_text().replace("release: open", "release: open  # wartet auf Frau Falk"))
    meta = make(tiny.root, "gespraech", release("Eva Falk", date(2026, 10, 12)))
    assert "release: {state: given, by: Eva Falk, on: 2026-10-12}  # wartet auf Frau Falk" in path.read_text()
    assert not meta.is_withheld
    tiny.interview("kurz")
    assert not make(tiny.root, "kurz", release("Eva Falk")).is_withheld


@pytest.mark.parametrize(
    ("reference", "plan", "message"),
    [
        ("entwurf", correct("Es waren 34."), "is not published: correct its text"),
        ("weg", correct("Es waren 34."), "is withdrawn: there is no text to correct"),
        ("messen", correct(" "), "say what was wrong"),
        ("messen", publish(), "is published, since 2026-10-01"),
        ("weg", publish(), "was withdrawn on 2026-10-03"),
        ("offen", publish(), "is not released: run kuratorium release"),
        ("weg", withdraw("Falsch."), "is withdrawn already, since 2026-10-03"),
        ("entwurf", withdraw("Falsch."), "was never published"),
        ("morgen", withdraw("Falsch."), "was never published"),
        ("messen", withdraw(" "), "give a reason"),
        ("messen", release("Eva Falk"), "is no interview"),
        ("offen", release(" "), "say who released it"),
        ("offen", release("Eva Falk", date(2026, 10, 15)), "2026-10-15 is in the future"),
        ("gegeben", release("Eva Falk"), "is released already: by Eva Falk, on 2026-10-12"),
    ],
)
def test_what_makes_no_sense_is_refused(tiny: TinyEdition, reference: str, plan: Planner, message: str) -> None:
    """The message says what the state of the post is, and nothing is written."""
    tiny.essay("messen")
    tiny.essay("entwurf", status="draft")
    tiny.essay("morgen", date="2026-10-15T08:00:00+02:00")
    tiny.essay("weg", status="withdrawn", withdrawn={"date": "2026-10-03", "reason": "Falsch."})
    tiny.interview("offen", release="open")
    tiny.interview("gegeben", release={"state": "given", "by": "Eva Falk", "on": "2026-10-12"})
    before = tiny.files()
    with pytest.raises(UsageError, match=message):
        make(tiny.root, reference, plan)
    assert tiny.files() == before

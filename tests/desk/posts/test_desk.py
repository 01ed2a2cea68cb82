import pytest

from kuratorium.desk.posts.changes import plan_withdrawal
from kuratorium.desk.posts.desk import apply_change, list_diff_lines, revert_change
from kuratorium.errors import EditionError, UsageError
from tests.desk.posts.conftest import desk_of
from tests.editions import TinyEdition


@pytest.mark.parametrize(
    "reference",
    [
        "abcd2345",
        "ABCD",
        "curation/notes/2026/messen.md",
        "./curation/notes/2026/messen.md",
        "messen.md",
        "2026/messen.md",
        "messen",
        "notizen/messen.html",
        "https://weichenwerk.example/notizen/messen.html",
        "alt/messen",
    ],
)
def test_a_post_has_many_names(tiny: TinyEdition, reference: str) -> None:
    """It is found by the beginning of its uid, its file, its slug, its address and a former address."""
    tiny.note("messen", uid="abcd234567", aliases=["/alt/messen/"])
    assert desk_of(tiny.root).find(reference).slug == "messen"


def test_a_name_must_mean_one_post(tiny: TinyEdition) -> None:
    """None is an error that proposes the nearest; two are listed; an invalid post is an error with its problems."""
    tiny.note("messen", uid="abcd111111")
    tiny.essay("zaehlen", uid="abcd222222")
    desk = desk_of(tiny.root)
    with pytest.raises(UsageError, match=r"could be any of these:\n    abcd111111 .*\n    abcd222222  content"):
        desk.find("abcd")
    with pytest.raises(UsageError, match=r'no post matches "mesen".*Did you mean curation/notes/2026/messen\.md\?'):
        desk.find("mesen")
    with pytest.raises(UsageError, match="no post matches"):
        desk.find("https://other.example/notizen/messen.html")
    path = tiny.note("kaputt", strength=9)
    with pytest.raises(EditionError, match="strength"):
        desk_of(tiny.root).find(path.relative_to(tiny.root).as_posix())


def test_an_editors_save_wins(tiny: TinyEdition) -> None:
    """A file that was saved after it was read stays as it was saved, and the command says so."""
    path = tiny.essay("messen")
    desk = desk_of(tiny.root)
    change = plan_withdrawal(desk, desk.find("messen"), "Falsch.")
    path.write_text(saved := path.read_text() + "\nEin Nachtrag.\n")
    with pytest.raises(UsageError, match=r"messen\.md was changed by another program meanwhile: nothing was written"):
        apply_change(change)
    assert path.read_text() == saved


def test_a_change_can_be_shown_and_taken_back(tiny: TinyEdition) -> None:
    """The diff is git's; after taking it back, the file has its former bytes."""
    path = tiny.essay("messen")
    before = path.read_bytes()
    desk = desk_of(tiny.root)
    change = plan_withdrawal(desk, desk.find("messen"), "Falsch.")
    lines = list(list_diff_lines(tiny.root, change))
    assert lines[:2] == ["--- a/content/essays/messen.md", "+++ b/content/essays/messen.md"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "+status: withdrawn",
        "+withdrawn:",
        "+  date: 2026-10-14",
        "+  reason: Falsch.",
    ]
    apply_change(change)
    assert path.read_bytes() != before
    revert_change(change)
    assert path.read_bytes() == before

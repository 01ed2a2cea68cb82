from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuratorium.cli.desk import check_edition
from kuratorium.desk.posts.desk import PostChange, apply_change, list_diff_lines
from kuratorium.desk.posts.rename import plan_rename
from kuratorium.errors import UsageError
from kuratorium.publishing.build_command import build_site
from tests.desk.posts.conftest import commit, desk_of
from tests.editions import TinyEdition, read_valid_edition

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)


def plan(root: Path, reference: str, slug: str = "", title: str = "") -> PostChange:
    """Plan to rename a post."""
    desk = desk_of(root)
    return plan_rename(desk, desk.find(reference), slug, title)


def test_a_renamed_post_is_found_under_both_addresses(tiny: TinyEdition) -> None:
    """The file moves, the former address leads on, and links to the file follow, its own included; the uid stays."""
    tiny.essay("alt", uid="abcd234567", body="Siehe [oben]({filename}alt.md#x) und alt.md.\n")
    linking = tiny.note("linkt", body="Erst [das]({filename}/essays/alt.md 'Titel'), dann ![x](alt.png). [ref]\n\n"
                                      "[ref]: ../../../content/essays/alt.md#ende\n")  # fmt: skip
    other = tiny.page("seite", body='Ein <a href="../essays/alt.md">Essay</a> mit alt.md.')
    (tiny.root / "content/alt.png").write_bytes(b"")
    before = linking.read_text(), other.read_text()
    change = plan(tiny.root, "abcd", "neu")
    diff = "\n".join(list_diff_lines(tiny.root, change))
    assert "rename from content/essays/alt.md\nrename to content/essays/neu.md" in diff
    assert "--- a/content/essays/alt.md\n+++ b/content/essays/neu.md" in diff
    apply_change(change)
    assert not (tiny.root / "content/essays/alt.md").exists()
    text = (tiny.root / "content/essays/neu.md").read_text()
    assert "aliases: [essays/alt.html]" in text
    assert "[oben]({filename}neu.md#x) und alt.md." in text
    assert linking.read_text() == before[0].replace("essays/alt.md", "essays/neu.md")
    assert other.read_text() == before[1].replace("essays/alt.md", "essays/neu.md")
    (tiny.root / "content/alt.png").unlink()
    linking.write_text(linking.read_text().replace("![x](alt.png)", ""))
    build_site(tiny.root)
    assert "essays/neu.html" in (tiny.root / "output/essays/alt.html").read_text()
    assert (tiny.root / "output/essays/neu.html").exists()


def test_a_new_title_gives_the_slug(tiny: TinyEdition) -> None:
    """With --title both change; a comment stays, and a `slug` in front matter follows."""
    path = tiny.post("content/essays/alt.md", slug="alt")
    path.write_text(path.read_text().replace("title: Titel von alt", "title: Titel von alt  # Arbeitstitel"))
    change = plan(tiny.root, "alt", title="Was Klauseln kosten: eine Rechnung")
    assert change.file == "content/essays/was-klauseln-kosten-eine-rechnung.md"
    text = change.changes[0].text or ""
    assert "title: 'Was Klauseln kosten: eine Rechnung'  # Arbeitstitel" in text
    assert "slug: was-klauseln-kosten-eine-rechnung" in text


def test_back_to_a_former_address(tiny: TinyEdition) -> None:
    """The address that a post takes again is no alias any more, and the one that it leaves becomes one."""
    tiny.essay("alt")
    apply_change(plan(tiny.root, "alt", "neu"))
    apply_change(plan(tiny.root, "neu", "alt"))
    (post,) = (post for post in read_valid_edition(tiny.root).post_files if post.format == "essay")
    assert (post.file, post.meta.aliases) == ("content/essays/alt.md", ("essays/neu.html",))


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_draft_leaves_no_alias_unless_it_was_published(tiny: TinyEdition, is_committed: bool) -> None:
    """Nobody has the address of a draft; but of one that the last commit published. It needs no git repository."""
    if is_committed:
        tiny.essay("alt", uid="abcd234567")
        commit(tiny.root)
    tiny.essay("alt", uid="abcd234567", status="draft")
    text = plan(tiny.root, "alt", "neu").changes[0].text or ""
    assert ("aliases: [essays/alt.html]" in text) is is_committed


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("da", "content/essays/da.md exists already"),
        ("adresse", "essays/adresse.html is the address of content/essays/anders.md"),
        ("frueher", "essays/frueher.html is a former address of curation/notes/2026/zweite.md"),
        ("Kein Slug", '"Kein Slug" is not a slug: write "kein-slug"'),
        ("alt", "content/essays/alt.md has this name already"),
        ("", "give the new slug, or a title"),
    ],
)
def test_a_name_that_is_taken_or_no_slug_is_refused(tiny: TinyEdition, slug: str, message: str) -> None:
    """Another file, another post's address, a former address of another post, its own name."""
    tiny.essay("alt")
    tiny.essay("da")
    tiny.post("content/essays/anders.md", slug="adresse")
    tiny.note("zweite", aliases=["/essays/frueher.html"])
    with pytest.raises(UsageError, match=message):
        plan(tiny.root, "content/essays/alt.md", slug)


def test_all_files_change_or_none(tiny: TinyEdition) -> None:
    """If a text that links to the post is saved meanwhile, the post is not renamed, either."""
    tiny.essay("alt")
    linking = tiny.note("linkt", body="Siehe [das]({filename}/essays/alt.md).")
    change = plan(tiny.root, "alt", "neu")
    linking.write_text(linking.read_text() + "\nMehr.\n")
    before = tiny.files()
    with pytest.raises(UsageError, match=r"linkt\.md was changed by another program meanwhile: nothing was written"):
        apply_change(change)
    assert tiny.files() == before


def test_a_renamed_talk_keeps_its_calendar_for_subscribers(tiny: TinyEdition) -> None:
    """The former calendar stays, with the talk as it is now; `check` misses nothing, and no page leads on from it."""
    tiny.talk("abend", aliases=["termine/abend.ics"])
    commit(tiny.root)
    change = plan(tiny.root, "abend", "abendtalk")
    apply_change(change)
    assert [
        item for item in check_edition(tiny.root, CLOCK).findings if "published before" in item.problem.message
    ] == []
    build_site(tiny.root, as_of=CLOCK)
    site = tiny.root / "output"
    former, present = (site / f"gespraeche/{name}.ics" for name in ("abend", "abendtalk"))
    assert former.read_bytes() == present.read_bytes() == (site / "termine/abend.ics").read_bytes()
    assert b"gespraeche/abendtalk.html" in former.read_bytes()
    assert "abend.ics" not in (site / "_redirects").read_text()


def test_a_calendar_that_moved_by_hand_is_kept_by_the_page_s_alias(tiny: TinyEdition) -> None:
    """`check` names the one alias that keeps both addresses."""
    talk = tiny.talk("abend")
    commit(tiny.root)
    talk.rename(talk.with_name("abendtalk.md"))
    hints = {item.rule: item.problem.hint for item in check_edition(tiny.root, CLOCK).findings}
    assert hints["gone-addresses"].endswith("aliases: [gespraeche/abend.html]")
    assert hints["former-site"].endswith("with the former page in aliases: [gespraeche/abend.html]")

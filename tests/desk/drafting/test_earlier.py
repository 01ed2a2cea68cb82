from __future__ import annotations

import socket
from datetime import datetime

import pytest

from kuratorium.desk import note
from kuratorium.desk.drafting.earlier import EarlierPost
from kuratorium.desk.drafting.posts import PostDraft, begin_post
from kuratorium.errors import UsageError
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.editions import NOW, TinyEdition, work

ANSWERED: list[EarlierPost] = []


def begin(
    tiny: TinyEdition, *references: str, answer: bool = False, quotes: tuple[str, ...] = (), form: str = "note"
) -> note.NoteDraft | PostDraft:
    """Begin a draft as an editor does who answers the question so; what is asked is in ANSWERED."""
    ANSWERED.clear()

    def confirm(earlier) -> bool:
        ANSWERED.extend(earlier)
        return answer

    if form != "note":
        return begin_post(
            tiny.root,
            form,
            references,
            title="Ein Titel",
            author_ids=(),
            guests=(),
            hosts=(),
            quotes=quotes,
            confirm=confirm,
            as_of=None,
            clock=lambda: datetime.fromisoformat(NOW),
        )
    return note.begin_note(
        tiny.root,
        *references,
        author_ids=(),
        as_of=None,
        clock=lambda: datetime.fromisoformat(NOW),
        quotes=quotes,
        confirm=confirm,
    )


def test_a_work_that_is_recommended_is_told_before_anything_is_written(tiny: TinyEdition):
    """Without a yes, neither a note is written nor an item removed; with it, both happen."""
    tiny.candidate("nochmal", uid="knochmal", bookmark_of=[work("http://www.amtsblog.example/erste-notiz/#teil-2")])
    before = tiny.files()
    with pytest.raises(UsageError, match=r"already recommended in curation/notes/2026/erste-notiz\.md\.\n.*--again"):
        begin(tiny, "knochmal")
    assert tiny.files() == before
    begin(tiny, "knochmal", answer=True)
    assert [EarlierPost("curation/notes/2026/erste-notiz.md", is_same_work=True)] == ANSWERED


@pytest.mark.parametrize("form", ["note", "essay"])
def test_a_recommended_address_is_told_before_it_is_fetched(tiny: TinyEdition, form: str):
    """The edition's own posts need no network; a yes is asked for once, and then the page is read."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/bericht"
        tiny.note("frueher", bookmark_of=[work(address)])
        before = tiny.files()
        with pytest.raises(UsageError, match=r"already recommended in curation/notes/2026/frueher\.md\."):
            begin(tiny, f"{address}/?utm_source=x", form=form)
        with pytest.raises(BlockingIOError):
            server.accept()
        assert tiny.files() == before
    begin(tiny, address, answer=True, form=form)
    assert [EarlierPost("curation/notes/2026/frueher.md", is_same_work=True)] == ANSWERED


def test_a_draft_on_the_same_story_is_told(tiny: TinyEdition):
    """Another outlet's report with most of the title's words is the same story; a published note is none to join."""
    told = "Ahrenfurt schaltet sechsundzwanzig Fachverfahren ab"
    tiny.note("begonnen", status="draft", bookmark_of=[work("https://a.example/1") | {"title": told}])
    tiny.note("fertig", bookmark_of=[work("https://a.example/2") | {"title": told}])
    other = "Stadt Ahrenfurt schaltet Fachverfahren ab"
    tiny.candidate("neu", uid="kneuneue", bookmark_of=[work("https://b.example/3") | {"title": other}])
    with pytest.raises(UsageError, match=r"A draft on the same story is begun: curation/notes/2026/begonnen\.md\."):
        begin(tiny, "kneuneue")
    assert [post.file for post in ANSWERED] == ["curation/notes/2026/begonnen.md"]


def test_another_story_is_not_told(tiny: TinyEdition):
    """Nothing is asked if no post is on the work or its story."""
    tiny.note("begonnen", status="draft", bookmark_of=[work("https://a.example/1")])
    tiny.candidate("neu", uid="kneuneue", bookmark_of=[work("https://b.example/3") | {"title": "Ganz anderes"}])
    begin(tiny, "kneuneue")
    assert ANSWERED == []


def test_several_items_become_one_note(tiny: TinyEdition):
    """The note has all works, in order and each once, topics of all, and all items leave the inbox."""
    tiny.candidate("eins", uid="keinsxxx", topics=["open-source"])
    tiny.candidate("zwei", uid="kzweixxx", topics=["transformation"])
    begun = begin(tiny, "kzweixxx", "keinsxxx", "https://amtsblog.example/zwei")
    text = (tiny.root / begun.file).read_text()
    assert text.index("https://amtsblog.example/zwei") < text.index("https://amtsblog.example/eins")
    assert "topics: [transformation, open-source]\n" in text
    assert text.count("\n> …\n") == 2
    assert text.count("  url: ") + text.count("- url: ") == 2
    assert not list((tiny.root / "curation/inbox").glob("*.md"))


def test_a_quotation_comes_from_the_archive(tiny: TinyEdition):
    """The passage stands below the comment as the work has it, with its attribution; a wrong one changes nothing."""
    entry = ArchivedEntry(
        key="amtsblog das-werk",
        digest=b"x",
        link="https://amtsblog.example/das-werk",
        title="Das Werk",
        text="Am Anfang stand *ein* Plan. Er war kurz, und er hielt nicht lange. Dann kam der Winter.",
    )
    with Archive(tiny.root) as archive:
        archive.store_pull_results({"amtsblog": (SourceState(address="https://x.invalid/"), [entry])}, "2026-10-02")
    tiny.candidate("das-werk", uid="kmeant77")
    with pytest.raises(UsageError, match="The nearest is:\n  Er war kurz, und er hielt"):
        begin(tiny, "kmeant77", quotes=("er war kürzer und er … lange",))
    assert (tiny.root / "curation/inbox/2026-10-13-das-werk-kmeant77.md").exists()
    assert not list((tiny.root / "curation/notes/2026").glob("titel*"))
    begun = begin(tiny, "kmeant77", quotes=("er war … lange", "am anfang … Plan"))
    text = (tiny.root / begun.file).read_text()
    line = "> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/das-werk)\n"
    assert text.endswith(
        f"-->\n\n> Er war kurz, und er hielt nicht lange.\n{line}\n> Am Anfang stand \\*ein\\* Plan.\n{line}"
    )
    assert "status: draft\n" in text

import pytest

from kuratorium.desk import inbox
from kuratorium.errors import UsageError
from tests.editions import TinyEdition, work


def list_titles(items):
    """Return the titles of inbox items, in their order."""
    return [item.meta.title for item in items]


def test_items_are_sorted_by_day_and_uid(tiny: TinyEdition):
    """The newest work comes first; works of the same day are sorted by uid, so that every run lists the same."""
    tiny.candidate("b", day="2026-10-12", uid="kbbbbbbb", title="B")
    tiny.candidate("c", day="2026-10-13", uid="kccccccc", title="C")
    tiny.candidate("a", day="2026-10-12", uid="kaaaaaaa", title="A")
    items, problems = inbox.read_inbox(tiny.root)
    assert list_titles(items) == ["C", "A", "B"]
    assert not problems


def test_a_work_without_a_date_has_that_of_its_pull(tiny: TinyEdition):
    """A work whose date of publication is unknown is sorted by the date of its inbox file."""
    tiny.candidate("dated", day="2026-10-13", title="dated")
    tiny.candidate("undated", title="undated", bookmark_of=[work("https://amtsblog.example/undated")])
    items, _ = inbox.read_inbox(tiny.root)
    assert list_titles(items) == ["undated", "dated"]


def test_an_invalid_file_is_a_problem(tiny: TinyEdition):
    """A file that cannot be read is reported with its line; the other items are still listed."""
    tiny.candidate("good", title="Good")
    tiny.write("curation/inbox/broken.md", "---\ntitle: [\n---\n")
    tiny.write("curation/inbox/latin.md", b"---\ntitle: \xe4\n---\n")
    tiny.write("curation/inbox/bare.md", "no front matter")
    tiny.write("curation/inbox/feed.xml", "<rss/>")
    tiny.candidate("nothing", uid="knothing", bookmark_of=None)
    items, problems = inbox.read_inbox(tiny.root)
    assert list_titles(items) == ["Good"]
    messages = {(problem.file, problem.line): problem.message for problem in problems}
    assert "this is not YAML" in messages["curation/inbox/broken.md", 3]
    assert "not UTF-8" in messages["curation/inbox/latin.md", 2]
    assert "no front matter" in messages["curation/inbox/bare.md", 1]
    assert messages["curation/inbox/feed.xml", 0] == "this file is not a post"
    assert messages["curation/inbox/2026-10-13-nothing-knothing.md", 1].startswith("bookmark_of is missing")


@pytest.mark.parametrize(
    ("uids", "short_ids"),
    [
        pytest.param(["kaaaaaaa", "kbbbbbbb"], ["kaaa", "kbbb"], id="four characters"),
        pytest.param(["kaaaab11", "kaaaac11"], ["kaaaab", "kaaaac"], id="longer if needed"),
        pytest.param(["kaaaab11", "kaaaac11", "kaaaac22"], ["kaaaab", "kaaaac1", "kaaaac2"], id="only if needed"),
        pytest.param(["kaaaaa", "kaaaaaaa"], ["kaaaaa", "kaaaaaa"], id="prefix of another"),
        pytest.param(["kaaaaaaa"], ["kaaa"], id="single"),
    ],
)
def test_short_ids_are_the_shortest_unique_ones(uids, short_ids):
    """A short id has four characters, or as many more as tell it apart from all other uids."""
    assert inbox.shorten_uids(reversed(uids)) == dict(zip(uids, short_ids, strict=True))


def test_an_item_is_found_by_all_its_names(tiny: TinyEdition):
    """An item is found by short id, uid, path (from any folder), file name, stem and its work's address."""
    path = tiny.candidate("meant", uid="kmeant77")
    tiny.candidate("other", uid="kother77")
    items, _ = inbox.read_inbox(tiny.root)
    names = [
        "kmea",
        "KMEA",
        "kmeant77",
        str(path),
        "curation/inbox/2026-10-13-meant-kmeant77.md",
        "./curation/inbox/2026-10-13-meant-kmeant77.md",
        "inbox/2026-10-13-meant-kmeant77.md",
        "2026-10-13-meant-kmeant77.md",
        "2026-10-13-meant-kmeant77",
        "https://amtsblog.example/meant",
        "http://www.amtsblog.example/meant/#comments",
        "https://m.amtsblog.example//me%61nt/index.html?ref=rss",
    ]
    assert {inbox.find_item(items, name).meta.uid for name in names} == {"kmeant77"}


def test_an_unknown_reference_gets_a_suggestion(tiny: TinyEdition):
    """The message suggests the item with the most similar name; without one, the command that lists the items."""
    tiny.candidate("meant", uid="kmeant77", title="Gemeint")
    items, _ = inbox.read_inbox(tiny.root)
    with pytest.raises(UsageError, match=r'"kmaent77"\. Did you mean kmea \(Gemeint\)\?'):
        inbox.find_item(items, "kmaent77")
    with pytest.raises(UsageError, match='List the items with "kuratorium inbox"'):
        inbox.find_item(items, "zzz")
    with pytest.raises(UsageError, match="The inbox is empty"):
        inbox.find_item([], "kmea")


def test_an_ambiguous_reference_is_refused(tiny: TinyEdition):
    """The beginning of several uids is refused with a list of them; a whole uid is never ambiguous."""
    tiny.candidate("one", uid="ksame1", title="Eins")
    tiny.candidate("two", uid="ksame1a", title="Zwei")
    items, _ = inbox.read_inbox(tiny.root)
    with pytest.raises(UsageError, match=r"(?s)could be any.*Eins.*Zwei"):
        inbox.find_item(items, "ksam")
    assert inbox.find_item(items, "ksame1").meta.title == "Eins"

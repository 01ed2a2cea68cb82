import pytest

from kuratorium.desk import inbox
from kuratorium.errors import UsageError
from tests.editions import TinyEdition, work


def titles(candidates):
    """List what the candidates are called, in their order."""
    return [one.meta.title for one in candidates]


def test_newest_first_and_ties_by_uid(tiny: TinyEdition):
    """The newest work comes first; of the same day, the order is that of the uids, in every run."""
    tiny.candidate("b", day="2026-10-12", uid="kbbbbbbb", title="B")
    tiny.candidate("c", day="2026-10-13", uid="kccccccc", title="C")
    tiny.candidate("a", day="2026-10-12", uid="kaaaaaaa", title="A")
    candidates, problems = inbox.read_inbox(tiny.root)
    assert titles(candidates) == ["C", "A", "B"]
    assert not problems


def test_work_without_a_day_counts_from_its_pull(tiny: TinyEdition):
    """A work that does not say when it came out is as old as its file in the inbox."""
    tiny.candidate("dated", day="2026-10-13", title="dated")
    tiny.candidate("undated", title="undated", bookmark_of=[work("https://amtsblog.example/undated")])
    candidates, _ = inbox.read_inbox(tiny.root)
    assert titles(candidates) == ["undated", "dated"]


def test_broken_file_is_a_problem_and_no_crash(tiny: TinyEdition):
    """A file that cannot be used is told with its line; the others are still offered."""
    tiny.candidate("good", title="Good")
    tiny.write("curation/inbox/broken.md", "---\ntitle: [\n---\n")
    tiny.write("curation/inbox/latin.md", b"---\ntitle: \xe4\n---\n")
    tiny.write("curation/inbox/bare.md", "no front matter")
    tiny.write("curation/inbox/feed.xml", "<rss/>")
    tiny.candidate("nothing", uid="knothing", bookmark_of=None)
    candidates, problems = inbox.read_inbox(tiny.root)
    assert titles(candidates) == ["Good"]
    told = {(problem.file, problem.line): problem.message for problem in problems}
    assert "this is no YAML" in told["curation/inbox/broken.md", 3]
    assert "not UTF-8" in told["curation/inbox/latin.md", 2]
    assert "no front matter" in told["curation/inbox/bare.md", 1]
    assert told["curation/inbox/feed.xml", 0] == "this file is no post"
    assert told["curation/inbox/2026-10-13-nothing-knothing.md", 1].startswith("bookmark_of is missing")


def test_choose_by_topic_and_source(tiny: TinyEdition):
    """Topic and source narrow the list, alone and together; without them it is whole."""
    other = work("https://other.example/x", source="other", published="2026-10-13")
    tiny.candidate("one", title="one")
    tiny.candidate("two", title="two", topics=["open-source"])
    tiny.candidate("three", title="three", topics=["open-source"], bookmark_of=[other])
    candidates, _ = inbox.read_inbox(tiny.root)
    assert titles(inbox.filter_items(candidates, topic="transformation")) == ["one"]
    assert titles(inbox.filter_items(candidates, source="other")) == ["three"]
    assert titles(inbox.filter_items(candidates, topic="open-source", source="amtsblog")) == ["two"]
    assert len(inbox.filter_items(candidates)) == 3


@pytest.mark.parametrize(
    ("uids", "short"),
    [
        pytest.param(["kaaaaaaa", "kbbbbbbb"], ["kaaa", "kbbb"], id="four are enough"),
        pytest.param(["kaaaab11", "kaaaac11"], ["kaaaab", "kaaaac"], id="as long as it takes"),
        pytest.param(["kaaaab11", "kaaaac11", "kaaaac22"], ["kaaaab", "kaaaac1", "kaaaac2"], id="only where it takes"),
        pytest.param(["kaaaaa", "kaaaaaaa"], ["kaaaaa", "kaaaaaa"], id="one begins the other"),
        pytest.param(["kaaaaaaa"], ["kaaa"], id="alone"),
    ],
)
def test_short_ids_are_the_shortest_that_are_unique(uids, short):
    """A short id has four characters, or as many more as no other uid begins with."""
    assert inbox.shorten_uids(reversed(uids)) == dict(zip(uids, short, strict=True))


def test_find_by_every_name(tiny: TinyEdition):
    """An item is found by short id, uid, path (from anywhere), file name, stem and its work's address."""
    path = tiny.candidate("meant", uid="kmeant77")
    tiny.candidate("other", uid="kother77")
    candidates, _ = inbox.read_inbox(tiny.root)
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
    ]
    assert {inbox.find_item(candidates, name).meta.uid for name in names} == {"kmeant77"}


def test_find_proposes_the_nearest(tiny: TinyEdition):
    """An item that is not there gets the nearest one proposed, with its title."""
    tiny.candidate("meant", uid="kmeant77", title="Gemeint")
    candidates, _ = inbox.read_inbox(tiny.root)
    with pytest.raises(UsageError, match=r"«kmaent77»\. Did you mean kmea \(Gemeint\)\?"):
        inbox.find_item(candidates, "kmaent77")
    with pytest.raises(UsageError, match="«kuratorium inbox» lists"):
        inbox.find_item(candidates, "zzz")
    with pytest.raises(UsageError, match="The inbox is empty"):
        inbox.find_item([], "kmea")


def test_find_refuses_what_could_be_two(tiny: TinyEdition):
    """A beginning that several uids have is refused, with all that it could be; a whole uid never is."""
    tiny.candidate("one", uid="ksame1", title="Eins")
    tiny.candidate("two", uid="ksame1a", title="Zwei")
    candidates, _ = inbox.read_inbox(tiny.root)
    with pytest.raises(UsageError, match=r"(?s)could be any.*Eins.*Zwei"):
        inbox.find_item(candidates, "ksam")
    assert inbox.find_item(candidates, "ksame1").meta.title == "Eins"


def test_the_same_story_is_one_card(tiny: TinyEdition):
    """Candidates that tell the same story lie on one card, below the newest; none is dropped."""
    tiny.candidate("a", day="2026-10-12", uid="kaaaaaaa", title="Der Vertrag läuft aus")
    tiny.candidate("b", day="2026-10-13", uid="kbbbbbbb", title="Der Vertrag läuft aus!")
    tiny.candidate("c", day="2026-10-14", uid="kccccccc", title="Etwas anderes")
    candidates, _ = inbox.read_inbox(tiny.root)
    told = [
        (card.item.meta.uid, [one.meta.uid for one in card.similar_items]) for card in inbox.group_by_story(candidates)
    ]
    assert told == [("kccccccc", []), ("kbbbbbbb", ["kaaaaaaa"])]

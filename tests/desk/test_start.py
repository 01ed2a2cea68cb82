import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuratorium.desk import check, inbox, start
from kuratorium.desk.start import LANGUAGES, Answers, list_starter_pages
from kuratorium.edition import loader, settings
from kuratorium.errors import EditionError, UsageError
from kuratorium.intake.archive import ARCHIVE_FILE, Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from kuratorium.slugs import slugify
from tests.editions import TinyEdition, sample_edition

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KEPT = "var/before-start-20261101-120000"
SETTINGS = """\
A = 1
SITENAME = "Old"  # ours
SITESUBTITLE = 'Old'
SITEURL="https://old.example"
DEFAULT_LANG = "de"
B = 2
"""
SUBTITLES = {"de": "Gelesen, ausgewählt, eingeordnet", "en": "Read, chosen, put in context"}


def answers(**changes: object) -> Answers:
    """Make sound answers, but for the changes."""
    given = {
        "name": 'Ours: "the" desk',
        "address": "https://desk.example/",
        "language": "en",
        "responsible": "Ada Ängström",
        "email": "ada@desk.example",
        "topics": ("Open Data", "AI & Law"),
        "feeds": ("https://www.blog.example/feed",),
    }
    return Answers(**(given | changes))


def run(root: Path, given: Answers) -> str:
    """Start as the command does; returns the folder that keeps what was there."""
    start.require_sample_edition(root)
    return start.apply_plan(root, start.plan_start(root, given), NOW)


def files(root: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the repository's edition, as a clone has it, with a pulled inbox."""
    root = sample_edition(tmp_path)
    pulled = TinyEdition(root)
    pulled.candidate("wartet")
    pulled.write("curation/seen/werkbank-it.txt", "0123456789abcdef 2026-10-14 https://werkbank-it.example/x\n")
    return root


@pytest.mark.parametrize("language", LANGUAGES)
def test_sample_becomes_an_edition_of_ones_own(sample: Path, language: str):
    """After start the edition is sound, says what was answered, and nothing of the sample is left in it."""
    run(sample, answers(language=language))
    own = loader.load_valid_edition(sample)
    assert (own.post_files, inbox.read_inbox(sample)) == ((), ([], []))
    assert own.registry.policy.as_of is None
    assert own.registry.policy.imprint.responsible == "Ada Ängström"
    assert [(one.name, one.member) for one in own.registry.people.values()] == [("Ada Ängström", True)]
    assert [(one.id, one.curators, one.order) for one in own.registry.topics.values()] == [
        ("open-data", ("ada-aengstroem",), 1),
        ("ai-law", ("ada-aengstroem",), 2),
    ]
    assert [(one.id, one.feed, one.site, one.topics) for one in own.registry.sources.values()] == [
        ("blog-example", "https://www.blog.example/feed", "https://www.blog.example/", ("open-data",))
    ]
    site = settings.read_site_settings(sample)
    assert (site.name, site.url, site.lang) == ('Ours: "the" desk', "https://desk.example", language)
    assert site.subtitle == SUBTITLES[language]
    left = [sample / "pelicanconf.py", *(sample / "content").rglob("*"), *(sample / "curation").rglob("*")]
    text = "\n".join(path.read_text() for path in left if path.is_file())
    assert "weichenwerk" not in text.lower()
    for folder in ("curation/samples", "content/images/samples", "content/media/samples"):
        assert not (sample / folder).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_starter_pages_name_who_answers_and_what_is_open(sample: Path, language: str):
    """Each language has the four pages; imprint and privacy name the responsible person and mark what is missing."""
    run(sample, answers(language=language))
    leaves = {leaf.slug: leaf for leaf in loader.load_valid_edition(sample).standalone_pages}
    assert len(leaves) == len(list_starter_pages(language)) == 4
    legal = [leaf.body for slug, leaf in leaves.items() if slug in {"imprint", "impressum", "privacy", "datenschutz"}]
    assert len(legal) == 2
    assert all("Ada Ängström" in body and "ada@desk.example" in body for body in legal)
    result = check.run_checks(sample)
    assert result.errors == ()
    assert {one.message for one in result.warnings} == {"something is still to be completed here"}
    assert {one.file for one in result.warnings} >= {leaves[slug].file for slug in leaves if slug[:3] in {"imp", "pri"}}


def test_folders_stay_in_git(sample: Path):
    """A clone of the new edition has every folder that editors write to, inbox and seen are committed."""
    run(sample, answers())
    for folder in (
        "curation/inbox",
        "curation/seen",
        "curation/notes",
        "content/interviews",
        "content/talks",
        "content/essays",
    ):
        assert [path.name for path in (sample / folder).iterdir()] == [".gitkeep"], folder
    assert "curation" not in (sample / ".gitignore").read_text()
    assert "output/" in (sample / ".gitignore").read_text()


def test_nothing_is_lost(sample: Path):
    """Every file that was taken away or written anew lies below var/, as it was."""
    before = files(sample)
    kept = run(sample, answers())
    after = files(sample)
    assert kept == KEPT
    gone = {file: data for file, data in before.items() if after.get(file) != data}
    assert "curation/inbox/.gitkeep" not in gone
    assert {file: after[f"{KEPT}/{file}"] for file in gone} == gone


def test_the_sample_s_archive_goes_with_it(sample: Path):
    """What was pulled for the sample is found no more, and is kept with the rest; a log that a kill left goes along."""
    with Archive(sample) as archive:
        text = ArchivedEntry(key="x:1", digest=b"", link="", title="Vergabe")
        archive.store_pull_results({"werkbank-it": (SourceState(address="x"), [text])}, "x")
    (sample / f"{ARCHIVE_FILE}-wal").write_bytes(b"log")
    kept = run(sample, answers())
    with Archive(sample) as archive:
        assert (archive.read_states(), archive.search("vergabe")) == ({}, [])
    assert (sample / kept / f"{ARCHIVE_FILE}-wal").read_bytes() == b"log"
    assert (sample / kept / ARCHIVE_FILE).is_file()


def test_all_else_stays(sample: Path):
    """Start touches the edition only: licence, other settings and foreign files are as they were."""
    (sample / "content/images").mkdir(exist_ok=True)
    (sample / "content/images/logo.svg").write_text("<svg/>")
    licence = (sample / "LICENSE").read_bytes()
    settings = (sample / "pelicanconf.py").read_text().splitlines()
    run(sample, answers())
    changed = [
        (old, new)
        for old, new in zip(settings, (sample / "pelicanconf.py").read_text().splitlines(), strict=True)
        if old != new
    ]
    assert [new.split(" = ")[0] for _, new in changed] == ["SITENAME", "SITESUBTITLE", "SITEURL", "DEFAULT_LANG"]
    assert (sample / "LICENSE").read_bytes() == licence
    assert (sample / "content/images/logo.svg").read_text() == "<svg/>"


def test_own_edition_is_refused(sample: Path):
    """An edition that is somebody's work is not taken away: start says what would go, and --force is the way."""
    run(sample, answers())
    TinyEdition(sample).note("meine", authors=["ada-aengstroem"], topics=[], bookmark_of=[])
    before = files(sample)
    with pytest.raises(UsageError, match=r"(?s)your own already .*1 file in curation/notes/.*say --force"):
        run(sample, answers())
    assert files(sample) == before
    start.require_sample_edition(sample, force=True)


def test_broken_policy_is_told_not_taken_for_ones_own(tiny: TinyEdition):
    """Where policy.yaml cannot be read, that is the problem to solve first."""
    tiny.write("curation/policy.yaml", "imprint: [")
    with pytest.raises(EditionError, match=r"curation/policy\.yaml"):
        start.require_sample_edition(tiny.root)


@pytest.mark.parametrize("written", [0, 3, 7, 8, 11, 13, 15])
def test_killed_start_can_be_run_again(sample: Path, written: int):
    """Stopped after any of its steps, start runs again and ends where an undisturbed one does."""
    whole = sample.parent / "whole"
    shutil.copytree(sample, whole)
    run(whole, answers())
    steps = start.plan_start(sample, answers())
    assert [*steps.files_to_write].index("curation/policy.yaml") == len(steps.files_to_write) - 1 >= 15
    first = dict(list(steps.files_to_write.items())[:written])
    start.apply_plan(sample, start.StartPlan(steps.files_to_remove[: written * 5], first), NOW)
    run(sample, answers())

    def own(root: Path) -> dict[str, bytes]:
        return {file: data for file, data in files(root).items() if not file.startswith("var/")}

    assert own(sample) == own(whole)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "--name: expected one line"),
        ({"name": "two\nlines"}, "--name: expected one line"),
        ({"address": "ftp://desk.example"}, "--address: expected the site's http or https address"),
        ({"address": "https://"}, "--address: expected"),
        ({"address": "https://a:b@desk.example/"}, "--address: expected"),
        ({"address": "https://desk.example/?a=1"}, "--address: expected"),
        ({"language": "fr"}, "--language: expected de or en"),
        ({"email": "nobody"}, "--email: expected a mail address"),
        ({"topics": ()}, "--topic: an edition needs one topic"),
        ({"topics": ("…",)}, "--topic: «…» has no Latin letter"),
        ({"topics": ("One", "one!")}, "--topic: the same topic is named twice (as one)"),
        ({"feeds": ("curation/samples/rathauspost.xml",)}, "one of the samples that are taken away"),
        ({"feeds": ("../feed.xml",)}, "no file inside the edition"),
        ({"feeds": ("curation/none.xml",)}, "neither an http or https address nor a file"),
        ({"feeds": ("https://a.example/feed",) * 2}, "--feed: https://a.example/feed is named twice"),
    ],
)
def test_wrong_answers_change_nothing(sample: Path, changes: dict[str, object], says: str):
    """Every answer is looked at before the first change, and the message names the option."""
    before = files(sample)
    with pytest.raises(UsageError) as caught:
        run(sample, answers(**changes))
    assert says in str(caught.value)
    assert files(sample) == before


def test_all_wrong_answers_are_told_together(sample: Path):
    """One run tells everything that is wrong."""
    with pytest.raises(UsageError) as caught:
        run(sample, answers(address="x", email="x", language="x"))
    assert len(str(caught.value).splitlines()) == 3


def test_name_that_gives_no_slug(sample: Path):
    """A responsible person whose name has no Latin letter still gets an id."""
    run(sample, answers(responsible="Ελένη"))
    assert list(loader.load_valid_edition(sample).registry.people) == ["editor"]


def test_feed_in_a_file(sample: Path):
    """A feed may be a file of the edition; its name gives the id."""
    TinyEdition(sample).write("curation/feeds/our-list.xml", "<rss/>")
    run(sample, answers(feeds=("curation/feeds/our-list.xml", "https://our.list/a", "https://our-list/b")))
    assert list(loader.load_valid_edition(sample).registry.sources) == ["our-list", "our-list-2", "our-list-3"]


def test_settings_are_edited_in_place():
    """Only the values of the four lines change; spacing, comments and quotes elsewhere stay."""
    edited = start.edit_settings(SETTINGS, answers(name='A "b" \\ c'), "Ours")
    assert edited == (
        'A = 1\nSITENAME = "A \\"b\\" \\\\ c"  # ours\nSITESUBTITLE = "Ours"\n'
        'SITEURL = "https://desk.example"\nDEFAULT_LANG = "en"\nB = 2\n'
    )


def test_settings_without_a_literal_line_are_refused():
    """A setting that is computed cannot be edited: the message says which line to write."""
    with pytest.raises(UsageError, match=r'pelicanconf\.py has no line SITEURL = "…"'):
        start.edit_settings(SETTINGS.replace('SITEURL="https://old.example"', "SITEURL = url()"), answers(), "Ours")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\n\n# sample edition: the first pull fills these\nx\ny\n", "a\n"),
        ("a\n\n# sample edition: the first pull fills these\nx\n\nb\n", "a\n\nb\n"),
        ("# sample edition: the first pull fills these\nx\n\nb\n", "b\n"),
        ("a\nb\n", "a\nb\n"),
    ],
)
def test_only_the_sample_block_leaves_gitignore(text, left):
    """The marked block goes, up to the next blank line; everything else is as it was."""
    assert start.remove_sample_block(text) == left


@pytest.mark.parametrize("language", LANGUAGES)
def test_starter_pages_have_plain_addresses(language: str):
    """A starter page is found under the name that its file has."""
    for path in list_starter_pages(language):
        assert slugify(path.stem) == path.stem

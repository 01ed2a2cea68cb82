from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuratorium.cli.desk import print_start_result
from kuratorium.desk import inbox
from kuratorium.desk.start import in_place as start
from kuratorium.desk.start.answers import LANGUAGES, Answers
from kuratorium.edition import settings
from kuratorium.errors import EditionError, UsageError
from kuratorium.intake.archive import ARCHIVE_FILE, Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.editions import TinyEdition, read_valid_edition

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BACKUP = "var/before-start-20261101-120000"
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
    """Return valid answers with some changes."""
    values = {
        "name": 'Ours: "the" desk',
        "address": "https://desk.example/",
        "language": "en",
        "responsible": "Ada Ängström",
        "email": "ada@desk.example",
        "topics": ("Open Data", "AI & Law"),
        "feeds": ("https://www.blog.example/feed",),
    }
    return Answers(**(values | changes))


def run_start(root: Path, start_answers: Answers) -> str:
    """Start an edition as the command does; return the folder that keeps the replaced files."""
    start.require_sample_edition(root)
    return start.apply_plan(root, start.plan_start(root, start_answers), NOW)


def read_files(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_start_replaces_the_sample_edition(sample: Path, language: str):
    """After start the edition is valid, holds the answers, and nothing of the sample."""
    run_start(sample, answers(language=language))
    edition = read_valid_edition(sample)
    assert (edition.post_files, inbox.read_inbox(sample)) == ((), ([], []))
    assert edition.registry.policy.as_of is None
    assert edition.registry.policy.imprint.responsible == "Ada Ängström"
    assert [(person.name, person.member) for person in edition.registry.people.values()] == [("Ada Ängström", True)]
    assert [(topic.id, topic.curators, topic.order) for topic in edition.registry.topics.values()] == [
        ("open-data", ("ada-aengstroem",), 1),
        ("ai-law", ("ada-aengstroem",), 2),
    ]
    assert [(source.id, source.feed, source.site, source.topics) for source in edition.registry.sources.values()] == [
        ("blog-example", "https://www.blog.example/feed", "https://www.blog.example/", ("open-data",))
    ]
    site = settings.read_site_settings(sample)
    assert (site.name, site.url, site.lang) == ('Ours: "the" desk', "https://desk.example", language)
    assert site.subtitle == SUBTITLES[language]
    paths = [sample / "pelicanconf.py", *(sample / "content").rglob("*"), *(sample / "curation").rglob("*")]
    text = "\n".join(path.read_text() for path in paths if path.is_file())
    assert "weichenwerk" not in text.lower()
    for folder in ("curation/samples", "content/images/samples", "content/media/samples"):
        assert not (sample / folder).exists()


def test_the_samples_logo_leaves_with_the_sample(sample: Path, capsys: pytest.CaptureFixture[str]):
    """Its file is kept in the backup; a mark is drawn from the new name, and the end says where to change it."""
    old = read_valid_edition(sample).registry.logo
    assert old
    backup = run_start(sample, answers(name="Kuratorium Digital"))
    assert not (sample / old.file).exists()
    assert (sample / backup / old.file).is_file()
    assert read_valid_edition(sample).registry.logo is None
    print_start_result(backup)
    last_lines = " ".join(capsys.readouterr().out.split())
    assert 'into curation/policy.yaml, such as "logo: images/logo.svg"' in last_lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_policy_says_what_logo_and_colours_are(sample: Path, language: str):
    """In its comments, where editors look for them."""
    run_start(sample, answers(language=language))
    text = (sample / "curation/policy.yaml").read_text()
    assert "# logo " in text
    assert "# colours " in text


def test_folders_stay_in_git(sample: Path):
    """Git keeps every folder that editors write to, and no longer ignores the inbox and the seen files."""
    run_start(sample, answers())
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


def test_every_replaced_file_is_kept(sample: Path):
    """Every file that was removed or overwritten is below var/ with its old bytes."""
    before = read_files(sample)
    backup = run_start(sample, answers())
    after = read_files(sample)
    assert backup == BACKUP
    replaced = {file: data for file, data in before.items() if after.get(file) != data}
    assert "curation/inbox/.gitkeep" not in replaced
    assert {file: after[f"{BACKUP}/{file}"] for file in replaced} == replaced


def test_the_samples_archive_is_moved_to_the_backup(sample: Path):
    """Entries pulled for the sample are no longer found; a write-ahead log that a kill left is moved, too."""
    with Archive(sample) as archive:
        entry = ArchivedEntry(key="x:1", digest=b"", link="", title="Vergabe")
        archive.store_pull_results({"werkbank-it": (SourceState(address="x"), [entry])}, "x")
    (sample / f"{ARCHIVE_FILE}-wal").write_bytes(b"log")
    backup = run_start(sample, answers())
    with Archive(sample) as archive:
        assert (archive.read_states(), archive.search("vergabe")) == ({}, [])
    assert (sample / backup / f"{ARCHIVE_FILE}-wal").read_bytes() == b"log"
    assert (sample / backup / ARCHIVE_FILE).is_file()


def test_other_files_are_not_changed(sample: Path):
    """Start leaves the licence, all other settings and the user's own files as they were."""
    (sample / "content/images").mkdir(exist_ok=True)
    (sample / "content/images/logo.svg").write_text("<svg/>")
    licence = (sample / "LICENSE").read_bytes()
    settings = (sample / "pelicanconf.py").read_text().splitlines()
    run_start(sample, answers())
    changed = [
        (old, new)
        for old, new in zip(settings, (sample / "pelicanconf.py").read_text().splitlines(), strict=True)
        if old != new
    ]
    assert [new.split(" = ")[0] for _, new in changed] == ["SITENAME", "SITESUBTITLE", "SITEURL", "DEFAULT_LANG"]
    assert (sample / "LICENSE").read_bytes() == licence
    assert (sample / "content/images/logo.svg").read_text() == "<svg/>"


def test_an_own_edition_is_refused_without_force(sample: Path):
    """An edition without a pinned date is the user's work: start lists what it would remove, and asks for --force."""
    run_start(sample, answers())
    TinyEdition(sample).note("meine", authors=["ada-aengstroem"], topics=[], bookmark_of=[])
    before = read_files(sample)
    with pytest.raises(UsageError, match=r"(?s)your own already .*1 file in curation/notes/.*Give --force"):
        run_start(sample, answers())
    assert read_files(sample) == before
    start.require_sample_edition(sample, force=True)


def test_a_broken_policy_is_reported(tiny: TinyEdition):
    """If policy.yaml cannot be read, start reports that; it does not take the edition for the user's own."""
    tiny.write("curation/policy.yaml", "imprint: [")
    with pytest.raises(EditionError, match=r"curation/policy\.yaml"):
        start.require_sample_edition(tiny.root)


@pytest.mark.parametrize("written", [0, 3, 7, 8, 11, 13, 15])
def test_a_killed_start_can_be_run_again(sample: Path, written: int):
    """Killed after any of its steps, start can run again, and ends with the same files as an undisturbed one."""
    undisturbed = sample.parent / "undisturbed"
    shutil.copytree(sample, undisturbed)
    run_start(undisturbed, answers())
    plan = start.plan_start(sample, answers())
    assert [*plan.files_to_write].index("curation/policy.yaml") == len(plan.files_to_write) - 1 >= 15
    # What a start did that was killed after some of its steps.
    files_to_write = dict(list(plan.files_to_write.items())[:written])
    start.apply_plan(sample, start.StartPlan(plan.files_to_remove[: written * 5], files_to_write), NOW)
    run_start(sample, answers())

    def read_edition_files(root: Path) -> dict[str, bytes]:
        return {file: data for file, data in read_files(root).items() if not file.startswith("var/")}

    assert read_edition_files(sample) == read_edition_files(undisturbed)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "--name: expected one line"),
        ({"name": "two\nlines"}, "--name: expected one line"),
        ({"address": "ftp://desk.example"}, "--address: expected the site's http or https address"),
        ({"address": "https://"}, "--address: expected"),
        ({"address": "https://a:b@desk.example/"}, "--address: expected"),
        ({"address": "https://desk.example/?a=1"}, "--address: expected"),
        ({"language": "fr"}, "--language: expected de or en"),
        ({"email": "nobody"}, "--email: expected a mail address"),
        ({"topics": ()}, "--topic: an edition needs at least one topic"),
        ({"topics": ("…",)}, '--topic: "…" has no Latin letter'),
        ({"topics": ("One", "one!")}, '--topic: several topics would have the id "one"'),
        ({"feeds": ("curation/samples/rathauspost.xml",)}, "one of the samples, which will be removed"),
        ({"feeds": ("../feed.xml",)}, "neither an address nor a file inside the edition"),
        ({"feeds": ("curation/none.xml",)}, "neither an http or https address nor a file"),
        ({"feeds": ("https://a.example/feed",) * 2}, "--feed: https://a.example/feed is given twice"),
    ],
)
def test_invalid_answers_change_nothing(sample: Path, changes: dict[str, object], message: str):
    """All answers are validated before the first change, and the message names the option."""
    before = read_files(sample)
    with pytest.raises(UsageError) as caught:
        run_start(sample, answers(**changes))
    assert message in str(caught.value)
    assert read_files(sample) == before


def test_all_invalid_answers_are_reported_together(sample: Path):
    """One run reports every problem, one per line."""
    with pytest.raises(UsageError) as caught:
        run_start(sample, answers(address="x", email="x", language="x"))
    assert len(str(caught.value).splitlines()) == 3


def test_settings_are_edited_in_place():
    """Only the values of four lines of pelicanconf.py change; spacing, comments and other quotes stay."""
    edited = start.edit_settings(SETTINGS, answers(name='A "b" \\ c'), "Ours")
    assert edited == (
        'A = 1\nSITENAME = "A \\"b\\" \\\\ c"  # ours\nSITESUBTITLE = "Ours"\n'
        'SITEURL = "https://desk.example"\nDEFAULT_LANG = "en"\nB = 2\n'
    )


def test_settings_without_a_literal_line_are_refused():
    """A setting that is computed cannot be edited; the message says which line to add."""
    with pytest.raises(UsageError, match=r'pelicanconf\.py has no line SITEURL = "…"'):
        start.edit_settings(SETTINGS.replace('SITEURL="https://old.example"', "SITEURL = url()"), answers(), "Ours")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n# sample edition: the first pull fills these\nx\ny\n", "a\n"),
        ("a\n\n# sample edition: the first pull fills these\nx\n\nb\n", "a\n\nb\n"),
        ("# sample edition: the first pull fills these\nx\n\nb\n", "b\n"),
        ("a\nb\n", "a\nb\n"),
    ],
)
def test_only_the_sample_block_is_removed_from_gitignore(text, expected):
    """The marked block is removed up to the next blank line; everything else stays."""
    assert start.remove_sample_block(text) == expected

import sqlite3
from contextlib import closing
from random import Random

import pytest

from kuratorium.desk import check
from kuratorium.desk.rules import text_cache
from kuratorium.desk.rules.checks import CHECKS
from kuratorium.desk.rules.text_cache import CACHE_FILE, TextCache
from kuratorium.edition.loader import read_edition
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.urls import Paths
from tests.editions import POLICY, TinyEdition, work

OF_SITE = {rule.id for rule in CHECKS if rule.is_of_site}
BODIES = (
    "Ein eigener Gedanke dazu, in ganzen Worten.",
    'Ein "gerader" Gedanke ... und - noch einer.',
    "Lesenswert.\n\n> Gesagt ist gesagt, und zwar von jemand anderem als mir selbst.",
    "Mehr [hier](nirgends.md) und [dort](b.md#h-fehlt), bei Pumpen AG.\n\n### Stufe",
    "# Oben\n\nEin Text mit {Platz} und <blink>Licht</blink>.",
    "",
)


def run(tiny: TinyEdition, *, is_cached: bool, only: frozenset[str] | None = None) -> check.CheckResult:
    """Check an edition with the cache on its disk, or without one."""

    def apply(cache: TextCache | None) -> check.CheckResult:
        return check.run_checks(
            tiny.root,
            build_paths=Paths,
            build_converter=lambda registry: MarkdownConverter(registry).convert,
            cache=cache,
            only=only,
        )

    if not is_cached:
        return apply(None)
    with closing(TextCache(tiny.root, only=only)) as cache:
        return apply(cache)


def write_note(tiny: TinyEdition, name: str, dice: Random) -> None:
    """Write a note whose text, status and fields are chosen by chance."""
    fields = {
        "bookmark_of": [work(f"https://amtsblog.example/{name}", publication=dice.choice(("Amtsblog", "Die “Post”")))],
        "status": dice.choice(("published", "published", "draft")),
        "topics": dice.choice((["transformation"], [], ["unbekannt"])),
        "slug": dice.choice((name, name, "gleich")),
    }
    if dice.random() < 0.3:
        fields["ignore"] = [{"rule": dice.choice(("topics", "typography", "nirgends")), "reason": "So gewollt."}]
    tiny.post(f"curation/notes/2026/{name}.md", body=dice.choice(BODIES), **fields)


def list_drafts(tiny: TinyEdition) -> frozenset[str]:
    """Return the files of an edition's drafts."""
    return frozenset(post.file for post in read_edition(tiny.root)[0].post_files if post.meta.status == "draft")


@pytest.mark.parametrize("seed", range(4))
def test_a_cache_changes_no_finding(tiny: TinyEdition, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any edits of texts and registries, all is found that is found without a cache, also in files alone."""
    if seed % 2:  # as after some seconds, when stamps are trusted, and the outlines of others are read
        monkeypatch.setattr(text_cache, "_RECENT", 0)
    dice = Random(seed)
    names = ["a", "b", "c", "d"]
    for name in names:
        write_note(tiny, name, dice)
    for _ in range(6):
        name = dice.choice(names)
        kind = dice.random()
        if kind < 0.6:
            write_note(tiny, name, dice)
        elif kind < 0.75:
            (tiny.root / f"curation/notes/2026/{name}.md").unlink(missing_ok=True)
        elif kind < 0.85:
            tiny.write(f"curation/notes/2026/{name}.md", "---\nuid: [\n---\nKaputt.\n")
        else:
            sponsors = [{"name": "Pumpen AG"}] if dice.random() < 0.5 else []
            tiny.yaml("policy", POLICY | {"sponsors": sponsors, "quote_budget": dice.choice((3, 120))})
        whole = run(tiny, is_cached=False)
        assert run(tiny, is_cached=True) == whole
        assert run(tiny, is_cached=True) == whole
        only = frozenset(f"curation/notes/2026/{name}.md" for name in dice.sample(names, 2))
        if not check.needs_whole_check(tiny.root, only):
            alone = run(tiny, is_cached=True, only=only)
            assert alone == run(tiny, is_cached=False, only=only)
            others = only - list_drafts(tiny)  # which are judged fully only here
            expected = [item for item in whole.findings if item.problem.file in others and item.rule not in OF_SITE]
            assert [item for item in alone.findings if item.problem.file in others] == expected


def test_a_file_alone_is_judged_beside_all_others(tiny: TinyEdition) -> None:
    """Of a file that is checked alone, also what others have is known: their slugs, and the pages that they make."""
    works = [work("https://amtsblog.example/x")]
    body = "Ein eigener Gedanke. Siehe [dort](a.md) und [da](/notizen/x.html)."
    tiny.post("curation/notes/2026/a.md", slug="gleich", bookmark_of=works)
    tiny.post("curation/notes/2026/b.md", slug="gleich", bookmark_of=works, body=body)
    found = run(tiny, is_cached=True, only=frozenset({"curation/notes/2026/b.md"})).findings
    assert [(item.problem.field, item.rule) for item in found if item.rule != "dead-links"] == [("slug", "edition")]
    assert [item.problem.file for item in found if item.rule == "dead-links"] == ["curation/notes/2026/b.md"]


def test_outlines_say_all_that_is_compared(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that is checked alone, all is found beside the outlines of others that is found beside their texts."""
    monkeypatch.setattr(text_cache, "_RECENT", 0)
    item = work("https://amtsblog.example/x", item="7wq2hm3k")
    event = {"start": "2026-11-01T18:00:00+01:00", "end": "2026-11-01T19:00:00+01:00"}
    past = "00000000000000aa"
    tiny.note("alt", uid=past, lang="en", date="2026-10-09T08:00:00+02:00", aliases=["notizen/frueher.html"])
    tiny.note("entwurf", uid="00000000000000bb", status="draft")
    tiny.note("anzeige", disclosure={"kind": "sponsor", "text": "Bezahlt."})
    tiny.note("erste", uid="00000000000000cc", bookmark_of=[item])
    tiny.note("zweite", uid="00000000000000cc", bookmark_of=[item])
    tiny.note("englisch", lang="en", translation_of=past)
    tiny.note("nochmals", lang="en", translation_of=past)
    tiny.note("kette", lang="fr", translation_of="00000000000000aa")
    tiny.post("content/lookbacks/rueckblick.md", lookback_of=past)
    tiny.post("content/lookbacks/offen.md", lookback_of="00000000000000bb")
    for name in ("vortrag", "vortrag-zwei"):
        tiny.post(f"content/talks/{name}.md", event=event, series={"id": "reihe", "position": 1})
    tiny.note(
        "links", body="Zum [einen](entwurf.md), [anderen](/notizen/frueher.html) und [dritten](/notizen/nie.html)."
    )
    for name in ("eins", "zwei"):
        tiny.write(f"content/pages/{name}.md", "---\ntitle: Seite\nslug: gleich\n---\nText.\n")
    whole = run(tiny, is_cached=True)
    files = sorted(path.relative_to(tiny.root).as_posix() for path in tiny.root.glob("c*/**/*.md"))
    assert len({item.problem.message for item in whole.findings if item.rule not in OF_SITE}) > 8
    for file in files:
        expected = [item for item in whole.findings if item.problem.file == file and item.rule not in OF_SITE]
        assert list(run(tiny, is_cached=True, only=frozenset({file})).findings) == expected


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 200])
def test_a_damaged_cache_is_left_out(tiny: TinyEdition, data: bytes) -> None:
    """A cache that cannot be read changes nothing, and the next check begins a new one."""
    tiny.note("a", body=BODIES[1])
    whole = run(tiny, is_cached=False)
    tiny.write(CACHE_FILE, data)
    assert run(tiny, is_cached=True) == whole
    assert run(tiny, is_cached=True) == whole
    with closing(sqlite3.connect(tiny.root / CACHE_FILE)) as db:
        assert db.execute("SELECT count(*) FROM entry WHERE kind = 'texts'").fetchone()[0]


def test_what_is_gone_is_forgotten(tiny: TinyEdition) -> None:
    """The cache holds nothing of files that the edition no longer has."""
    file = tiny.note("a")
    run(tiny, is_cached=True)
    file.unlink()
    run(tiny, is_cached=True)
    with closing(sqlite3.connect(tiny.root / CACHE_FILE)) as db:
        assert not db.execute("SELECT count(*) FROM entry WHERE file LIKE '%/a.md'").fetchone()[0]


@pytest.mark.parametrize(
    ("files", "is_whole"),
    [
        (["curation/notes/2026/a.md"], False),
        (["curation/notes/2026/a.md", "curation/topics.yaml"], True),
        (["content/images/bild.png"], True),
        (["curation/notes/2026/gone.md"], True),
    ],
)
def test_a_change_that_others_may_feel_is_checked_with_all(tiny: TinyEdition, files: list[str], is_whole: bool) -> None:
    """Registries, pictures and texts that are gone may break any text that names them."""
    tiny.note("a")
    assert check.needs_whole_check(tiny.root, files) == is_whole


def test_a_draft_is_judged_fully_only_where_it_is_named(tiny: TinyEdition) -> None:
    """What is kept of a named draft is not taken for a check of all, nor the other way round; a file of mistakes, too.

    What a draft may lack stays no mistake, since it is not finished.
    """
    tiny.write("curation/notes/2026/a.md", NOTE.format(uid="a" * 16, body='Ein "gerader" Gedanke - und mehr.'))
    tiny.write("curation/notes/2026/b.md", NOTE.format(uid="b" * 16, body=""))
    named = frozenset({"curation/notes/2026/a.md", "curation/notes/2026/b.md"})
    for only in (None, named, None, named):
        found = {(item.rule, item.problem.file, item.level) for item in run(tiny, is_cached=True, only=only).findings}
        drafts = {item for item in found if item[1] in named}
        assert drafts == ({("typography", "curation/notes/2026/a.md", "warning")} if only else set())


NOTE = """---
uid: {uid}
title: Ein Entwurf
date: 2026-10-01T08:00:00+02:00
status: draft
authors: [anna-berg]
topics: [transformation]
bookmark_of: [{{url: https://amtsblog.example/{uid}, title: Das Werk, publication: Amtsblog}}]
---
{body}
"""

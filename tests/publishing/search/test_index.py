"""The index of the search, made by the real Pagefind of tiny sites; tests/browser/test_search.py searches in it."""

import gzip
import json
import os
import random
import shutil
import time
from pathlib import Path

import pagefind_bin
import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build.snapshot_file import find_unchanged_site
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from kuratorium.publishing.search import index as search_index
from kuratorium.publishing.search import word_files
from kuratorium.publishing.search.index import SearchIndex, update_search_index
from kuratorium.publishing.search.pagefind import read_packed, unpack_words
from tests.editions import POLICY, TinyEdition


def index(tiny: TinyEdition) -> SearchIndex:
    """Build the edition, and index its site."""
    return update_search_index(tiny.root, build_site(tiny.root))


def read_files(tiny: TinyEdition) -> dict[str, bytes]:
    """Return the files of the index."""
    folder = tiny.root / "output/pagefind"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def count_pages(tiny: TinyEdition) -> dict[str, int]:
    """Return how many pages each language has in the index."""
    languages = json.loads((tiny.root / "output/pagefind/pagefind-entry.json").read_bytes())["languages"]
    return {lang: language["page_count"] for lang, language in languages.items()}


def test_posts_people_and_topics_can_be_found(tiny: TinyEdition) -> None:
    """No list, imprint or hidden post; each language has an index of its own, which knows its endings of words."""
    tiny.note("eins")
    tiny.note("two", lang="en")
    tiny.note("versteckt", status="hidden")
    tiny.write("content/pages/impressum.md", "---\ntitle: Impressum\n---\n\nWer wir sind.\n")
    assert index(tiny).page_count == 8
    assert count_pages(tiny) == {"de": 7, "en": 1}  # the edition has a note already, three people, two topics


def test_the_same_site_gives_the_same_index(tiny: TinyEdition) -> None:
    """Byte for byte, also its filters; Pagefind's own interfaces, which nobody loads, stay away."""
    tiny.note("eins", topics=["open-source", "transformation"], authors=["anna-berg", "carl-dorn"])
    tiny.note("two", lang="en")
    index(tiny)
    first = read_files(tiny)
    shutil.rmtree(tiny.root / "output")
    index(tiny)
    assert any(name.startswith("filter/") for name in first)
    assert read_files(tiny) == first
    assert {name.partition("/")[0] for name in first if "." in name and "/" not in name} == {
        *(
            "pagefind-entry.json",
            "pagefind-worker.js",
            "pagefind.js",
            "wasm.de.pagefind",
            "wasm.en.pagefind",
            "wasm.unknown.pagefind",
        ),
        *(name for name in first if name.endswith(".pf_meta")),
    }


def test_an_index_that_is_right_is_not_made_again(tiny: TinyEdition) -> None:
    """Only a build that changed something is followed by one; files that stay keep their time."""
    tiny.note("eins")
    tiny.note("zwei")
    assert index(tiny).page_count
    assert index(tiny) == SearchIndex()
    times = {name: (tiny.root / "output/pagefind" / name).stat().st_mtime_ns for name in read_files(tiny)}
    tiny.note("zwei", body="Ganz andere Worte stehen hier.")
    assert index(tiny).page_count
    kept = [
        name
        for name in read_files(tiny)
        if times.get(name) == (tiny.root / "output/pagefind" / name).stat().st_mtime_ns
    ]
    assert any(name.startswith("fragment/") for name in kept)
    assert "pagefind-entry.json" not in kept


def test_what_a_preview_changed_is_indexed_by_the_next_build(tiny: TinyEdition) -> None:
    """A preview never waits for the index, so it leaves the old one, and the site's records tell."""
    tiny.note("eins")
    index(tiny)
    before = read_files(tiny)
    preview = PreviewBuilder(tiny.root, None)
    preview.build(None)
    tiny.note("zwei")
    preview.build(frozenset({"curation/notes/2026/zwei.md"}))
    preview.close()
    assert read_files(tiny) == before
    index(tiny)
    assert read_files(tiny) != before


def test_a_new_cache_leaves_an_index_that_is_right(tiny: TinyEdition) -> None:
    """The index itself says which pages it was made of."""
    tiny.note("eins")
    index(tiny)
    (tiny.root / "var/build.sqlite3").unlink()
    assert index(tiny) == SearchIndex()
    (tiny.root / "var/search.stamp").unlink()  # as a run that was killed leaves it
    assert index(tiny).page_count


def read_words(tiny: TinyEdition, lang: str = "de") -> dict[str, set[str]]:
    """Return which pages each word of the index leads to."""
    folder = tiny.root / "output/pagefind"
    name = json.loads((folder / "pagefind-entry.json").read_bytes())["languages"][lang]["hash"]
    meta = read_packed(folder / f"pagefind.{name}.pf_meta")
    urls = [
        json.loads(gzip.decompress((folder / f"fragment/{row[0]}.pf_fragment").read_bytes()).partition(b"dcd")[2])[
            "url"
        ]
        for row in meta[1]
    ]
    words: dict[str, set[str]] = {}
    for _, _, file in meta[2]:
        for word in unpack_words(read_packed(folder / f"index/{file}.pf_index")):
            assert word.text not in words
            words[word.text] = {urls[hit[0]] for hits in (word.hits, *word.spellings.values()) for hit in hits}
    return words


def test_an_edit_gives_the_index_that_a_new_one_would_be(tiny: TinyEdition) -> None:
    """Byte for byte, whatever is written, changed, dated anew or deleted, in two languages."""
    chance = random.Random(7)
    vocabulary = [f"{start}{end}" for start in ("weich", "signal", "gleis", "zug", "bahn") for end in "abcdefghijklm"]
    names = [f"note-{number}" for number in range(30)]

    def write(name: str) -> None:
        day = chance.choice(["2026-02-03T10:00:00+01:00", "2026-03-04T10:00:00+01:00", "2025-05-06T10:00:00+02:00"])
        body = " ".join(chance.choices(vocabulary, k=20))
        tiny.note(name, date=day, lang="en" if name.endswith("7") else "de", body=f"Über {body}.")

    for name in names:
        write(name)
    index(tiny)
    for name in chance.sample(names, 6):
        if chance.random() < 0.4:
            next(tiny.root.glob(f"curation/notes/*/{name}.md")).unlink()
        else:
            write(name)
        assert index(tiny).page_count in (0, 1)
        edited = read_files(tiny)
        shutil.rmtree(tiny.root / "output/pagefind")
        assert (index(tiny).page_count or 0) > 20
        assert read_files(tiny) == edited


def test_a_new_post_changes_few_files_of_words(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of its own words: it has the last number, and no other page another one. Its words lead to it."""
    monkeypatch.setattr(word_files, "_LARGE_FAMILY", 100)
    for number in range(20):
        tiny.note(f"note-{number}", body=" ".join(f"{letter * 5}{number}" for letter in "abcdefghijklmnop"))
    index(tiny)
    before = read_files(tiny)
    tiny.note("neu", date="2026-10-14T08:00:00+02:00", body="Kugellager und aaaaa3.")
    assert index(tiny).page_count == 1
    after = read_files(tiny)
    files = {name for name in before if name.startswith("index/")}
    assert len(files) > 20
    assert len(files & after.keys()) > len(files) / 2
    assert read_words(tiny)["kugellag"] == {"/notizen/neu.html"}
    assert read_words(tiny)["aaaaa3"] == {"/notizen/neu.html", "/notizen/note-3.html"}


def test_words_with_the_same_beginning_are_in_one_file(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pagefind loads one file for a word, and finds "Weichenstellung" for "Weiche" in it only."""
    monkeypatch.setattr(word_files, "_LARGE_FAMILY", 1)
    tiny.note("eins", body="Weiche, Weichenstellung, Weisheit, Gleis, Gleisbau, Zug.")
    index(tiny)
    folder = tiny.root / "output/pagefind/index"
    files = [[word.text for word in unpack_words(read_packed(file))] for file in folder.iterdir()]
    assert len(files) > 5
    assert any({"weich", "weichenstell"} <= set(words) for words in files)
    beginnings = [words[0][:4] for words in files]
    assert len(set(beginnings)) == len(beginnings)


def test_the_values_of_filters_come_with_the_entry(tiny: TinyEdition) -> None:
    """Readers choose from them before anything else is loaded."""
    tiny.note("eins", topics=["open-source"], authors=["anna-berg"])
    tiny.note("two", lang="en", topics=["transformation"], authors=["anna-berg"])
    index(tiny)
    filters = json.loads(read_files(tiny)["pagefind-entry.json"])["filters"]
    assert filters["language"] == ["de", "en"]
    assert filters["person"] == ["Anna Berg"]
    assert {"Open Source", "Transformation"} <= set(filters["topic"])


def test_an_index_with_a_missing_file_is_made_anew(tiny: TinyEdition) -> None:
    """Nothing is merged into an index that is not whole, nor into one of a former version."""
    tiny.note("eins")
    index(tiny)
    folder = tiny.root / "output/pagefind"
    next((folder / "index").iterdir()).unlink()
    (folder / "1/fragment").mkdir(parents=True)
    (folder / "1/fragment/de_1.pf_fragment").write_bytes(b"")
    tiny.note("zwei")
    assert (index(tiny).page_count or 0) > 2
    merged = read_files(tiny)
    assert not (folder / "1").exists()
    shutil.rmtree(tiny.root / "output")
    index(tiny)
    assert read_files(tiny) == merged


@pytest.mark.parametrize(
    "content",
    [b"", b"kein Archiv", gzip.compress(b"kein Index", mtime=0), gzip.compress(b"pagefind_dcd\x99", mtime=0)],
    ids=["empty", "no archive", "no index", "cut off"],
)
@pytest.mark.parametrize("pattern", ["index/*", "*.pf_meta", "pagefind-entry.json"])
def test_an_index_with_a_damaged_file_is_made_anew(tiny: TinyEdition, pattern: str, content: bytes) -> None:
    """A disk that was full, or a merge of the folder of the site, is no reason to stop."""
    tiny.note("eins")
    index(tiny)
    for file in (tiny.root / "output/pagefind").glob(pattern):
        file.write_bytes(content)
    tiny.note("zwei")
    assert (index(tiny).page_count or 0) > 2
    repaired = read_files(tiny)
    shutil.rmtree(tiny.root / "output")
    index(tiny)
    assert read_files(tiny) == repaired


def test_a_run_that_was_killed_is_made_again(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site that it left has the old index, whole."""
    tiny.note("eins")
    index(tiny)
    before = read_files(tiny)
    tiny.note("zwei")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search_index, "_publish", die)
        with pytest.raises(KeyboardInterrupt):
            index(tiny)
    assert read_files(tiny) == before
    assert index(tiny).page_count
    assert list((tiny.root / "var").glob("search-*")) == []


def test_the_policy_switches_the_search_off(tiny: TinyEdition) -> None:
    """Then no page leads to it, none names the script, and a former index goes."""
    tiny.note("eins")
    index(tiny)
    tiny.yaml("policy", {**POLICY, "search": False})
    time.sleep(0.05)  # no text is too recent
    assert index(tiny) == SearchIndex()
    assert not (tiny.root / "output/pagefind").exists()
    assert not (tiny.root / "output/suche.html").exists()
    for page in (tiny.root / "output").rglob("*.html"):
        assert "suche.html" not in page.read_text()
        assert "search.js" not in page.read_text()
        assert "pagefind" not in page.read_text()
    assert find_unchanged_site(str(tiny.root), time.time())  # the next edit is compared alone


def test_a_build_leaves_the_index_alone(tiny: TinyEdition) -> None:
    """It is no file that nobody wrote; the search itself removes what is old."""
    tiny.note("eins")
    index(tiny)
    (tiny.root / "output/pagefind/fragment/alt.pf_fragment").write_bytes(b"alt")
    result = build_site(tiny.root)
    assert not result.changed_paths
    tiny.note("zwei")
    index(tiny)
    assert "fragment/alt.pf_fragment" not in read_files(tiny)


@pytest.mark.parametrize("script", ["exit 3", "echo 'no memory' >&2; exit 1"])
def test_a_failure_is_told_and_the_site_is_whole(
    tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    """The old index stays, and the next build tries again."""
    tiny.note("eins")
    index(tiny)
    before = read_files(tiny)
    tiny.note("zwei")
    broken = tmp_path / "pagefind"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    os.chmod(broken, 0o755)  # noqa: PTH101 - a program must be executable
    with monkeypatch.context() as patch:
        patch.setattr(pagefind_bin, "get_executable", lambda: broken)
        assert index(tiny).failure.startswith("pagefind ended with code ")
    assert read_files(tiny) == before
    assert index(tiny).page_count


def test_a_site_without_posts_has_a_search(tiny: TinyEdition) -> None:
    """Its people and topics may be there already."""
    assert index(tiny).failure == ""


def test_without_a_script_the_search_leads_to_lists(tiny: TinyEdition) -> None:
    """The page has its links in the HTML, and a form that only the script shows."""
    tiny.note("eins", tags=["Störung"])
    build_site(tiny.root)
    page = BeautifulSoup((tiny.root / "output/suche.html").read_bytes(), "lxml")
    links = {str(link["href"]) for link in page.select("#search nav a")}
    assert {"archiv.html", "schlagworte.html", "menschen.html", "themen/open-source.html"} <= links
    assert page.select_one("#search form[hidden]")


def test_quotations_count_less_than_our_own_words(tiny: TinyEdition) -> None:
    """A word that an author was quoted with is found, but below those who wrote about it."""
    tiny.note("eins", body="Wir sagen es.\n\n> Ein fremdes Wort.\n>\n> — Amt: [Titel](https://amt.example/)\n")
    build_site(tiny.root)
    page = BeautifulSoup((tiny.root / "output/notizen/eins.html").read_bytes(), "lxml")
    assert [quote["data-pagefind-weight"] for quote in page.select("blockquote")] == ["0.5"]
    assert "pagefind" not in (tiny.root / "output/feed.xml").read_text()


def test_search_engines_learn_of_the_search(tiny: TinyEdition) -> None:
    """The site's own description names its address, with a place for the words."""
    tiny.note("eins")
    build_site(tiny.root)
    page = BeautifulSoup((tiny.root / "output/index.html").read_bytes(), "lxml")
    script = page.find("script", type="application/ld+json")
    assert script
    graph = json.loads(script.text)["@graph"]
    (site,) = [node for node in graph if node["@type"] == "WebSite"]
    assert site["potentialAction"] == {
        "@type": "SearchAction",
        "target": {
            "@type": "EntryPoint",
            "urlTemplate": "https://weichenwerk.example/suche.html?q={search_term_string}",
        },
        "query-input": "required name=search_term_string",
    }

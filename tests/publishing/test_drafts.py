from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import TinyEdition


def read_site(folder: Path) -> dict[str, bytes]:
    """Return all files of a site."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read_soup(site: Path, path: str) -> BeautifulSoup:
    """Return a page of a site."""
    return BeautifulSoup((site / path).read_bytes(), "html.parser")


@pytest.fixture
def unpublished(tiny: TinyEdition) -> TinyEdition:
    """An edition with a draft, a later post, an unreleased interview, and drafts that lack nearly everything."""
    tiny.essay("entwurf", status="draft", title="Wort Geheim eins")
    tiny.essay("spaeter", date="2026-12-01T08:00:00+01:00", title="Wort Geheim zwei")
    tiny.interview("offen", release="open", title="Wort Geheim drei")
    tiny.note("weg", title="Wort Fort", status="withdrawn", withdrawn={"date": "2026-10-03", "reason": "Falsch."})
    for name, folder in {"n": "curation/notes", "i": "content/interviews", "t": "content/talks"}.items():
        tiny.post(
            f"{folder}/roh-{name}.md", status="draft", body="", authors=None, topics=None, title="Wort Geheim roh"
        )
    tiny.post("content/lookbacks/roh-l.md", status="draft", body="", title="Wort Geheim roh")
    tiny.post("content/digests/roh-d.md", status="draft", body="", title="Wort Geheim roh")
    return tiny


def test_a_preview_shows_what_readers_do_not_see_yet(unpublished: TinyEdition) -> None:
    """A band on its page, its card and its row says why; no search engine may list it."""
    builder = PreviewBuilder(unpublished.root, None, shows_drafts=True)
    builder.prepare_output()
    builder.build(None)
    site = builder.output
    for path, words in {
        "essays/entwurf.html": "Entwurf",
        "essays/spaeter.html": "Erscheint am 1. Dezember 2026",
        "interviews/offen.html": "Noch nicht freigegeben",
        "gespraeche/roh-t.html": "Entwurf",
        "rueckblicke/roh-l.html": "Entwurf",
    }.items():
        page = read_soup(site, path)
        assert page.select_one(".post-head .band").get_text() == words, path
        assert page.select_one("meta[name=robots]")["content"] == "noindex", path
    rows = read_soup(site, "archiv/2026/10.html").select(".row")
    assert {row.select_one("a").get_text(): bool(row.select_one(".band")) for row in rows} == {
        "Titel von erste-notiz": False,
        "Wort Geheim eins": True,
        "Wort Geheim drei": True,
        "Wort Geheim roh": True,
    }
    assert {band.get_text() for band in read_soup(site, "index.html").select(".card .band")} >= {"Entwurf"}
    assert "Zurückgezogen" in (site / "notizen/weg.html").read_text()
    builder.close()
    assert not site.exists()


def test_an_edit_shows_at_once(unpublished: TinyEdition) -> None:
    """A draft that is published loses its band, and a post that becomes a draft gets one."""
    builder = PreviewBuilder(unpublished.root, None, shows_drafts=True)
    builder.prepare_output()
    builder.build(None)
    path = unpublished.root / "content/essays/entwurf.md"
    draft = path.read_text()
    for text, has_band in ((draft.replace("status: draft\n", ""), False), (draft, True)):
        path.write_text(text)
        builder.build(frozenset({"content/essays/entwurf.md"}))
        assert bool(read_soup(builder.output, "essays/entwurf.html").select(".post-head .band")) is has_band
    builder.close()


def test_a_build_has_no_trace_of_a_preview_with_drafts(unpublished: TinyEdition) -> None:
    """Pages, feeds and the cache of builds before, beside and after it are as if it had never been."""
    build_site(unpublished.root)
    before = read_site(unpublished.root / "output")
    builder = PreviewBuilder(unpublished.root, None, shows_drafts=True)
    builder.prepare_output()
    builder.build(None)
    assert b"Wort Geheim eins" in (builder.output / "feed.xml").read_bytes()
    unpublished.essay("neu", title="Danach")
    build_site(unpublished.root)
    builder.close()
    after = read_site(unpublished.root / "output")
    assert not [path for path, data in after.items() if b"Wort Geheim" in data or b"Entwurf" in data]
    (unpublished.root / "content/essays/neu.md").unlink()
    build_site(unpublished.root)
    assert read_site(unpublished.root / "output") == before

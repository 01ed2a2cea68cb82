import os
import re
import shutil
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.settings import SEARCH_FOLDER
from tests import fork_server
from tests.editions import REPOSITORY, TinyEdition, draw_picture, sample_edition
from tests.publishing.makers import feed_files

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins"), "PYTHONHASHSEED": "random"}


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, without the index of the search, which follows a build."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(f"{SEARCH_FOLDER}/")}


def soup(root: Path, path: str) -> BeautifulSoup:
    """Parse a page of the built site."""
    return BeautifulSoup((root / "output" / path).read_bytes(), "html.parser")


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the edition's folder."""
    if command[0] == "kuratorium.cli.main":
        return fork_server.run(command[1:], root, ENVIRONMENT)
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def own_theme(tiny: TinyEdition) -> Path:
    """Give the edition a theme that a test may change."""
    (tiny.root / "theme").unlink()
    return Path(shutil.copytree(REPOSITORY / "theme", tiny.root / "theme"))


def test_building_twice_gives_the_same_bytes(tiny: TinyEdition) -> None:
    """A second build of the same files writes nothing."""
    first = build_site(tiny.root)
    before = tree(tiny.root / "output")
    second = build_site(tiny.root)
    assert first.written_count > 0
    assert (second.written_count, second.deleted_count, second.unchanged_count) == (0, 0, first.written_count)
    assert tree(tiny.root / "output") == before


def test_plain_pelican_gives_the_same_bytes(tiny: TinyEdition) -> None:
    """`pelican` and `kuratorium build`, in processes of their own, make the same site."""
    tiny.interview("ein-gespraech")
    tiny.talk("ein-abend")
    tiny.candidate("wartet")
    tiny.note("alt", uid="altenotiz1", date="2016-10-13T08:00:00+02:00")
    tiny.post("content/lookbacks/noch-einmal.md", lookback_of="altenotiz1", changed_since=["Der Preis."])
    tiny.post("content/digests/schau.md", period={"from": "2026-10-01", "to": "2026-10-14"})
    plain = run(tiny.root, "pelican", "--fatal=errors", "-o", "plain")
    ours = run(tiny.root, "kuratorium.cli.main", "build", "--output", "ours")
    assert (plain.returncode, ours.returncode) == (0, 0), plain.stderr + ours.stderr
    assert tree(tiny.root / "plain") == tree(tiny.root / "ours")
    assert "index.html" in tree(tiny.root / "ours")


def test_the_sample_edition_builds_the_same_twice_in_two_places(tmp_path: Path) -> None:
    """The bytes depend neither on the folder nor on the run."""
    trees = []
    for name in ("eins", "zwei"):
        root = sample_edition(tmp_path / name, with_drawings=False)
        ended = run(root, "kuratorium.cli.main", "build")
        assert ended.returncode == 0, ended.stderr
        trees.append(tree(root / "output"))
    assert trees[0] == trees[1]
    assert len(trees[0]) > 60


def test_a_note_credits_its_original(tiny: TinyEdition) -> None:
    """The page of a note names and links what it recommends, and who says why."""
    build_site(tiny.root)
    page = soup(tiny.root, "notizen/erste-notiz.html")
    assert page.h1.get_text(strip=True) == "Titel von erste-notiz"
    assert page.find("a", href="https://amtsblog.example/erste-notiz")
    text = page.main.get_text(" ")
    for words in ("Das Werk", "Gerd Hahn", "Amtsblog", "Anna Berg", "Lesenswert, weil"):
        assert words in text


def test_of_the_inbox_only_facts_are_published(tiny: TinyEdition) -> None:
    """Teaser, reasons and the item's own title are for editors only, even in a note that still has these fields.

    Headlines of the inbox are published on the pages of topics and sources, and nowhere else.
    """
    secret = {"teaser": "Geheimer Anriss.", "reasons": ["Geheimer Grund."]}
    tiny.candidate("wartet", title="Geheimer Titel", **secret)
    tiny.note("von-hand", **secret)
    build_site(tiny.root)
    built = tree(tiny.root / "output")
    assert not [path for path, data in built.items() if b"Geheim" in data]
    assert {path for path, data in built.items() if b"wartet" in data} == {"quellen.html", "themen/transformation.html"}


def test_an_inbox_file_becomes_a_note_by_hand(tiny: TinyEdition) -> None:
    """An editor writes below the front matter and moves the file, and it is a note."""
    waiting = tiny.candidate("von-hand")
    moved = tiny.root / "curation/notes/2026" / waiting.name
    waiting.rename(moved)
    moved.write_text(moved.read_text() + "\nDas muss man gelesen haben.\n")
    build_site(tiny.root)
    assert "Das muss man gelesen haben." in soup(tiny.root, f"notizen/{moved.stem}.html").get_text()


@pytest.mark.parametrize(
    "command", [("kuratorium.cli.main", "build"), ("pelican", "--fatal=errors")], ids=["ours", "plain"]
)
def test_a_mistake_ends_with_2_and_leaves_the_site(tiny: TinyEdition, command: tuple[str, ...]) -> None:
    """All problems are reported together, without a traceback, and the old output stays as it was."""
    build_site(tiny.root)
    before = tree(tiny.root / "output")
    tiny.note("leer", body="> Nur fremde Worte.\n> — [X](https://x.example/)")
    tiny.note("fremd", topics=["transformatoin"])
    ended = run(tiny.root, *command)
    assert ended.returncode == 2
    assert "curation/notes/2026/leer.md:" in ended.stderr
    assert "keine eigenen Worte" in ended.stderr
    assert "topics[0]: unbekannt (Thema): „transformatoin“" in ended.stderr
    assert "Gemeint ist vielleicht „transformation“." in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert tree(tiny.root / "output") == before


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("{{ gibt_es_nicht }}", 1, "'gibt_es_nicht' is undefined"),
        ("\n{% for x in %}", 2, "Expected an expression"),
        ("\n\n{{ post.titel }}", 3, "no attribute 'titel'"),
    ],
    ids=["unknown name", "syntax", "unknown field"],
)
def test_a_template_error_names_file_and_line(tiny: TinyEdition, template: str, line: int, words: str) -> None:
    """A mistake in the theme is reported like one in a post, and the output stays as it was."""
    build_site(tiny.root)
    before = tree(tiny.root / "output")
    (own_theme(tiny) / "templates/formats/note.html").write_text(template)
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("theme/templates/formats/note.html", line)
    assert words in problem.message
    assert "notizen/erste-notiz.html" in problem.hint
    assert tree(tiny.root / "output") == before


def test_an_error_in_a_part_names_the_part(tiny: TinyEdition) -> None:
    """What a page includes or shows as a fragment is named with its own line, also if its code is in the cache."""
    theme = own_theme(tiny)
    for part in ("credit", "footer"):
        file = theme / f"templates/partials/{part}.html"
        whole = file.read_text()
        file.write_text(f"{whole}\n{{% for x in [1] %}}\n{{{{ site.nothing }}}}{{% endfor %}}\n")
        for _ in range(2):
            with pytest.raises(EditionError) as error:
                build_site(tiny.root)
            (problem,) = error.value.problems
            assert (problem.file, problem.line) == (f"theme/templates/partials/{part}.html", whole.count("\n") + 3)
        file.write_text(whole)


def test_a_broken_catalogue_is_a_problem(tiny: TinyEdition) -> None:
    """A file of translations that does not parse is reported by its name."""
    (own_theme(tiny) / "translations/de.po").write_text('msgid "a"\nmsgstr "b"\n\nmsgid zerbrochen\n')
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    (problem,) = error.value.problems
    assert problem.file == "theme/translations/de.po"
    assert "no catalogue" in problem.message


def test_a_deleted_post_takes_its_page_with_it(tiny: TinyEdition) -> None:
    """The page of a deleted post, and the pages of tags that only it had, are deleted, too."""
    path = tiny.note("geht", tags=["Nur hier"])
    build_site(tiny.root)
    assert (tiny.root / "output/notizen/geht.html").exists()
    path.unlink()
    assert build_site(tiny.root).deleted_count == 4  # the post and its card, its tag, and the list of tags
    assert not (tiny.root / "output/notizen/geht.html").exists()
    assert not (tiny.root / "output/schlagworte/nur-hier.html").exists()


def test_an_edit_changes_only_what_shows_it(tiny: TinyEdition) -> None:
    """A new body without a new summary changes the page and the feeds that contain it, and nothing else."""
    note = tiny.note("aendert-sich", summary="Bleibt.", topics=["open-source"])
    build_site(tiny.root)
    before = tree(tiny.root / "output")
    note.write_text(note.read_text() + "\nEin Nachsatz.\n")
    build_site(tiny.root)
    after = tree(tiny.root / "output")
    changed = {path for path in after if after[path] != before.get(path)}
    feeds = feed_files("feed", "notizen", "themen/open-source", "menschen/anna-berg")
    assert changed == {"notizen/aendert-sich.html", *feeds}


def test_drafts_and_later_posts_are_not_published(tiny: TinyEdition) -> None:
    """No page, list or feed contains a draft, a post dated later or an unreleased interview."""
    tiny.note("entwurf", title="Unfertig Eins", status="draft", body="")
    tiny.note("spaeter", title="Unfertig Zwei", date="2026-10-15T08:00:00+02:00")
    tiny.interview("offen", title="Unfertig Drei", release="open")
    build_site(tiny.root)
    assert not [path for path, data in tree(tiny.root / "output").items() if b"Unfertig" in data]


def test_the_date_decides_what_is_upcoming(tiny: TinyEdition) -> None:
    """The same files, built for a day after the talk, no longer announce it."""
    tiny.talk("ein-abend", start="2026-11-05T17:00:00+01:00")
    build_site(tiny.root)
    before = (tiny.root / "output/gespraeche/ein-abend.html").read_bytes()
    build_site(tiny.root, as_of=datetime(2026, 11, 6, tzinfo=UTC))
    assert (tiny.root / "output/gespraeche/ein-abend.html").read_bytes() != before


def test_links_between_files_lead_to_pages(tiny: TinyEdition) -> None:
    """{filename} and {static} become relative links on the page, and absolute ones in the feed."""
    tiny.write("content/images/plan.png", draw_picture(2, 1))
    tiny.note(
        "verweist", body="Siehe [Impressum]({filename}/pages/impressum.md) und ![Plan]({static}/images/plan.png)."
    )
    build_site(tiny.root)
    page = soup(tiny.root, "notizen/verweist.html")
    assert page.find("a", string="Impressum")["href"] == "../impressum.html"
    address = page.find("img", alt="Plan")["src"]
    assert re.fullmatch(r"\.\./pictures/plan-[0-9a-f]{12}-2\.jpg", address)
    assert (tiny.root / "output/notizen" / address).resolve().is_file()
    (item,) = [entry for entry in feedparser.parse(tiny.root / "output/feed.xml").entries if "verweist" in entry.link]
    assert "https://weichenwerk.example/impressum.html" in item.content[0].value


def test_a_picture_without_keyword_is_copied_and_found_from_everywhere(tiny: TinyEdition) -> None:
    """As other pictures it is on the page and in the feed, whichever way its name is written."""
    tiny.write("content/zeichnungen/neuer plan.png", draw_picture(2, 1))
    tiny.write("content/zeichnungen/" + unicodedata.normalize("NFD", "brücke.png"), draw_picture(2, 1))
    tiny.note("zeigt", body="Hier: ![Plan](zeichnungen/neuer%20plan.png), ![Brücke](<zeichnungen/brücke.png>).")
    build_site(tiny.root)
    output = tiny.root / "output"
    page = soup(tiny.root, "notizen/zeigt.html")
    for name in ("Plan", "Brücke"):
        assert (output / "notizen" / unquote(page.find("img", alt=name)["src"])).resolve().is_file()
    (item,) = [entry for entry in feedparser.parse(output / "feed.xml").entries if "zeigt" in entry.link]
    image = BeautifulSoup(item.content[0].value, "html.parser").find("img", alt="Plan")
    assert image["src"].startswith("https://weichenwerk.example/pictures/neuer-plan-")


def test_every_link_of_the_site_leads_somewhere(tiny: TinyEdition) -> None:
    """No page links to an address of the site that does not exist; fragments have their anchors."""
    tiny.interview("gespraech", body="@anna-berg (00:10): Warum?\n\n@eva-falk (00:20): Darum.")
    tiny.talk("abend")
    tiny.essay("essay", tags=["Lang"])
    for number in range(30):
        tiny.note(f"nr-{number}", date=f"2026-09-{number + 1:02}T08:00:00+02:00")
    build_site(tiny.root)
    output = tiny.root / "output"
    for page in output.rglob("*.html"):
        html = BeautifulSoup(page.read_bytes(), "html.parser")
        for tag in html(["a", "link", "img"]):
            target = tag.get("href") or tag.get("src") or ""
            if not target or re.match(r"(https?|mailto|webcal):", target):
                continue
            path, _, fragment = target.partition("#")
            base = output if path.startswith("/") else page.parent
            file = (base / path.lstrip("/")).resolve() if path else page
            assert file.is_file(), f"{page.relative_to(output)} links to {target}"
            if fragment:
                linked = html if file == page else BeautifulSoup(file.read_bytes(), "html.parser")
                assert linked.find(id=fragment), f"{page.relative_to(output)} links to {target}"


def test_a_former_address_leads_to_the_post(tiny: TinyEdition) -> None:
    """At the address of an alias is a page that sends readers to the post."""
    tiny.note("neu", aliases=["alt/weg.html"])
    build_site(tiny.root)
    assert "notizen/neu.html" in (tiny.root / "output/alt/weg.html").read_text()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_site_speaks_its_language(tiny: TinyEdition, language: str) -> None:
    """DEFAULT_LANG sets the language of words and addresses; a post in another language keeps its own."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('DEFAULT_LANG = "de"', f'DEFAULT_LANG = "{language}"'))
    tiny.note("foreign", lang="en", title="In English")
    build_site(tiny.root)
    notes = {"de": "notizen", "en": "notes"}[language]
    assert soup(tiny.root, "index.html").html["lang"] == language
    page = soup(tiny.root, f"{notes}/foreign.html")
    assert page.find("article")["lang"] == "en"
    assert {"de": "Themen", "en": "Topics"}[language] in soup(tiny.root, "index.html").get_text()


def test_an_empty_edition_says_what_to_do_next(tiny: TinyEdition) -> None:
    """Without any post, the front page names the next command."""
    shutil.rmtree(tiny.root / "curation/notes")
    built = build_site(tiny.root)
    assert built.post_count == 0
    assert "make inbox" in soup(tiny.root, "index.html").get_text()


def test_no_page_asks_another_host_for_anything(tiny: TinyEdition) -> None:
    """No page loads a script, style, image or frame from elsewhere."""
    build_site(tiny.root)
    for page in (tiny.root / "output").rglob("*.html"):
        html = BeautifulSoup(page.read_bytes(), "html.parser")
        loaded = [
            tag.get("src") or tag.get("data") for tag in html(["script", "img", "iframe", "audio", "video", "object"])
        ]
        loaded += [tag["href"] for tag in html("link") if tag.get("rel") in (["stylesheet"], ["icon"], ["preload"])]
        assert not [address for address in loaded if address and re.match(r"(https?:)?//", address)]


def test_a_wrong_setting_is_reported(tiny: TinyEdition) -> None:
    """A mistake in pelicanconf.py gets a message like one in a post."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('SITEURL = "https://weichenwerk.example"', 'SITEURL = "weichenwerk"'))
    ended = run(tiny.root, "kuratorium.cli.main", "build")
    assert ended.returncode == 2
    assert "pelicanconf.py: SITEURL: erwartet: eine http- oder https-Adresse, gefunden: „weichenwerk“" in ended.stderr


@pytest.mark.parametrize(
    "command", [("kuratorium.cli.main", "build"), ("pelican", "--fatal=errors")], ids=["ours", "plain"]
)
def test_a_file_that_cannot_be_copied_is_reported(tiny: TinyEdition, command: tuple[str, ...]) -> None:
    """A site without its style sheet or picture is not published, though Pelican itself would go on."""
    build_site(tiny.root)
    before = tree(tiny.root / "output")
    (own_theme(tiny) / "static/css/extra.css").symlink_to("nowhere.css")  # unreadable for root, too
    ended = run(tiny.root, *command)
    assert ended.returncode == 2
    assert "theme/static/css/extra.css: lässt sich nicht kopieren:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert tree(tiny.root / "output") == before


def test_a_text_runs_in_the_direction_of_its_script(tiny: TinyEdition) -> None:
    """Title, summary and body of a post in Hebrew are marked to run from right to left, on its page and in lists."""
    tiny.note("ivrit", title="קוד פתוח.", lang="he", summary="סיכום.")
    build_site(tiny.root)
    page, home = soup(tiny.root, "notizen/ivrit.html"), soup(tiny.root, "index.html")
    assert [page.select_one(selector)["dir"] for selector in ("h1", ".deck", ".prose")] == ["auto"] * 3
    assert {tag["dir"] for tag in home.select(".headline, .summary")} == {"auto"}

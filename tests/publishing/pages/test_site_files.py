import json
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.pages import site_files
from kuratorium.publishing.pages.site_files import find_expiry
from tests.editions import NOW, POLICY, TinyEdition
from tests.publishing.histories.outcome import differences, site, stamps
from tests.publishing.makers import catalog, post
from tests.publishing.makers import site as site_meta

XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
HOST = "https://weichenwerk.example"


def read_sitemap(output: Path) -> dict[str, ET.Element]:
    """Return every address of the sitemap, through all of its parts, with its element."""
    parts = [str(part.text) for part in ET.parse(output / "sitemap.xml").iter(f"{XML}loc")]
    urls = [url for part in parts for url in ET.parse(output / part.removeprefix(f"{HOST}/")).getroot()]
    return {str(url.findtext(f"{XML}loc")): url for url in urls}


def test_the_sitemap_leads_to_pages_that_want_to_be_found(sample_output: Path) -> None:
    """Each address is that of a page of the site, which names it as its own and is not hidden from search engines."""
    urls = read_sitemap(sample_output)
    assert f"{HOST}/" in urls
    assert f"{HOST}/notizen/meldekette-auf-papier.html" in urls
    for address in urls:
        page = BeautifulSoup((sample_output / (address.removeprefix(f"{HOST}/") or "index.html")).read_bytes(), "lxml")
        canonical = page.find("link", rel="canonical")
        assert canonical
        assert canonical["href"] == address


def test_every_post_and_topic_is_in_the_sitemap_once(sample_output: Path) -> None:
    """The sitemap has all posts, whatever their month."""
    addresses = list(read_sitemap(sample_output))
    for folder in ("notizen", "interviews", "gespraeche", "essays", "themen", "menschen"):
        files = {path for path in (sample_output / folder).glob("*.html") if not path.name.endswith(".mail.html")}
        listed = [address for address in addresses if address.startswith(f"{HOST}/{folder}/")]
        assert len(listed) == len(set(listed)) == len(files)


def test_a_post_has_the_date_of_its_last_change(tiny: TinyEdition) -> None:
    """From its front matter, not from the build; a hidden post is not in the sitemap."""
    tiny.essay("alt", modified="2026-10-05T08:00:00+02:00")
    tiny.essay("versteckt", status="hidden")
    build_site(tiny.root)
    urls = read_sitemap(tiny.root / "output")
    assert urls[f"{HOST}/essays/alt.html"].findtext(f"{XML}lastmod") == "2026-10-05T08:00:00+02:00"
    assert f"{HOST}/essays/versteckt.html" not in urls


def test_versions_in_other_languages_name_each_other(tiny: TinyEdition) -> None:
    """With all versions, the own one included, as search engines want it."""
    tiny.essay("deutsch", uid="original-1")
    tiny.essay("english", lang="en", translation_of="original-1")
    build_site(tiny.root)
    urls = read_sitemap(tiny.root / "output")
    links = {
        address: {link.attrib["hreflang"]: link.attrib["href"] for link in url.iter(LINK)}
        for address, url in urls.items()
        if "/essays/" in address
    }
    both = {"de": f"{HOST}/essays/deutsch.html", "en": f"{HOST}/essays/english.html"}
    assert links == {**dict.fromkeys(both.values(), both), f"{HOST}/essays.html": {}} or links == dict.fromkeys(
        both.values(), both
    )


def test_an_edit_changes_the_part_of_its_month(tiny: TinyEdition) -> None:
    """No file with all pages of the site is written again for it."""
    tiny.note("august", date="2026-08-01T08:00:00+02:00")
    note = tiny.note("september", date="2026-09-01T08:00:00+02:00")
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    text = note.read_text()
    note.write_text(text.replace("date:", "modified: '2026-09-03T08:00:00+02:00'\ndate:", 1))
    build_site(tiny.root)
    after = stamps(tiny.root / "output")
    changed = {path for path in after if after[path] != before.get(path) and "sitemap" in path}
    assert changed == {"sitemap/2026-09.xml"}


def test_a_long_list_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sitemap holds at most 50,000 addresses; here it is two."""
    monkeypatch.setattr(site_files, "MAX_SITEMAP_ENTRIES", 2)
    posts = [post(number) for number in range(1, 6)]
    pages = list(site_files.plan_sitemap(catalog(*posts), site_meta()))
    counts = {page.path: len(page.inputs["entries"]) for page in pages if page.kind == "sitemap"}  # type: ignore[arg-type]
    assert {path: count for path, count in counts.items() if "2026-09" in path} == {
        "sitemap/2026-09.xml": 2,
        "sitemap/2026-09-1.xml": 2,
        "sitemap/2026-09-2.xml": 1,
    }
    assert pages[-1].inputs["parts"] == tuple(counts)


def test_an_edition_without_posts_has_a_sitemap(tiny: TinyEdition) -> None:
    """Of its other pages."""
    (tiny.root / "curation/notes/2026/erste-notiz.md").unlink()
    build_site(tiny.root)
    assert {f"{HOST}/", f"{HOST}/impressum.html"} <= set(read_sitemap(tiny.root / "output"))


def test_news_are_the_posts_of_two_days(tiny: TinyEdition) -> None:
    """If the policy wants them; advertisements are no news, and what gets older drops out without an edit."""
    tiny.yaml("policy", {**{key: value for key, value in POLICY.items() if key != "as_of"}, "news_sitemap": True})
    tiny.note("frisch", title="Frisch & neu", date="2026-10-13T08:00:00+02:00")
    tiny.essay("bezahlt", date="2026-10-13T09:00:00+02:00", disclosure={"kind": "sponsor"})
    build_site(tiny.root, as_of=datetime.fromisoformat(NOW))
    file = tiny.root / "output/sitemap/news.xml"
    assert [title.text for title in ET.parse(file).iter(f"{NEWS}title")] == ["Frisch & neu"]
    assert [name.text for name in ET.parse(file).iter(f"{NEWS}name")] == ["Weichenwerk"]
    assert f"Sitemap: {HOST}/sitemap/news.xml" in (tiny.root / "output/robots.txt").read_text()
    tiny.note("noch-eine", date="2026-10-13T10:00:00+02:00")
    build_site(tiny.root, as_of=datetime.fromisoformat(NOW))
    assert len(list(ET.parse(file).iter(f"{NEWS}title"))) == 2
    build_site(tiny.root, as_of=datetime(2026, 10, 15, 6, 30, tzinfo=UTC))
    assert len(list(ET.parse(file).iter(f"{NEWS}title"))) == 1
    build_site(tiny.root, as_of=datetime(2026, 10, 15, 6, 30, tzinfo=UTC), output=tiny.root / "var/whole")
    assert differences(site(tiny.root / "output"), site(tiny.root / "var/whole")) == {}


def test_mining_is_reserved_unless_the_policy_allows_it(tiny: TinyEdition) -> None:
    """For machines, in both ways that they read, and for people in words of the law (§ 44b (3) UrhG)."""
    build_site(tiny.root)
    robots, reservation = tiny.root / "output/robots.txt", tiny.root / "output/.well-known/tdmrep.json"
    assert "§ 44b Abs. 3 UrhG" in robots.read_text()
    assert "User-agent: *\nAllow: /\n" in robots.read_text()
    assert robots.read_text().index("User-agent: GPTBot") < robots.read_text().index("Disallow: /")
    assert json.loads(reservation.read_text()) == [{"location": "/", "tdm-reservation": 1}]
    tiny.yaml("policy", {**POLICY, "text_and_data_mining": "allowed"})
    build_site(tiny.root)
    assert robots.read_text() == f"User-agent: *\nAllow: /\n\nSitemap: {HOST}/sitemap.xml\n"
    assert json.loads(reservation.read_text()) == [{"location": "/", "tdm-reservation": 0}]


def test_weaknesses_are_reported_to_the_imprint_or_a_form(tiny: TinyEdition) -> None:
    """security.txt has what RFC 9116 requires: whom to tell, and until when that is true."""
    build_site(tiny.root)
    file = tiny.root / "output/.well-known/security.txt"
    lines = dict(line.split(": ", 1) for line in file.read_text().splitlines())
    assert lines["Contact"] == "mailto:redaktion@tiny.example"
    assert lines["Expires"] == "2027-09-01T00:00:00Z"
    assert lines["Canonical"] == f"{HOST}/.well-known/security.txt"
    tiny.yaml("policy", {**POLICY, "security_contact": "https://tiny.example/melden"})
    build_site(tiny.root)
    assert "Contact: https://tiny.example/melden\n" in file.read_text()
    tiny.yaml("policy", {**POLICY, "imprint": {"responsible": "Anna Berg"}})
    build_site(tiny.root)
    assert not file.exists()


@pytest.mark.parametrize(
    ("monday", "expires"),
    [
        (date(2026, 10, 12), date(2027, 9, 1)),
        (date(2026, 1, 5), date(2026, 12, 1)),
        (date(2026, 2, 2), date(2027, 1, 1)),
        (date(2026, 12, 28), date(2027, 11, 1)),
    ],
)
def test_security_txt_expires_within_a_year(monday: date, expires: date) -> None:
    """On the first of a month, which changes only with the month of a build's week."""
    assert find_expiry(monday) == expires


def test_icons_and_manifest_are_drawn_from_one_mark(tiny: TinyEdition) -> None:
    """Every page names them, and they exist."""
    build_site(tiny.root)
    output = tiny.root / "output"
    page = BeautifulSoup((output / "notizen/erste-notiz.html").read_bytes(), "html.parser")
    for relation in ("icon", "apple-touch-icon", "manifest"):
        for link in page.find_all("link", rel=relation):
            assert (output / "notizen" / str(link["href"])).resolve().is_file()
    manifest = json.loads((output / "manifest.webmanifest").read_text())
    assert manifest["name"] == "Weichenwerk"
    assert all((output / icon["src"]).is_file() for icon in manifest["icons"])
    image = feedparser.parse((output / "feed.xml").read_bytes()).feed.image
    with Image.open(output / image.href.rpartition("/")[2]) as picture:
        assert picture.size == (image.width, image.height)
    assert {meta["content"] for meta in page.find_all("meta", attrs={"name": "theme-color"})} == {"#fbfcfa", "#111917"}
    assert manifest["theme_color"] == "#fbfcfa"


def test_former_addresses_are_there_for_servers(tiny: TinyEdition) -> None:
    """As Netlify and Cloudflare read them, and as a map for nginx; none without an alias."""
    build_site(tiny.root)
    assert not (tiny.root / "output/_redirects").exists()
    tiny.essay("neu", aliases=["/alt.html", "früher/da"])
    build_site(tiny.root)
    assert (tiny.root / "output/_redirects").read_text().splitlines() == [
        "/alt.html /essays/neu.html 301",
        "/fr%C3%BCher/da /essays/neu.html 301",
        "/fr%C3%BCher/da/ /essays/neu.html 301",
    ]
    assert (tiny.root / "output/redirects.map").read_text().splitlines() == [
        '"/alt.html" "/essays/neu.html";',
        '"/früher/da" "/essays/neu.html";',
        '"/früher/da/" "/essays/neu.html";',
    ]


def test_a_site_in_a_folder_has_no_files_of_a_host(tiny: TinyEdition) -> None:
    """Nobody asks for /blog/robots.txt; redirects name the folder."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(settings.read_text().replace(f'"{HOST}"', f'"{HOST}/blog"'))
    tiny.essay("neu", aliases=["alt.html"])
    build_site(tiny.root)
    assert not (tiny.root / "output/robots.txt").exists()
    assert not (tiny.root / "output/.well-known").exists()
    assert (tiny.root / "output/_redirects").read_text() == "/blog/alt.html /blog/essays/neu.html 301\n"


def test_a_file_of_the_edition_takes_the_place_of_ours(tiny: TinyEdition) -> None:
    """An own robots.txt or icon stays as it is, before and after an edit; without it, ours is back."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(settings.read_text() + '\nSTATIC_PATHS = ["images", "media", "robots.txt"]\n')
    own = tiny.write("content/robots.txt", "User-agent: *\nDisallow: /geheim\n")
    build_site(tiny.root)
    tiny.note("zweite")
    build_site(tiny.root)
    assert (tiny.root / "output/robots.txt").read_text() == own.read_text()
    own.unlink()
    build_site(tiny.root)
    assert "Allow: /" in (tiny.root / "output/robots.txt").read_text()

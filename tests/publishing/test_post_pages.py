"""The page of a post around its text: player, rail, dates, author boxes, sharing, related posts."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.publishing.build_command import build_site
from tests.editions import PEOPLE, POLICY, TinyEdition
from tests.publishing.build.test_run import soup

PageOf = Callable[[str], BeautifulSoup]
ADDRESS = "https://weichenwerk.example/notizen/ampel-ohne-rot.html"
FOLDERS = ("notizen", "interviews", "gespraeche", "essays", "rueckblicke", "presseschau")
CONVERSATION = "\n\n".join(f"@anna-berg: Was ist der Grund Nummer {n}?\n\n@eva-falk: Der." for n in range(1, 5))


def words(tag: Tag | None) -> str:
    """Return an element's text with single spaces."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def stands_before(page: BeautifulSoup, first: str, second: str) -> bool:
    """Return whether the first element that matches one selector stands before that of another."""
    elements = page.select(f"{first}, {second}")
    return elements.index(page.select_one(first)) < elements.index(page.select_one(second))


def build(tiny: TinyEdition, path: str) -> BeautifulSoup:
    """Build the edition and return one of its pages."""
    build_site(tiny.root)
    return soup(tiny.root, path)


@pytest.mark.parametrize(
    "path", ["gespraeche/zwischenruf-1-uhrzeit.html", "gespraeche/weichenstellung-1-ausstieg.html"]
)
def test_a_recording_stands_under_the_title_and_lives_after_it(sample_page: PageOf, path: str) -> None:
    """Between title and player is the summary alone; who speaks, the chapters and the text come after the player."""
    page = sample_page(path)
    player = ".player" if page.select_one(".player") else ".embed"
    between = [element for element in page.h1.find_all_next() if element in page.select(f"p, nav, {player}")]
    assert between[0]["class"] == ["deck", "p-summary"]
    assert between[1] is page.select_one(player) or between[1] in page.select_one(player).find_all("p")
    for later in (".partners", ".chapters", ".byline", ".prose"):
        assert stands_before(page, player, later)


def test_a_guest_is_introduced_with_all_of_their_life(tiny: TinyEdition) -> None:
    """Portrait or monogram, role, the whole of the bio, links; whoever asks has the box below the text."""
    links = {"site": "https://eva.example/", "mastodon": "https://social.example/@eva"}
    guest = PEOPLE[2] | {"bio": "Erster Satz. Zweiter Satz.", "links": links}
    host = PEOPLE[0] | {"bio": "Sie fragt. Und fragt nach."}
    tiny.yaml("people", [host, PEOPLE[1], guest])
    tiny.interview("haus")
    page = build(tiny, "interviews/haus.html")
    partner = page.select_one(".partner")
    assert words(partner.select_one(".p-note")) == "Erster Satz. Zweiter Satz."
    assert [link["href"] for link in partner.select(".links a")] == list(links.values())
    assert not partner.select("[rel]")
    assert words(partner.select_one(".portrait.monogram")) == "EF"
    (box,) = page.select(".signature")
    assert (words(box.select_one(".p-name")), words(box.select_one(".p-note"))) == (
        "Anna Berg",
        "Sie fragt. Und fragt nach.",
    )


def test_everybody_who_signed_has_a_box(tiny: TinyEdition) -> None:
    """Two authors have two boxes below the text; one who has neither bio nor portrait has name and role."""
    tiny.note("zwei", authors=["anna-berg", "carl-dorn"])
    boxes = build(tiny, "notizen/zwei.html").select(".post-side .signature")
    assert [words(box) for box in boxes] == ["AB Anna Berg Kuratorin", "CD Carl Dorn Kurator"]


def test_every_date_says_what_it_is(tiny: TinyEdition) -> None:
    """Published, changed, the day of a talk, and that of the original."""
    original = {"url": "https://amtsblog.example/x", "title": "X", "publication": "Amtsblog", "published": "2026-09-03"}
    tiny.note("neu", modified="2026-10-02T08:00:00+02:00", bookmark_of=[original])
    event = {"start": "2026-09-18T17:00:00+02:00", "end": "2026-09-18T18:00:00+02:00", "mode": "online"}
    tiny.talk("abend", event=event, body="Es war schön.")
    page = build(tiny, "notizen/neu.html")
    assert words(page.select_one(".byline")).endswith("Veröffentlicht am 1. Oktober 2026 Geändert am 2. Oktober 2026")
    assert "Erschienen am 3. September 2026" in words(page.select_one(".credit"))
    talk = soup(tiny.root, "gespraeche/abend.html")
    assert words(talk.select_one(".facts .event")).startswith("Gespräch am 18. September 2026 17:00–18:00 Uhr MESZ")
    assert "Veröffentlicht am 1. Oktober 2026" in words(talk.select_one(".facts"))


@pytest.mark.parametrize(
    ("summary", "is_shown"),
    [(None, False), ("Der erste Satz steht hier.", False), ("Der erste", False), ("Der erst", True), ("Etwas.", True)],
)
def test_no_words_are_read_twice(tiny: TinyEdition, summary: str | None, *, is_shown: bool) -> None:
    """A summary that is the beginning of the text is not shown above it, but parsers find it."""
    tiny.note("neu", body="Der erste Satz steht hier. Der zweite nicht.", summary=summary)
    page = build(tiny, "notizen/neu.html")
    assert bool(page.select_one(".deck")) == is_shown
    (for_parsers,) = page.select(".post > .post-head > .p-summary")
    assert (for_parsers.get("value") or for_parsers.text) == (summary or "Der erste Satz steht hier.")
    assert page.find("meta", attrs={"name": "description"})["content"] == (summary or "Der erste Satz steht hier.")


def test_a_summary_that_was_cut_is_not_read_twice(tiny: TinyEdition) -> None:
    """The first sentence is too long for a summary: its beginning stands in the text alone."""
    tiny.note("lang", body="Wort " * 80 + "Ende.")
    page = build(tiny, "notizen/lang.html")
    assert page.select_one("data.p-summary")["value"].endswith(" …")
    assert not page.select(".deck")


def test_related_posts_say_when_what_where_and_by_whom(sample_page: PageOf) -> None:
    """The whole date, format and outlet stand above the title; nothing is in a box but what is paid for."""
    page = sample_page("notizen/ampel-ohne-rot.html")
    posts = page.select(".related-post")
    entries = [[words(part) for part in post.find_all(True, recursive=False)] for post in posts]
    title = "Abschalten gehört in die Zielvereinbarung"
    assert ["25. September 2026 Notiz Rathauspost", title, "Marlene Vogt"] in entries
    assert not page.select(".related .language")


def test_a_post_can_be_shared_without_a_script(sample_page: PageOf) -> None:
    """Links carry title and address; what needs the script is hidden, and no host of others is asked."""
    page = sample_page("notizen/ampel-ohne-rot.html")
    share = page.select_one(".share")
    links = {words(link): urlsplit(link["href"]) for link in share.select("li:not([hidden]) a")}
    assert {name: url.netloc for name, url in links.items()} == {
        "Mail": "",
        "Bluesky": "bsky.app",
        "LinkedIn": "www.linkedin.com",
        "XING": "www.xing.com",
    }
    assert parse_qs(links["Mail"].query) == {"subject": ["Eine Ampel, die nie Rot zeigt"], "body": [ADDRESS]}
    assert parse_qs(links["Bluesky"].query) == {"text": [f"Eine Ampel, die nie Rot zeigt {ADDRESS}"]}
    assert parse_qs(links["LinkedIn"].query) == parse_qs(links["XING"].query) == {"url": [ADDRESS]}
    hidden = share.select("li[hidden]")
    assert {element.name for item in hidden for element in item.select("button, form, .share-mastodon")} == {
        "button",
        "form",
        "a",
    }
    assert not share.select("li:not([hidden]) button, img, iframe, script")


def test_what_is_shared_is_labelled_and_unharmed(tiny: TinyEdition) -> None:
    """What is paid for says so first; marks that mean something in HTML or in an address arrive as they are."""
    tiny.note("neu", title='R&D: "50 %" <b> + ?', disclosure={"kind": "sponsor", "text": "Die Pumpen AG zahlt."})
    share = build(tiny, "notizen/neu.html").select_one(".share")
    titled = 'Anzeige: R&D: "50 %" <b> + ?'
    mail = urlsplit(share.select_one("a[href^=mailto]")["href"])
    assert parse_qs(mail.query)["subject"] == [titled]
    assert share["data-text"] == titled


def test_an_answer_goes_to_who_signed(tiny: TinyEdition) -> None:
    """To the authors' own addresses, else to the editors'; without any there is no such link."""
    tiny.note("carls", authors=["carl-dorn"], title="Eins & zwei")
    tiny.yaml("people", [PEOPLE[0] | {"email": "anna@tiny.example"}, *PEOPLE[1:]])
    own = build(tiny, "notizen/erste-notiz.html").select_one(".reply a")["href"]
    assert own.startswith("mailto:anna@tiny.example?subject=Antwort")
    reply = urlsplit(soup(tiny.root, "notizen/carls.html").select_one(".reply a")["href"])
    assert reply.path == "redaktion@tiny.example"
    assert parse_qs(reply.query) == {"subject": ["Antwort: Eins & zwei"]}
    tiny.yaml("policy", POLICY | {"imprint": {"responsible": "Anna Berg"}})
    assert not build(tiny, "notizen/carls.html").select(".reply")


def test_the_rail_of_a_long_conversation(tiny: TinyEdition) -> None:
    """Forty chapters and all questions are folded ways into the text, each list once on the page."""
    chapters = [{"start": f"{minute}:00", "title": f"Kapitel {minute}"} for minute in range(40)]
    audio = {"url": "https://ton.example/1.mp3", "duration": "1:00:00"}
    tiny.interview("lang", body=CONVERSATION, media={"audio": audio, "chapters": chapters})
    page = build(tiny, "interviews/lang.html")
    (rail,) = page.select("aside.rail")
    assert [words(summary) for summary in rail.select("summary")] == ["40 Kapitel", "4 Fragen"]
    assert not rail.select("details[open]")
    assert len(rail.select(".chapters li")) == 40
    assert len(rail.select(".questions li")) == len(page.select(".turn-question")) == 4
    assert all(page.find(id=link["href"].removeprefix("#")) for link in rail.select(".questions a"))


def test_a_rail_shows_only_what_there_is(tiny: TinyEdition) -> None:
    """An interview without questions that has no topic has no way into its text, and nothing that is empty."""
    tiny.interview("kurz", body="@eva-falk: Ich sage nur dies.", topics=[])
    page = build(tiny, "interviews/kurz.html")
    assert not page.select(".rail-part, .rail-more > *, .skim-view, .post-topics")


def test_a_hidden_post_is_not_shared(tiny: TinyEdition) -> None:
    """Only those who were given its address read it: it says how to answer, not how to pass it on or follow."""
    tiny.note("geheim", status="hidden")
    page = build(tiny, "notizen/geheim.html")
    assert not page.select(".share, .follow, .feed:not(footer.colophon *), script[src*='/share.']")
    assert page.select_one(".reply")


def test_an_english_post_is_framed_in_german(tiny: TinyEdition) -> None:
    """Rail, dates and share are in the site's language and marked so; the contents are in the post's."""
    body = "\n\n".join(f"## Part {n}\n\nWords of part {n}." for n in range(1, 4))
    tiny.essay("long", lang="en", body=body)
    page = build(tiny, "essays/long.html")
    assert page.select_one(".rail")["lang"] == page.select_one(".post-side")["lang"] == "de"
    assert page.select_one(".facts")["lang"] == "de"
    assert page.select_one(".contents ol")["lang"] == "en"
    assert words(page.select_one(".contents summary")) == "Inhalt"


def test_a_site_in_a_folder_shares_its_whole_address(tiny: TinyEdition) -> None:
    """Under a sub-path the shared address has the folder, and links of the rail stay relative."""
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", settings.replace("https://weichenwerk.example", "https://host.example/blog"))
    page = build(tiny, "notizen/erste-notiz.html")
    assert page.select_one(".share")["data-address"] == "https://host.example/blog/notizen/erste-notiz.html"
    assert page.select_one(".rail .line a")["href"] == "../themen/transformation.html"


def test_pages_of_posts_stay_light(sample_output: Path) -> None:
    """No page of a post has more than 30 KB of HTML, but for the words of a conversation and their data."""
    sizes = {}
    for path in [path for folder in FOLDERS for path in (sample_output / folder).glob("*.html")]:
        page = BeautifulSoup(path.read_bytes(), "html.parser")
        spoken = page.select(".post-interview .prose, .post-talk .prose, [type='application/ld+json']")
        sizes[path.name] = path.stat().st_size - sum(len(str(part).encode()) for part in spoken)
    assert len(sizes) > 30
    assert {name: size for name, size in sizes.items() if size > 30_000} == {}

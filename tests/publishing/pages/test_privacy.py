import re

from bs4 import BeautifulSoup, Tag

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.pages.privacy import STORED_KEYS
from tests.editions import POLICY, REPOSITORY, TinyEdition


def read_block(tiny: TinyEdition) -> Tag:
    """Return the block of the built privacy page."""
    block = BeautifulSoup((tiny.root / "output/datenschutz.html").read_bytes(), "html.parser").select_one(".privacy")
    assert block
    return block


def test_the_page_names_every_key_that_a_script_stores() -> None:
    """A script that stores something new adds a line to STORED_KEYS, or fails here."""
    scripts = [path.read_text("utf-8") for path in sorted((REPOSITORY / "theme/static/js").glob("*.js"))]
    stored = {key for script in scripts for key in re.findall(r'KEY = "([^"]+)"', script)}
    assert stored == {stored_key.key for stored_key in STORED_KEYS}
    for script in scripts:
        assert set(re.findall(r"(?:local|session)Storage\.\w+Item\((\w+)", script)) <= {"KEY"}, "name it KEY"
        assert "document.cookie" not in script


def test_the_privacy_page_names_whom_readers_can_load(tiny: TinyEdition) -> None:
    """The hosts of the providers that the policy allows, with their pages on privacy; who has no frame is left out."""
    tiny.yaml("policy", POLICY | {"embeds": ["youtube", "mastodon", "zdf"]})
    tiny.page("datenschutz", body="Davor.\n\n[[privacy]]\n\nDanach.")
    build_site(tiny.root)
    block = read_block(tiny)
    providers = [" ".join(item.get_text().split()) for item in block.select("h3 + ul:not(:empty) li")]
    assert providers == [
        "Mastodon: der Host, den der Kasten nennt, mit eigener Datenschutzerklärung",
        "YouTube: www.youtube-nocookie.com Datenschutzerklärung von YouTube",
    ]
    assert [link["href"] for link in block.select("a")] == ["https://policies.google.com/privacy"]
    assert [code.get_text() for code in block.select("code")] == [key.key for key in STORED_KEYS]


def test_a_site_without_embeds_says_so(tiny: TinyEdition) -> None:
    """Then there is nothing to withdraw, and no script for it."""
    tiny.yaml("policy", {key: value for key, value in POLICY.items() if key != "embeds"})
    tiny.page("datenschutz", body="[[privacy]]")
    build_site(tiny.root)
    block = read_block(tiny)
    assert "Von niemandem: Diese Seite bettet nichts ein." in block.get_text()
    assert not block.select("script, [data-button]")


def test_the_privacy_page_follows_the_policy_and_not_the_posts(tiny: TinyEdition) -> None:
    """A new post with an embed leaves it alone; another provider in the policy is named by the next build."""
    tiny.page("datenschutz", body="[[privacy]]")
    build_site(tiny.root)
    page = tiny.root / "output/datenschutz.html"
    written = page.stat().st_mtime_ns
    tiny.note("film", body="Sehenswert, weil es einfach ist.\n\n[[youtube:dQw4w9WgXcQ]]")
    build_site(tiny.root)
    assert page.stat().st_mtime_ns == written
    tiny.yaml("policy", POLICY | {"embeds": [*POLICY["embeds"], "spotify"]})
    build_site(tiny.root)
    assert "open.spotify.com" in read_block(tiny).get_text()

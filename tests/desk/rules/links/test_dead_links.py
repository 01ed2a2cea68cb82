from __future__ import annotations

import pytest

from kuratorium.desk import check
from kuratorium.publishing.urls import Paths
from tests.editions import TinyEdition


@pytest.mark.parametrize(
    ("link", "is_dead"),
    [
        ("[x](nirgends.md)", True),
        ("[x](nirgends.html)", True),
        ("![x](nirgends.png)", True),
        ("[x](blatt.example/a)", True),
        ("[x](/notizen/nirgends.html)", True),
        ("[x](../curation/policy.yaml)", True),
        ("[x](erste-notiz.html)", True),
        ("[x](../notizen/erste-notiz.html)", False),
        ("[x](notizen/erste-notiz.html)", True),
        ("[x](impressum.html)", True),
        ("[x](/impressum)", True),
        ("[x](erste-notiz)", True),
        ("[x](../impressum.html)", False),
        ("[x](content/pages/impressum.md)", False),
        ("[x](2020)", False),
        ("[3]: Dritte Strophe", False),
        ('[x](<../pages/impressum.md> "T")', False),
        ("[x](/notizen/erste-notiz.html#a)", False),
        ("[x](../notizen/frueher.html)", False),
        ("[x](../themen/open-source.html)", False),
        ("[x](../kalender.ics)", False),
        ("[x](../pages/impressum.md)", False),
        ("[x](www.blatt.example)", False),
        ("[x](anna@blatt.example)", False),
        ("`[x](nirgends.md)`", False),
        ("[x](https://weichenwerk.example/notizen/nirgends.html)", True),
        ("[x](<http://Weichenwerk.example/nirgends.html>)", True),
        ("[x](//weichenwerk.example/nirgends)", True),
        ("<https://weichenwerk.example/nirgends.html>", True),
        ('<a href="https://weichenwerk.example/nirgends.html?a=1#b">x</a>', True),
        ("[x][1]\n\n[1]: https://weichenwerk.example/nirgends.html", True),
        ("[x](https://weichenwerk.example)", False),
        ("[x](https://weichenwerk.example/#a)", False),
        ("[x](https://weichenwerk.example/notizen/erste-notiz.html)", False),
        ("[x](https://weichenwerk.example/feed.xml)", False),
        ("[x](https://amt.weichenwerk.example/nirgends.html)", False),
        ("[x](https://weichenwerk.example.amt.example/nirgends.html)", False),
        ("[x](https://weichenwerk.example:8080/nirgends.html)", False),
        ("[x](https://weichenwerk.example:443/nirgends.html)", True),
        ("<a href=/nirgends.html>x</a>", True),
        ("[x](/themen/nirgends.html)", True),
        ("[x](../menschen/niemand.html)", True),
        ("[x](/reihen/keine.html)", True),
        ("[x](/themen/open-source.xml)", False),
        ("[x](/themen/open-source/notizen.html)", False),
        ("[x](/menschen/anna-berg.html)", False),
        ("[x](/reihen/abend.html)", False),
        ("[x](/themen/seite/1.html)", False),
        ("[x](/404.html)", False),
    ],
)
def test_a_link_that_leads_nowhere_is_a_warning(tiny: TinyEdition, link: str, is_dead: bool) -> None:
    """Files, pages of posts, lists and former addresses exist; all else is reported with its line, once."""
    tiny.note("alias", aliases=["notizen/frueher.html"], series={"id": "abend", "position": 1})
    tiny.essay("verweist", body=f"Erstens.\n\nSiehe {link}.")
    result = check.run_checks(tiny.root, build_paths=Paths)
    assert result.errors == ()
    line = 13 if "[1]" in link else 11
    assert [(problem.file, problem.line) for problem in result.warnings] == (
        [("content/essays/verweist.md", line)] if is_dead else []
    )


def test_a_draft_may_have_dead_links(tiny: TinyEdition) -> None:
    """It is not finished."""
    tiny.essay("entwurf", body="[x](nirgends.md)", status="draft")
    assert check.run_checks(tiny.root).warnings == ()


@pytest.mark.parametrize(
    ("address", "is_dead"),
    [
        ("https://amt.example/netz/impressum.html", False),
        ("/netz/impressum.html", False),
        ("/impressum.html", False),
        ("https://amt.example/netz", False),
        ("https://amt.example/netz/nirgends.html", True),
        ("https://amt.example/netzwerk/nirgends.html", False),
        ("https://amt.example/nirgends.html", False),
    ],
)
def test_a_site_may_be_a_folder_of_its_host(tiny: TinyEdition, address: str, is_dead: bool) -> None:
    """What is outside of the folder is another site; within the host, a link may name the folder or not."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(settings.read_text().replace("https://weichenwerk.example", "https://amt.example/netz/"))
    tiny.essay("verweist", body=f"Siehe [x]({address}).")
    assert len(check.run_checks(tiny.root, build_paths=Paths).warnings) == is_dead


@pytest.mark.parametrize(
    "address",
    [
        *("{}.html", "./{}.html", "../essays/{}.html", "/essays/{}.html", "/essays/{}.html?a=1#b", "{}.txt"),
        *("https://weichenwerk.example/essays/{}.html", "//weichenwerk.example/essays/{}.html", "/kurz/{}"),
    ],
)
def test_a_link_by_address_to_a_withheld_post_is_a_warning(tiny: TinyEdition, address: str) -> None:
    """A draft or a post of a later date has no page, whatever leads to it: its file, its address, an alias."""
    tiny.essay("entwurf", status="draft", aliases=["kurz/entwurf"])
    tiny.essay("bald", date="2026-12-01T08:00:00+01:00", aliases=["kurz/bald"])
    tiny.essay("frei", aliases=["kurz/frei"])
    links = [f"[x]({address.format(slug)})" for slug in ("frei", "entwurf", "bald")]
    tiny.essay("verweist", body="\n\n".join(links))
    found = [
        (problem.line, problem.message.partition(",")[0])
        for problem in check.run_checks(tiny.root, build_paths=Paths).warnings
    ]
    assert found == [(11, "link to a draft"), (13, "link to a post of a later date (2026-12-01)")]


def test_a_later_post_links_to_an_earlier_one_by_address(tiny: TinyEdition) -> None:
    """When it appears, both have a page; so they have if the other one is published."""
    tiny.essay("bald", date="2026-12-01T08:00:00+01:00")
    tiny.essay("danach", date="2026-12-02T08:00:00+01:00", body="Siehe [x](bald.html).")
    assert check.run_checks(tiny.root, build_paths=Paths).warnings == ()

from kuratorium.publishing.urls import Paths, path_to_root, tag_slug
from tests.publishing.makers import ADA, OPEN


def test_addresses_speak_the_language_of_the_site() -> None:
    """Sites in de and de-at have German addresses, all others English ones."""
    assert Paths("de-at").post("note", "x") == "notizen/x.html"
    assert Paths("de-at").topics() == "themen.html"
    assert Paths("de").post("note", "x") == "notizen/x.html"
    assert Paths("en").post("note", "x") == "notes/x.html"
    assert Paths("fr").topic(OPEN) == "topics/offen.html"
    assert Paths("de").person(ADA) == "menschen/ada.html"


def test_older_pages_of_two_lists_never_share_an_address() -> None:
    """Page 3 of "Thema 36" is not "Thema 363" (in Pelican's own pattern they collide)."""
    paths = Paths("de")
    assert paths.list_page("themen/thema-36.html", 3) == "themen/thema-36/seite/3.html"
    assert paths.list_page("themen/thema-36.html", 3) != paths.list_page("themen/thema-363.html", 1)


def test_tags_without_latin_letters_have_addresses_too() -> None:
    """The address of a tag in another script has a digest, so that no two tags share one."""
    assert tag_slug("Öffentliche Hand") == "oeffentliche-hand"
    assert tag_slug("日本") != tag_slug("中国")
    assert tag_slug("日本").isascii()


def test_no_two_tags_share_an_address_because_a_slug_has_few_letters() -> None:
    """C++, C# and C are three tags, as are tags that differ only in another script; case makes no difference."""
    tags = ["C", "C++", "C#", "日本 2026", "中国 2026", "2026", "🚂", "🚃"]
    assert len({tag_slug(tag) for tag in tags}) == len(tags)
    assert tag_slug("c++") == tag_slug("C++")
    assert (tag_slug("#Vor10Jahren"), tag_slug("IT & Recht – kurz")) == ("vor10jahren", "it-recht-kurz")


def test_the_address_of_a_tag_is_short_enough_for_a_file() -> None:
    """A long name in any script gives an address of less than 120 characters."""
    assert len(tag_slug("非常に長いタグ" * 40)) < 120
    assert len(tag_slug("lang" * 100 + "日")) < 120


def test_the_way_back_to_the_root() -> None:
    """Each folder of a path is one step up to the root."""
    assert path_to_root("index.html") == ""
    assert path_to_root("themen/x/seite/2.html") == "../../../"

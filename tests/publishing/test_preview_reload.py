from kuratorium.publishing import preview
from kuratorium.publishing.preview import ReloadNotifier


def concerned(state: ReloadNotifier, page: str, since: int) -> bool:
    """Whether a page of build number `since` reloads."""
    return state._affects_page(page, since)


def test_only_pages_that_a_build_changed_reload() -> None:
    """Others stay as they are, till a build changes them, too."""
    state = ReloadNotifier()
    since = state.build_number
    state.record_build({"a.html", "feed.xml"})
    assert concerned(state, "a.html", since)
    assert not concerned(state, "b.html", since)
    assert not concerned(state, "a.html", state.build_number)
    state.record_build({"b.html"})
    assert concerned(state, "b.html", since)


def test_a_style_sheet_concerns_every_page() -> None:
    """So do pictures and whatever else is no page."""
    state = ReloadNotifier()
    since = state.build_number
    state.record_build({"theme/css/base.css"})
    assert concerned(state, "b.html", since)


def test_a_problem_shows_on_every_page_and_goes_from_every_page() -> None:
    """When it comes and when it is mended all pages reload; while it stays none does for it."""
    state = ReloadNotifier()
    since = state.build_number
    state.record_build((), "kaputt")
    assert concerned(state, "a.html", since)
    since = state.build_number
    state.record_build((), "kaputt")
    assert not concerned(state, "a.html", since)
    state.record_build(())
    assert concerned(state, "a.html", since)


def test_a_page_older_than_all_that_is_remembered_reloads() -> None:
    """So does one of a preview that ended before this one began."""
    state = ReloadNotifier()
    since = state.build_number
    assert concerned(state, "a.html", since - 1)
    for _ in range(preview._KEPT_BUILDS + 5):
        state.record_build({"b.html"})
    assert concerned(state, "a.html", since)
    assert not concerned(state, "a.html", state.build_number - 3)

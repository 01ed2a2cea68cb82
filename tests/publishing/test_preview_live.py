from kuratorium.publishing import preview
from kuratorium.publishing.preview import State


def concerned(state: State, page: str, since: int) -> bool:
    """Whether a page of build number `since` reloads."""
    return state._concerns(page, since)


def test_only_pages_that_a_build_changed_reload() -> None:
    """Others stay as they are, till a build changes them, too."""
    state = State()
    since = state.builds
    state.built({"a.html", "feed.xml"})
    assert concerned(state, "a.html", since)
    assert not concerned(state, "b.html", since)
    assert not concerned(state, "a.html", state.builds)
    state.built({"b.html"})
    assert concerned(state, "b.html", since)


def test_a_style_sheet_concerns_every_page() -> None:
    """So do pictures and whatever else is no page."""
    state = State()
    since = state.builds
    state.built({"theme/css/base.css"})
    assert concerned(state, "b.html", since)


def test_a_problem_shows_on_every_page_and_goes_from_every_page() -> None:
    """When it comes and when it is mended all pages reload; while it stays none does for it."""
    state = State()
    since = state.builds
    state.built((), "kaputt")
    assert concerned(state, "a.html", since)
    since = state.builds
    state.built((), "kaputt")
    assert not concerned(state, "a.html", since)
    state.built(())
    assert concerned(state, "a.html", since)


def test_a_page_older_than_all_that_is_remembered_reloads() -> None:
    """So does one of a preview that ended before this one began."""
    state = State()
    since = state.builds
    assert concerned(state, "a.html", since - 1)
    for _ in range(preview._KEPT + 5):
        state.built({"b.html"})
    assert concerned(state, "a.html", since)
    assert not concerned(state, "a.html", state.builds - 3)

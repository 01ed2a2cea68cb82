from kuratorium.publishing import preview
from kuratorium.publishing.preview import ReloadNotifier


def reloads(notifier: ReloadNotifier, page: str, since: int) -> bool:
    """Return whether a page of build number `since` reloads."""
    return notifier._affects_page(page, since)


def test_only_pages_that_a_build_changed_reload() -> None:
    """Other pages stay as they are until a build changes them, too."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build({"a.html", "feed.xml"})
    assert reloads(notifier, "a.html", since)
    assert not reloads(notifier, "b.html", since)
    assert not reloads(notifier, "a.html", notifier.build_number)
    notifier.record_build({"b.html"})
    assert reloads(notifier, "b.html", since)


def test_a_changed_style_sheet_reloads_every_page() -> None:
    """Pictures and all other files that are not pages do so, too."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build({"theme/css/base.css"})
    assert reloads(notifier, "b.html", since)


def test_a_problem_shows_on_every_page_and_goes_from_every_page() -> None:
    """When a problem appears and when it is solved all pages reload; while it stays the same, none does."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build((), "kaputt")
    assert reloads(notifier, "a.html", since)
    since = notifier.build_number
    notifier.record_build((), "kaputt")
    assert not reloads(notifier, "a.html", since)
    notifier.record_build(())
    assert reloads(notifier, "a.html", since)


def test_a_page_older_than_all_builds_on_record_reloads() -> None:
    """So does a page that an earlier preview delivered."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    assert reloads(notifier, "a.html", since - 1)
    for _ in range(preview._MAX_RECENT_BUILDS + 5):
        notifier.record_build({"b.html"})
    assert reloads(notifier, "a.html", since)
    assert not reloads(notifier, "a.html", notifier.build_number - 3)

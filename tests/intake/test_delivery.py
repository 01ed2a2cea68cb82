from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kuratorium.compare_and_swap import apply_changes
from kuratorium.edition import frontmatter
from kuratorium.edition.curation import Source, Topic
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.edition.registry import Registry
from kuratorium.intake import delivery, identity, inbox, inbox_index
from kuratorium.intake.archive import Archive
from kuratorium.intake.delivery import KnownEntries
from kuratorium.intake.inbox import InboxContext
from kuratorium.intake.parsers import dates, dispatch, names
from kuratorium.intake.parsers.model import Entry, Feed
from kuratorium.intake.schedule import SourceState
from tests.intake.conftest import NOW, Desk

SOURCE = Source(id="blog", name="Blog: «#1» – 'it'", feed="blog.json", site="https://blog.example/", topics=("amt",))
CONTEXT = InboxContext(
    registry=Registry(
        sources={"blog": SOURCE}, people={}, topics={"amt": Topic(id="amt", name="Amt", keywords=("a",))}, policy=None
    ),
    now=NOW,
    translations=NullTranslations(),
)
STATE = SourceState(address="blog.json")
HOSTILE = st.one_of(
    st.text(),
    st.text("./\\~:#-'\"&<>|%{}[]!,?*\n\r\t\0 ", max_size=40),
    st.sampled_from([
        "---", "...", "- - -", "!!python/object:os.system", "&a *a", "null", "~", "true", "2026-10-14", "0x1f", "1e5",
        "../../../etc/passwd", "..\\..\\x", "/etc/passwd", "CON", "NUL.txt", ".git/config", "a\x00b", "\u202egpj.exe",
        "<script>alert(1)</script>", "title: x\nuid: y", "---\n\nBody", "\ufeff\u2028\u2029\x85", "é" * 300, "🙂" * 90,
        "https://user:pw@evil.example/", "javascript:alert(1)", "//evil.example/x", "http://[::1", "data:text/html,x",
        "http://exa mple/", "https://blog.example/'\"#: ,[]{}", "https://blog.example/a: #b",
    ]),
)  # fmt: skip
DATES = st.one_of(
    HOSTILE,
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.sampled_from(["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "2026-10-14T25:00:00Z"]),
)
ITEMS = st.fixed_dictionaries(
    {"title": HOSTILE, "content_text": HOSTILE},
    optional={
        "id": HOSTILE, "url": HOSTILE, "date_published": DATES, "language": HOSTILE,
        "tags": st.lists(HOSTILE, max_size=2),
        "authors": st.lists(st.fixed_dictionaries({"name": HOSTILE}), max_size=2),
    },
)  # fmt: skip


@settings(max_examples=200)
@given(items=st.lists(ITEMS, min_size=1, max_size=4))
@example(items=[{"title": "a\ud800", "content_text": "\udfff", "id": "\ud800", "url": "https://blog.example/\ud800"}])
def test_every_inbox_file_reads_back_as_its_feed_says(items: list[dict[str, Any]]) -> None:
    """Whatever a feed says, its inbox files lie in curation/inbox, parse back to it and count as untouched.

    Planned again after everything was written, the same feed delivers nothing.
    """
    feed = dispatch.parse_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode())
    with tempfile.TemporaryDirectory() as folder, Archive(root := Path(folder)) as archive:
        planned = delivery.plan_delivery(SOURCE, feed, read_known_entries(root, archive), CONTEXT)
        apply_changes(delivery.list_changes(root, planned))
        written = sorted(path for path in root.rglob("*") if path.is_file() and "var" not in path.parts)
        inbox_paths = [path for path in written if path.parent == root / "curation/inbox"]
        assert set(written) - set(inbox_paths) <= {root / "curation/seen/blog.txt"}
        assert len(inbox_paths) == planned.result.new == len(planned.inbox_files)
        usable = [entry for entry in feed.entries if inbox.is_usable(entry, feed, SOURCE)]
        keys = identity.assign_keys("blog", usable)
        entries_by_key = dict(reversed(list(zip(keys, usable, strict=True))))
        for path in inbox_paths:
            check_inbox_file(path, entries_by_key, feed)
        archive.store_pull_results(
            {"blog": (archive.read_states().get("blog") or STATE, planned.entries_to_archive)}, "2026-10-14"
        )
        repeated = delivery.plan_delivery(SOURCE, feed, read_known_entries(root, archive), CONTEXT)
        assert (repeated.inbox_files, repeated.seen_text, repeated.entries_to_archive) == ((), "", ())


@pytest.mark.parametrize("day", ["2026-10-06", "2026-10", "2026-W41", "2026-279", "6. Oktober 2026"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_day_without_a_time_gets_none(day: str, zone: str, tmp_path: Path) -> None:
    """A day that a feed writes without a time is that day in the item and in its work, from its first moment on."""
    item = f"<item><title>Amt</title><link>https://blog.example/1</link><pubDate>{day}</pubDate></item>"
    feed = dispatch.parse_feed(f'<rss version="2.0"><channel><title>Blog</title>{item}</channel></rss>'.encode())
    context = replace(CONTEXT, now=NOW.astimezone(ZoneInfo(zone)))
    with Archive(tmp_path) as archive:
        (file,) = delivery.plan_delivery(SOURCE, feed, read_known_entries(tmp_path, archive), context).inbox_files
    meta, _ = frontmatter.parse_front_matter(file.path, file.text, InboxFrontMatter)
    assert meta.date
    assert meta.date.astimezone(ZoneInfo(zone)).isoformat()[10:19] == "T00:00:00"
    assert meta.bookmark_of[0].published == meta.date.astimezone(ZoneInfo(zone)).date()


def read_known_entries(root: Path, archive: Archive) -> KnownEntries:
    """Read what is known of the edition at `root`."""
    return KnownEntries(root, archive, {}, inbox_index.build_index(root, {}))


def check_inbox_file(path: Path, entries_by_key: dict[str, Entry], feed: Feed) -> None:
    """Check that an inbox file says what its entry says, and that the index finds it."""
    text = path.read_text("utf-8")
    meta, parts = frontmatter.parse_front_matter(path.name, text, InboxFrontMatter)
    (work,) = meta.bookmark_of
    entry = entries_by_key[work.item]
    assert parts.body.strip() == ""
    assert meta.title == work.title == inbox.choose_title(entry, SOURCE)
    assert work.url == inbox.choose_address(entry, feed, SOURCE)
    assert work.authors == names.limit_names(entry.authors)
    is_plausible = entry.date is not None and entry.date <= NOW + timedelta(days=1)
    if entry.date is None or not is_plausible:
        assert work.published is None
    else:
        moment = dates.localize(entry.date, entry.utc_offset, NOW.tzinfo)
        assert work.published == dates.get_written_day(moment, entry.utc_offset, NOW.tzinfo)
    assert inbox.is_untouched(text, None, CONTEXT)
    item = inbox_index.parse_item(path.name, text.encode(), {})
    assert item
    assert (item.uid, item.entry_key, item.source_id) == (meta.uid, work.item, "blog")


def test_the_day_of_a_source_without_an_offset(desk: Desk) -> None:
    """A local time of a feed is that of its source: the day stays as it is written, in every zone."""
    item = "<item><title>x</title><link>https://a.example/1</link><pubDate>12.10.2026 - 23:30 Uhr</pubDate></item>"
    desk.write("blog.xml", f'<rss version="2.0"><channel><title>Blog</title>{item}</channel></rss>')
    sources = ({"zone": "America/New_York"}, {"lang": "de"}, {"lang": "en"})
    desk.follow(*({"id": f"blog-{number}", "feed": "blog.xml", **rest} for number, rest in enumerate(sources)))
    desk.pull()
    days = [meta.bookmark_of[0].published for meta in desk.metas().values()]
    assert {str(day) for day in days} == {"2026-10-12"}

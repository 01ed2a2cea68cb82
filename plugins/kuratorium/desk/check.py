"""The rules that `kuratorium check` applies to curation/ and content/.

A new rule is one function and one line in CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..edition import loader, prose
from ..edition.fields import Violation
from ..edition.formats import get_format
from ..edition.labels import DISCLOSURES
from ..edition.loader import Edition
from ..edition.markdown.leftovers import check_leftovers
from ..edition.model import PostFile, StandalonePage
from ..edition.paths import require_content_folder, scan_visible_files
from ..edition.pictures import hints
from ..edition.registry import Registry, find_removed_fields
from ..edition.rules import body, conversation, media, works
from ..edition.rules.links import find_links
from ..edition.settings import SettingsFile, SiteSettings, read_settings_file
from ..edition.transcripts import attachment
from ..errors import EditionError, Problem
from ..local_time import find_day
from ..translations import read_translations
from . import inbox
from .inbox import InboxItem
from .rules import dates, files, moved_events, moved_items, standalone_pages
from .rules.addresses import SitePaths, check_gone_addresses, was_other_site
from .rules.anchors import ConverterBuilder, check_anchors
from .rules.feeds import check_feeds
from .rules.former_site import AddressLister, check_former_site
from .rules.intros import check_intros
from .rules.last_commit import list_new_files, read_former_files
from .rules.links import check_dead_links, check_links_to_withheld
from .rules.odd_links import find_odd_links
from .rules.recordings import check_audio_type, check_captions
from .rules.site_pages import SitePages, build_site_pages
from .rules.written_values import check_written_values
from .word_count import WordCount, check_quote_budget, count_note_words

Level = Literal["error", "warning"]


class CheckInput(Struct, frozen=True, dict=True):
    """What the rules check: the edition, the inbox, and the problems found while reading them.

    `settings` are those of pelicanconf.py, which runs once for all rules. Without the site's `paths` no links are
    looked up; without them or `now` no addresses are compared. `former_files` are those that changed since the last
    commit, as it had them. Without `build_converter`, for the HTML of bodies, no anchors are looked up; `can_draw`
    judges the bytes of pictures.
    """

    settings: SettingsFile
    edition: Edition
    edition_problems: list[Problem]
    inbox_items: list[InboxItem]
    inbox_problems: list[Problem]
    paths: SitePaths | None
    now: datetime | None
    former_files: Mapping[str, bytes]
    build_converter: ConverterBuilder | None = None
    can_draw: Callable[[bytes], bool] = lambda _: True

    @cached_property
    def word_counts(self) -> dict[str, WordCount]:
        """The words of the notes, drafts included, by file."""
        notes = (post for post in self.edition.post_files if get_format(post.format).is_note)
        return {note.file: count_note_words(note) for note in notes}

    @cached_property
    def pages(self) -> SitePages:
        """The pages of the site, and the texts that link to them."""
        return build_site_pages(self.edition, self.paths, self.settings.site)


class Check(Struct, frozen=True):
    """A rule: an `error` prevents a build, a `warning` is for the editor to judge."""

    name: str
    level: Level
    find_problems: Callable[[CheckInput], Iterable[Problem]]


class CheckResult(Struct, frozen=True, kw_only=True):
    """All problems, the number of files that were checked, and the words of the notes.

    `word_counts` are sorted from the newest note to the oldest, drafts included. `quote_budget` is the number of words
    that may be quoted from one work; 0 means no limit.
    """

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    post_count: int
    page_count: int
    source_count: int
    word_counts: tuple[WordCount, ...] = ()
    quote_budget: int = 0


def run_checks(
    root: Path,
    find_site_problems: Callable[[Edition], Iterable[Problem]] = lambda _: (),
    *,
    build_paths: Callable[[str], SitePaths] | None = None,
    build_converter: ConverterBuilder | None = None,
    can_draw: Callable[[bytes], bool] = lambda _: True,
    list_addresses: AddressLister | None = None,
    now: datetime | None = None,
) -> CheckResult:
    """Apply all CHECKS to the edition at `root`, and return what they found; see CheckInput.

    `find_site_problems` gets an edition without errors, and returns those that only planning the site shows.
    `list_addresses` plans it as well: with it, all addresses are compared with those of the last commit.
    """
    settings = read_settings_file(root)
    check_input = CheckInput(
        settings,
        *loader.read_edition(root),
        *inbox.read_inbox(root),
        build_paths(settings.site.lang) if build_paths and settings.site else None,
        now,
        read_former_files(root),
        build_converter,
        can_draw,
    )
    # Sets, because reading and a rule may find the same problem.
    problems: dict[Level, set[Problem]] = {"error": set(), "warning": set()}
    for check in CHECKS:
        problems[check.level].update(check.find_problems(check_input))
    edition = check_input.edition
    if not problems["error"]:
        problems["error"].update(find_site_problems(edition))
    if not problems["error"] and list_addresses and not was_other_site(root):  # planning a site needs a valid edition
        problems["warning"].update(check_former_site(edition, settings, check_input.former_files, list_addresses))
    return CheckResult(
        errors=tuple(sorted(problems["error"])),
        warnings=tuple(sorted(problems["warning"])),
        post_count=len(edition.post_files),
        page_count=len(edition.standalone_pages),
        source_count=len(edition.registry.sources),
        word_counts=tuple(
            sorted(check_input.word_counts.values(), key=lambda count: (-count.date.timestamp(), count.file))
        ),
        quote_budget=_get_quote_budget(edition.registry),
    )


def _get_quote_budget(registry: Registry) -> int:
    return registry.policy.quote_budget if registry.policy else 0


# Rules on files


def find_foreign_entries(root: Path, settings: SettingsFile) -> list[Problem]:
    """Find links that lead out of content/, curation/ or the theme, and FIFOs, sockets and devices in them.

    Reports mistakes in pelicanconf.py, too, which names the theme, and a missing content/.
    """
    problems = [*settings.problems]
    try:
        require_content_folder(root)
    except EditionError as error:
        problems += error.problems
    for folder in ("content", "curation", *((settings.site.theme,) if settings.site else ())):
        scan_visible_files(str(root), folder, problems, within=folder)
    return problems


# Rules on links and labels between posts


def check_disclosure_labels(edition: Edition, site: SiteSettings | None) -> Iterator[Problem]:
    """Find lines of digests that link to a post with a disclosure, but lack its label.

    An error, not a warning: advertising must be recognizable wherever it is shown (§ 22 MStV, § 6 DDG).
    """
    if not site:  # reported elsewhere; the language is not known
        return
    disclosures = {post.file: post.meta.disclosure for post in edition.post_files if post.meta.disclosure}
    # Few editions have such a link, so a catalogue is only read for the first one in its language.
    find_translations = cache(lambda lang: read_translations(edition.root / site.theme, lang or site.lang))
    for digest in edition.post_files:
        if digest.meta.period:
            for link in find_links(digest):
                if target := next((file for file in link.candidates if file in disclosures), None):
                    label = DISCLOSURES[disclosures[target].kind]
                    yield from _require_label(digest, link.line, find_translations(digest.meta.lang).gettext(label))


def _require_label(digest: PostFile, line: int, label: str) -> Iterator[Problem]:
    """Report a line (from 0) of a digest's body if it lacks a label."""
    if label.casefold() not in digest.body.split("\n")[line].casefold():
        message = "this line links to a post with a disclosure, but lacks its label"
        hint = f'Write "{label}: " before the link, as the post itself does.'
        yield Problem(digest.file, digest.body_line + line, "", message, hint)


# Rules on single posts


def check_attribution(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find quotations without a line under them that links to their source, which § 63 UrhG requires."""
    for quotation in prose.find_quotations(post.body):
        if quotation.has_source_above:
            message = "this quotation names its source above the words, so that they are credited to nobody"
            hint = "Put the line under the words: > — Publication, Author: [Title](https://…)"
            yield Violation((), message, hint, post.body_line + quotation.line)
        elif not prose.find_source_address(quotation.attribution):
            message = "this quotation has no line that links to its source"
            hint = "Put under it: > — Publication, Author: [Title](https://…)"
            yield Violation((), message, hint, post.body_line + quotation.line)


def check_topics(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find posts without a topic; a digest needs none, because it lists posts of all topics."""
    if not post.meta.topics and not post.meta.period:
        hint = "Add topics: [id], with ids of curation/topics.yaml; otherwise no topic's page or feed lists the post."
        yield Violation(("topics",), "this post has no topic", hint)


# Rules on the inbox


def check_duplicate_items(check_input: CheckInput) -> Iterator[Problem]:
    """Find inbox items that exist twice, or that have become a note already."""
    files = {post.meta.uid: post.file for post in check_input.edition.post_files}
    # Sorted by file, so that every run reports the same of two items: the inbox is sorted by day.
    for item in sorted(check_input.inbox_items, key=lambda item: item.file):
        first = files.setdefault(item.meta.uid, item.file)
        if first != item.file:
            hint = "Delete this file, unless you have written something in it."
            yield Problem(item.file, 0, "", f"this item is already in {first} (same uid)", hint)


def _check_unread_files(check_input: CheckInput) -> Iterator[Problem]:
    edition = check_input.edition
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    used_files = {file for text in texts for file in media.list_referenced_files(text)}
    used_files |= {source.feed for source in edition.registry.sources.values()}
    used_files |= files.list_named_pictures(edition.registry)
    return files.check_unread_files(edition.root, check_input.settings, used_files)


def _check_moved_items(check_input: CheckInput) -> Iterable[Problem]:
    posts = [post for post in check_input.edition.post_files if post.meta.status != "draft"]
    edition, now = check_input.edition, check_input.now
    today = find_day(edition.resolve_as_of(None, now), edition.registry.zone) if now else date.min
    new_files = list_new_files(edition.root)
    found = moved_items.find_moved_items(posts, check_input.former_files, new_files, today)
    return loader.report_violations(edition.root, found)


def _check_quote_budgets(check_input: CheckInput) -> Iterable[Problem]:
    edition, counts = check_input.edition, check_input.word_counts
    budget = _get_quote_budget(edition.registry)
    notes = (post for post in edition.post_files if post.file in counts and post.meta.status != "draft")
    violations = (
        (note, violation)
        for note in notes
        for violation in check_quote_budget(counts[note.file], note.body_line, budget)
    )
    return loader.report_violations(edition.root, violations)


def _check_gone_addresses(check_input: CheckInput) -> Iterable[Problem]:
    if not check_input.paths or not check_input.now:
        return ()
    edition, as_of = check_input.edition, check_input.edition.resolve_as_of(None, check_input.now)
    return check_gone_addresses(
        edition, check_input.former_files, check_input.paths, as_of, is_valid=not check_input.edition_problems
    )


def _check_offsets(check_input: CheckInput) -> Iterable[Problem]:
    # An invalid pelicanconf.py is reported elsewhere; the time zone is not known.
    return () if not check_input.settings.site else _wrap_post_rule(dates.check_offsets)(check_input)


def _check_links_to_withheld(check_input: CheckInput) -> Iterable[Problem]:
    edition, now = check_input.edition, check_input.now or datetime.max.replace(tzinfo=UTC)
    return check_links_to_withheld(edition, check_input.pages, edition.resolve_as_of(None, now))


def _check_doubtful_labels(check_input: CheckInput) -> Iterator[Problem]:
    edition = check_input.edition
    for post in edition.post_files:
        if post.meta.media and post.meta.media.transcript:
            yield from attachment.find_doubtful_labels(edition.root, post, edition.registry)


def _check_anchors(check_input: CheckInput) -> Iterable[Problem]:
    # Only a valid edition has speakers and links that can be converted.
    if not check_input.build_converter or check_input.edition_problems:
        return ()
    theme = check_input.settings.site.theme if check_input.settings.site else None
    return check_anchors(check_input.edition, check_input.build_converter, check_input.pages, theme)


def _wrap_post_rule(
    rule: Callable[[PostFile, Registry], Iterator[Violation]],
) -> Callable[[CheckInput], Iterable[Problem]]:
    """Return a rule on the edition that applies a rule to each post except drafts, which are not finished."""

    def find_problems(check_input: CheckInput) -> Iterable[Problem]:
        edition = check_input.edition
        posts = [post for post in edition.post_files if post.meta.status != "draft"]
        violations = [(post, violation) for post in posts for violation in rule(post, edition.registry)]
        return loader.report_violations(edition.root, violations)

    return find_problems


def _wrap_text_rule(
    rule: Callable[[PostFile | StandalonePage], Iterator[Violation]],
) -> Callable[[CheckInput], Iterable[Problem]]:
    """Return a rule on the edition that applies a rule to each post and each standalone page."""

    def find_problems(check_input: CheckInput) -> Iterable[Problem]:
        edition = check_input.edition
        texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
        violations = [(text, violation) for text in texts for violation in rule(text)]
        return loader.report_violations(edition.root, violations)

    return find_problems


def _wrap_page_rule(rule: Callable[[StandalonePage], Iterator[Violation]]) -> Callable[[CheckInput], Iterable[Problem]]:
    """Return a rule on the edition that applies a rule to each standalone page."""

    def find_problems(check_input: CheckInput) -> Iterable[Problem]:
        edition = check_input.edition
        violations = [(page, violation) for page in edition.standalone_pages for violation in rule(page)]
        return loader.report_violations(edition.root, violations)

    return find_problems


CHECKS: tuple[Check, ...] = (
    Check("edition", "error", lambda check_input: check_input.edition_problems),
    Check("inbox", "error", lambda check_input: check_input.inbox_problems),
    Check("foreign-entries", "error", lambda check: find_foreign_entries(check.edition.root, check.settings)),
    Check("disclosure-labels", "error", lambda check: check_disclosure_labels(check.edition, check.settings.site)),
    Check("file-names", "error", lambda check_input: files.check_file_names(check_input.edition.root)),
    Check("seen-files", "error", lambda check_input: files.check_seen_files(check_input.edition.root)),
    Check("merges", "error", lambda check: files.check_merges(check.edition.root, check.settings.site)),
    Check("duplicate-items", "warning", check_duplicate_items),
    Check("written-values", "warning", lambda check: check_written_values(check.edition.root, check.settings.site)),
    Check("unread-files", "warning", _check_unread_files),
    Check("feeds", "warning", lambda check_input: check_feeds(check_input.edition)),
    Check("gone-addresses", "warning", _check_gone_addresses),
    Check("links-to-withheld", "warning", _check_links_to_withheld),
    Check("dead-links", "warning", lambda check: check_dead_links(check.edition, check.pages) if check.paths else ()),
    Check("missing-anchors", "warning", _check_anchors),
    Check("odd-links", "warning", _wrap_text_rule(find_odd_links)),
    Check("intros", "warning", lambda check_input: check_intros(check_input.edition, check_input.pages)),
    Check("pictures", "error", lambda check: hints.check_damaged_pictures(check.edition, check.can_draw)),
    Check("picture-hints", "warning", lambda check_input: hints.check_picture_hints(check_input.edition)),
    Check("portraits", "warning", lambda check: files.check_portraits(check.edition, check.can_draw)),
    Check("removed-fields", "warning", lambda check_input: find_removed_fields(check_input.edition.root)),
    Check("attribution", "warning", _wrap_post_rule(check_attribution)),
    Check("quote-budget", "warning", _check_quote_budgets),
    Check("topics", "warning", _wrap_post_rule(check_topics)),
    Check("works", "warning", _wrap_post_rule(works.check_works)),
    Check("offsets", "warning", _check_offsets),
    Check("modified", "warning", _wrap_post_rule(dates.check_modified)),
    Check("long-spans", "warning", _wrap_post_rule(dates.check_spans)),
    Check("future-dates", "warning", lambda check: dates.check_future_dates(check.edition, check.now)),
    Check("moved-events", "warning", lambda c: moved_events.check_moved_events(c.edition, c.former_files, c.now)),
    Check("moved-items", "warning", _check_moved_items),
    Check("captions", "warning", _wrap_post_rule(check_captions)),
    Check("audio-types", "warning", _wrap_post_rule(check_audio_type)),
    Check("doubtful-labels", "warning", _check_doubtful_labels),
    Check("named-speakers", "warning", _wrap_post_rule(conversation.find_named_speakers)),
    Check("blocks-behind-markers", "warning", _wrap_post_rule(conversation.find_blocks_behind_markers)),
    Check("first-level-headings", "warning", _wrap_text_rule(body.find_first_level_headings)),
    Check("removed-markup", "warning", _wrap_text_rule(body.find_removed_markup)),
    Check("leftovers", "warning", _wrap_text_rule(check_leftovers)),
    Check("draft-folders", "warning", _wrap_text_rule(body.find_draft_folders)),
    Check("removed-characters", "warning", _wrap_text_rule(body.find_removed_characters)),
    Check("lapsed-laws", "warning", _wrap_page_rule(standalone_pages.check_lapsed_laws)),
    Check("placeholders", "warning", _wrap_page_rule(standalone_pages.check_placeholders)),
)

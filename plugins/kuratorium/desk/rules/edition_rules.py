"""Rules on one post, page or item as rules on the edition, in the form that CHECKS needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime

from ...edition import loader
from ...edition.fields import Violation
from ...edition.loader import Text
from ...edition.model import PostFile
from ...edition.registry import Registry
from ...edition.rules import media
from ...edition.rules.sponsors import check_sponsor_disclosure
from ...edition.theme import overrides
from ...edition.transcripts import attachment
from ...errors import Problem
from ...intake.seen import read_dismissed_keys
from ...local_time import find_day
from ..word_count import WordCount, check_quote_budget, check_quote_limit, check_quotes_of_month
from . import files, merges
from .last_commit import list_new_files
from .links import addresses, anchors, dead_links, former_site
from .links.outgoing import findings
from .model import CheckInput, select_texts
from .posts import dates, moved_items
from .suggestions import list_suggestion_files
from .text_rules import TextContext
from .texts import typography


def wrap_link_rule(rule: findings.Rule) -> Callable[[CheckInput], Iterable[Problem]]:
    """Return a check that applies a rule to the links to other sites that were visited."""
    return lambda check: findings.find_problems(check.visited_links, rule, check.translations.gettext)


def check_topics(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find posts without a topic; a digest needs none, because it lists posts of all topics."""
    if not post.meta.topics and not post.meta.period:
        hint = "Add topics: [id], with ids of curation/topics.yaml; otherwise no topic's page or feed lists the post."
        yield Violation(("topics",), "this post has no topic", hint)


def check_merges(check_input: CheckInput) -> Iterator[Problem]:
    """Find merges that are not finished, by git's index and by the markers in files."""
    yield from merges.find_conflicts(check_input.edition.root, check_input.translations.gettext)
    yield from files.check_merges(check_input.edition.root, check_input.settings.site)


def check_overrides(check_input: CheckInput) -> Iterable[Problem]:
    """Find templates of the edition's theme that name or replace what the program's has no more."""
    site = check_input.settings.site
    return overrides.find_override_problems(check_input.edition.root, site.theme) if site else ()


def find_unused_templates(check_input: CheckInput) -> Iterable[Problem]:
    """Find templates of the edition's theme that nothing shows."""
    site = check_input.settings.site
    return overrides.find_unused_templates(check_input.edition.root, site.theme) if site else ()


def check_duplicate_items(check_input: CheckInput) -> Iterator[Problem]:
    """Find inbox items that exist twice, or that have become a note already, and notes on one work of the same days."""
    notes = [post for post in check_input.edition.post_files if post.meta.bookmark_of and not post.meta.has_no_readers]
    found = merges.check_same_items(notes, check_input.translations.gettext)
    yield from loader.report_violations(check_input.edition.root, found)
    files = {post.meta.uid: post.file for post in check_input.edition.post_files}
    # Sorted by file, so that every run reports the same of two items: the inbox is sorted by day.
    for item in sorted(check_input.inbox_items, key=lambda item: item.file):
        first = files.setdefault(item.meta.uid, item.file)
        if first != item.file:
            hint = "Delete this file, unless you have written something in it."
            yield Problem(item.file, 0, "", f"this item is already in {first} (same uid)", hint)


def check_dismissed_items(check_input: CheckInput) -> Iterator[Problem]:
    """Find inbox items that an editor dismissed in another clone, before this one knew of it."""
    dismissed = read_dismissed_keys(check_input.edition.root) if check_input.inbox_items else set()
    for item in check_input.inbox_items:
        if item.work.item in dismissed:
            hint = "The next pull removes it, unless somebody changed it. To keep it, nominate it or begin a note."
            yield Problem(item.file, 0, "", "another editor dismissed this item", hint)


def check_unread_files(check_input: CheckInput) -> Iterator[Problem]:
    """Find files of content/ and curation/ that nothing reads."""
    edition = check_input.edition
    used_files = {file for text in check_input.texts for file in media.list_referenced_files(text)}
    used_files |= {source.feed for source in edition.registry.sources.values()}
    used_files |= {*list_suggestion_files(edition)}
    used_files |= files.list_named_pictures(edition.registry)
    return files.check_unread_files(edition.root, check_input.settings, used_files)


def check_moved_items(check_input: CheckInput) -> Iterable[Problem]:
    """Find notes that were moved out of the inbox by hand, with its date."""
    posts = [post for post in check_input.judged.post_files if not post.meta.has_no_readers]
    edition, now = check_input.edition, check_input.now
    today = find_day(edition.resolve_as_of(None, now), edition.registry.zone) if now else date.min
    new_files = list_new_files(edition.root)
    found = moved_items.find_moved_items(posts, check_input.former_files, new_files, today)
    return loader.report_violations(edition.root, found)


def check_quote_budgets(check_input: CheckInput) -> Iterable[Problem]:
    """Find notes that quote more than they say, or than the policy allows without a purpose."""
    policy = check_input.edition.registry.policy
    return _check_counted_notes(check_input, check_quote_budget, policy.quote_budget if policy else 0)


def check_quote_limits(check_input: CheckInput) -> Iterable[Problem]:
    """Find notes that quote more of one work than the policy allows at all; `check_drafts` judges drafts."""
    policy, drafts = check_input.edition.registry.policy, _list_named_drafts(check_input)
    found = _check_counted_notes(check_input, check_quote_limit, policy.quote_limit if policy else 0)
    return (problem for problem in found if problem.file not in drafts)


def check_drafts(check_input: CheckInput) -> Iterable[Problem]:
    """Find in drafts that are named what would be an error once they are published; as a draft, it may be committed."""
    root, registry, drafts = check_input.edition.root, check_input.edition.registry, _list_named_drafts(check_input)
    posts = [post for post in check_input.judged.post_files if post.file in drafts]
    found = [(post, violation) for post in posts for violation in check_sponsor_disclosure(post, registry)]
    limit = registry.policy.quote_limit if registry.policy else 0
    quoted = _check_counted_notes(check_input, check_quote_limit, limit)
    yield from loader.report_violations(root, found)
    yield from (problem for problem in quoted if problem.file in drafts)


def _list_named_drafts(check_input: CheckInput) -> frozenset[str]:
    if check_input.only is None:
        return frozenset()
    chosen = select_texts(check_input.edition, check_input.only)
    return frozenset(post.file for post in chosen.post_files if post.meta.status == "draft")


def _check_counted_notes(
    check_input: CheckInput, rule: Callable[[WordCount, PostFile, int], Iterator[Violation]], limit: int
) -> Iterable[Problem]:
    """Apply a rule on the words of a note to all notes that are finished."""
    counts, notes = check_input.word_counts, _list_counted_notes(check_input)
    violations = [(note, violation) for note in notes for violation in rule(counts[note.file], note, limit)]
    return loader.report_violations(check_input.edition.root, violations)


def check_quote_months(check_input: CheckInput) -> Iterable[Problem]:
    """Find notes with which more is quoted from one source in a month than the policy allows."""
    registry = check_input.edition.registry
    limit = registry.policy.quote_month if registry.policy else 0
    notes = _list_counted_notes(check_input)
    found = check_quotes_of_month(notes, check_input.word_counts, limit, registry.zone)
    return loader.report_violations(check_input.edition.root, found)


def check_altered_quotations(check_input: CheckInput) -> Iterable[Problem]:
    """Find quotations that are not what their source in the archive says."""
    return (problem for result in check_input.comparisons for problem in result.altered)


def check_copied_passages(check_input: CheckInput) -> Iterable[Problem]:
    """Find passages of works in the archive that stand outside quotation marks."""
    return (problem for result in check_input.comparisons for problem in result.copied)


def _list_counted_notes(check_input: CheckInput) -> Iterator[PostFile]:
    counts = check_input.word_counts
    return (post for post in check_input.judged.post_files if post.file in counts and not post.meta.has_no_readers)


def check_gone_addresses(check_input: CheckInput) -> Iterable[Problem]:
    """Find pages of the last commit that are gone."""
    if not check_input.paths or not check_input.now:
        return ()
    edition, as_of = check_input.edition, check_input.edition.resolve_as_of(None, check_input.now)
    return addresses.check_gone_addresses(
        edition, check_input.former_files, check_input.paths, as_of, is_valid=not check_input.edition_problems
    )


def find_offsets(text: Text, context: TextContext) -> Iterable[Violation]:
    """Find offsets that are not those of the site's time zone, if that can be read."""
    # An invalid pelicanconf.py is reported elsewhere; the time zone is not known.
    if not context.site or not isinstance(text, PostFile) or text.meta.status == "draft":
        return ()
    return dates.check_offsets(text, context.registry)


def check_links_to_withheld(check_input: CheckInput) -> Iterable[Problem]:
    """Find links to texts that have no page at the edition's date."""
    edition, now = check_input.edition, check_input.now or datetime.max.replace(tzinfo=UTC)
    return dead_links.check_links_to_withheld(edition, check_input.pages, edition.resolve_as_of(None, now))


def check_doubtful_labels(check_input: CheckInput) -> Iterator[Problem]:
    """Find words in captions that may name another speaker."""
    edition = check_input.judged
    for post in edition.post_files:
        if post.meta.media and post.meta.media.transcript:
            yield from attachment.find_doubtful_labels(edition.root, post, edition.registry)


def check_anchors(check_input: CheckInput) -> Iterable[Problem]:
    """Find links to anchors that their page does not have."""
    # Only a valid edition has speakers and links that can be converted.
    if not check_input.build_converter or check_input.edition_problems:
        return ()
    theme = check_input.settings.site.theme if check_input.settings.site else None
    return anchors.check_anchors(check_input.edition, check_input.build_converter, check_input.pages, theme)


def find_typography(text: Text, context: TextContext) -> Iterable[Violation]:
    """Find quotation marks, dashes and blanks that are not those of a text's language."""
    if not context.site or text.meta.status == "draft":  # settings are reported elsewhere; the language is not known
        return ()
    return typography.check_typography(text, context.site.lang, context.translations.gettext)


def check_site(check_input: CheckInput) -> Iterable[Problem]:
    """Find what only planning the site shows, such as two pages with one address."""
    return check_input.find_site_problems(check_input.edition)


def check_former_addresses(check_input: CheckInput) -> Iterable[Problem]:
    """Find addresses of the last commit that the site would no longer have; planning it needs a valid edition."""
    if not check_input.list_addresses or addresses.was_other_site(check_input.edition.root):
        return ()
    edition, list_addresses = check_input.edition, check_input.list_addresses
    return former_site.check_former_site(edition, check_input.settings, check_input.former_files, list_addresses)

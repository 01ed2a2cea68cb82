"""`kuratorium check`: apply CHECKS to an edition, without what its files ask to ignore."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from gettext import NullTranslations
from pathlib import Path

from msgspec import Struct, json
from msgspec.structs import replace

from ..edition import loader
from ..edition.fields import Violation, suggest_nearest
from ..edition.loader import Edition, Text
from ..edition.model import ContentFile, FrontMatter, StandalonePageFrontMatter
from ..edition.paths import REGISTRY_FILES, is_inbox_item, is_post_or_page
from ..edition.settings import SettingsFile, read_settings_file
from ..errors import Problem, UsageError
from ..files import read_regular_file
from ..process_pool import choose_process_count, map_chunks
from . import inbox
from .rules.checks import CHECKS
from .rules.last_commit import read_former_files
from .rules.links.addresses import SitePaths
from .rules.links.anchors import ConverterBuilder
from .rules.links.former_site import AddressLister
from .rules.links.outgoing.findings import VisitedLink
from .rules.merges import explain_markers
from .rules.model import Check, CheckInput, Level, read_desk_translations, select_judged_texts
from .rules.text_cache import TextCache
from .rules.text_rules import TextContext, TextResult, TextRule, judge_text
from .word_count import WordCount

IGNORED_RULES = "ignored-rules"
_KIND = "texts"  # of what the cache holds


class Finding(Struct, frozen=True, order=True):
    """A problem, with the id and the level of the rule that found it."""

    problem: Problem
    rule: str
    level: Level


class CheckResult(Struct, frozen=True, kw_only=True):
    """All problems, the number of files that were checked, and the words of the notes.

    `findings` are sorted by file and line. `word_counts` are sorted from the newest note to the oldest, drafts
    included. `quote_budget` is the number of words that may be quoted from one work; 0 means no limit. `ignored_count`
    is the number of warnings that front matter asks to ignore.
    """

    findings: tuple[Finding, ...]
    post_count: int
    page_count: int
    source_count: int
    word_counts: tuple[WordCount, ...] = ()
    quote_budget: int = 0
    ignored_count: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that prevent a build, or would harm it."""
        return tuple(finding.problem for finding in self.findings if finding.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that are for the editor to judge."""
        return tuple(finding.problem for finding in self.findings if finding.level == "warning")


def run_checks(
    root: Path,
    find_site_problems: Callable[[Edition], Iterable[Problem]] = lambda _: (),
    *,
    build_paths: Callable[[str], SitePaths] | None = None,
    build_converter: ConverterBuilder | None = None,
    can_draw: Callable[[bytes], bool] = lambda _: True,
    list_addresses: AddressLister | None = None,
    settings_problems: tuple[Iterable[Problem], Iterable[Problem]] = ((), ()),
    now: datetime | None = None,
    visited_links: Iterable[VisitedLink] = (),
    cache: TextCache | None = None,
    only: Collection[str] | None = None,
) -> CheckResult:
    """Apply all CHECKS to the edition at `root`, and return what they found; see CheckInput.

    What `cache` holds of unchanged texts is not derived again. With `only`, paths of posts, pages and inbox items from
    the root, these alone are judged, drafts as if they were published, and rules on the whole site are left out.
    """
    settings = read_settings_file(root)
    translations = read_desk_translations(root, settings.site)
    if cache:
        cache.set_context(*_list_context(root, settings, translations))
    edition, edition_problems = loader.read_edition(root, cache, only=only)
    needs_inbox = only is None or any(map(is_inbox_item, only))
    judged = select_judged_texts(edition, only)
    check_input = CheckInput(
        settings,
        edition,
        edition_problems,
        *(inbox.read_inbox(root) if needs_inbox else ([], [])),
        build_paths(settings.site.lang) if build_paths and settings.site else None,
        now,
        read_former_files(root),
        _judge_texts(judged, TextContext(edition.registry, settings.site, translations), cache),
        translations,
        settings_problems,
        find_site_problems,
        list_addresses,
        build_converter,
        can_draw,
        tuple(visited_links),
        cache,
        only,
    )
    found = _apply_checks(check_input)
    ignored = {
        (text.file, item.rule): index for text in check_input.texts for index, item in enumerate(text.meta.ignore)
    }
    kept = [finding for finding in found if finding.level == "error" or not _is_ignored(finding, ignored)]
    findings = [*kept, *_check_ignored_rules(check_input, found)]
    if cache:
        files = [*(text.file for text in (*edition.post_files, *edition.standalone_pages))]
        cache.save([*files, *(item.file for item in check_input.inbox_items)] if only is None else None)
    policy = edition.registry.policy
    return CheckResult(
        findings=tuple(sorted(findings)),
        post_count=len(judged.post_files),
        page_count=len(judged.standalone_pages),
        source_count=len(edition.registry.sources) if only is None else 0,
        word_counts=tuple(
            sorted(check_input.word_counts.values(), key=lambda count: (-count.date.timestamp(), count.file))
        ),
        quote_budget=policy.quote_budget if policy else 0,
        ignored_count=len(found) - len(kept),
    )


def needs_whole_check(root: Path, files: Iterable[str]) -> bool:
    """Return whether a change of these files, from the root, may break texts that are none of them.

    So do registries, settings and pictures, and a text that is gone: others may name it.
    """
    return any(not (is_post_or_page(file) or is_inbox_item(file)) or not (root / file).is_file() for file in files)


def explain_rule(root: Path, rule: str) -> tuple[Check, str]:
    """Return a rule of CHECKS by its id, and its explanation in the edition's language; raises UsageError."""
    checks = {check.id: check for check in CHECKS}
    if rule not in checks:
        raise UsageError(f'there is no rule "{rule}". {suggest_nearest(rule, checks)}')
    return checks[rule], read_desk_translations(root, read_settings_file(root).site).gettext(checks[rule].explanation)


def _list_context(root: Path, settings: SettingsFile, translations: NullTranslations) -> Iterator[bytes]:
    """Yield what the judgement on every text depends on: the registry, the site and the words of messages."""
    for file in REGISTRY_FILES:
        yield read_regular_file(root / file) if (root / file).is_file() else b""
    yield repr(settings.site).encode()
    yield repr(sorted(getattr(translations, "_catalog", {}).items(), key=repr)).encode()


def _judge_texts(edition: Edition, context: TextContext, cache: TextCache | None) -> dict[str, TextResult]:
    """Return what the rules on texts find in each text, by file; those of unchanged texts are taken from the cache."""
    rules = {check.id: check.find_problems for check in CHECKS if isinstance(check.find_problems, TextRule)}
    texts: list[Text] = [*edition.post_files, *edition.standalone_pages]
    # With the status that a text is judged by: a draft that is named counts as published.
    keys = {text.file: cache.find_key(text, text.meta.status.encode()) for text in texts} if cache else {}
    results: dict[str, TextResult] = {}
    for text in texts if cache else ():
        if cache and (result := cache.get(_KIND, text.file, keys[text.file], TextResult)) is not None:
            results[text.file] = result
    missing = [text for text in texts if text.file not in results]
    judge = partial(_judge_chunk, edition.root, rules, context)
    for chunk in map_chunks(missing, judge, choose_process_count(len(missing))):
        results |= chunk
    for text in missing:
        if cache:
            cache.put(_KIND, text.file, keys[text.file], json.encode(results[text.file]))
    return {text.file: results[text.file] for text in texts}


def _judge_chunk(
    root: Path, rules: Mapping[str, TextRule], context: TextContext, texts: Sequence[Text]
) -> dict[str, TextResult]:
    return {text.file: judge_text(root, text, rules, context) for text in texts}


def _apply_checks(check_input: CheckInput) -> list[Finding]:
    # By problem, because reading and a rule may find the same one; the first rule is the one that finds it.
    found: dict[tuple[Level, Problem], Finding] = {}
    only = check_input.only
    for check in CHECKS:
        if (check.needs_valid_edition and any(level == "error" for level, _ in found)) or (
            check.is_of_site and only is not None
        ):
            continue
        for problem in _find_problems(check, check_input):
            if only is None or problem.file in only:
                found.setdefault((check.level, problem), Finding(problem, check.id, check.level))
    findings = list(found.values())
    explained = explain_markers(
        check_input.edition.root, [finding.problem for finding in findings], check_input.translations.gettext
    )
    return [replace(finding, problem=explained.get(finding.problem, finding.problem)) for finding in findings]


def _find_problems(check: Check, check_input: CheckInput) -> Iterable[Problem]:
    if isinstance(check.find_problems, TextRule):
        results = check_input.text_results.values()
        return (problem for result in results for problem in result.problems.get(check.id, ()))
    return check.find_problems(check_input)


def _is_ignored(finding: Finding, ignored: Iterable[tuple[str, str]]) -> bool:
    return (finding.problem.file, finding.rule) in ignored


def _check_ignored_rules(check_input: CheckInput, found: Iterable[Finding]) -> Iterator[Finding]:
    """Find each `ignore` that names no rule, an error, or a rule that finds nothing in its file."""
    texts = [text for text in check_input.texts if text.meta.ignore]
    if not texts:
        return
    checks = {check.id: check for check in CHECKS}
    used = {(finding.problem.file, finding.rule) for finding in found}
    is_part = check_input.only is not None
    violations: list[tuple[ContentFile, Violation]] = [
        (text, violation)
        for text in texts
        for violation in _judge_ignored(text.file, text.meta, checks, used, is_part=is_part)
    ]
    for problem in loader.report_violations(check_input.edition.root, violations):
        yield Finding(problem, IGNORED_RULES, "warning")


def _judge_ignored(
    file: str,
    meta: FrontMatter | StandalonePageFrontMatter,
    checks: dict[str, Check],
    used: set[tuple[str, str]],
    *,
    is_part: bool,
) -> Iterator[Violation]:
    for index, item in enumerate(meta.ignore):
        check, path = checks.get(item.rule), ("ignore", index, "rule")
        if not check:
            yield Violation(path, f'there is no rule "{item.rule}"', suggest_nearest(item.rule, checks))
        elif check.level == "error":
            message = f'"{item.rule}" reports errors, which no text can ignore'
            yield Violation(path, message, "Correct what it reports, and delete this.")
        elif not (check.is_local or (is_part and check.is_of_site)) and (file, item.rule) not in used:
            message = f'"{item.rule}" finds nothing here'
            yield Violation(path, message, "Delete this: it would hide what is wrong later.")

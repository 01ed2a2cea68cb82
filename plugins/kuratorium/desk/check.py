"""`kuratorium check`: apply CHECKS to an edition, without what its files ask to ignore."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..edition import loader
from ..edition.fields import Violation, suggest_nearest
from ..edition.loader import Edition
from ..edition.model import ContentFile, FrontMatter, StandalonePageFrontMatter
from ..edition.settings import read_settings_file
from ..errors import Problem, UsageError
from . import inbox
from .rules.checks import CHECKS
from .rules.last_commit import read_former_files
from .rules.links.addresses import SitePaths
from .rules.links.anchors import ConverterBuilder
from .rules.links.former_site import AddressLister
from .rules.merges import explain_markers
from .rules.model import Check, CheckInput, Level, read_desk_translations
from .word_count import WordCount

IGNORED_RULES = "ignored-rules"


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
) -> CheckResult:
    """Apply all CHECKS to the edition at `root`, and return what they found; see CheckInput."""
    settings = read_settings_file(root)
    check_input = CheckInput(
        settings,
        *loader.read_edition(root),
        *inbox.read_inbox(root),
        build_paths(settings.site.lang) if build_paths and settings.site else None,
        now,
        read_former_files(root),
        settings_problems,
        find_site_problems,
        list_addresses,
        build_converter,
        can_draw,
    )
    found = _apply_checks(check_input)
    edition = check_input.edition
    ignored = {
        (text.file, item.rule): index for text in check_input.texts for index, item in enumerate(text.meta.ignore)
    }
    kept = [finding for finding in found if finding.level == "error" or not _is_ignored(finding, ignored)]
    findings = [*kept, *_check_ignored_rules(check_input, found)]
    policy = edition.registry.policy
    return CheckResult(
        findings=tuple(sorted(findings)),
        post_count=len(edition.post_files),
        page_count=len(edition.standalone_pages),
        source_count=len(edition.registry.sources),
        word_counts=tuple(
            sorted(check_input.word_counts.values(), key=lambda count: (-count.date.timestamp(), count.file))
        ),
        quote_budget=policy.quote_budget if policy else 0,
        ignored_count=len(found) - len(kept),
    )


def explain_rule(root: Path, rule: str) -> tuple[Check, str]:
    """Return a rule of CHECKS by its id, and its explanation in the edition's language; raises UsageError."""
    checks = {check.id: check for check in CHECKS}
    if rule not in checks:
        raise UsageError(f'there is no rule "{rule}". {suggest_nearest(rule, checks)}')
    return checks[rule], read_desk_translations(root, read_settings_file(root).site).gettext(checks[rule].explanation)


def _apply_checks(check_input: CheckInput) -> list[Finding]:
    # By problem, because reading and a rule may find the same one; the first rule is the one that finds it.
    found: dict[tuple[Level, Problem], Finding] = {}
    for check in CHECKS:
        if check.needs_valid_edition and any(level == "error" for level, _ in found):
            continue
        for problem in check.find_problems(check_input):
            found.setdefault((check.level, problem), Finding(problem, check.id, check.level))
    findings = list(found.values())
    explained = explain_markers(
        check_input.edition.root, [finding.problem for finding in findings], check_input.translations.gettext
    )
    return [replace(finding, problem=explained.get(finding.problem, finding.problem)) for finding in findings]


def _is_ignored(finding: Finding, ignored: Iterable[tuple[str, str]]) -> bool:
    return (finding.problem.file, finding.rule) in ignored


def _check_ignored_rules(check_input: CheckInput, found: Iterable[Finding]) -> Iterator[Finding]:
    """Find each `ignore` that names no rule, an error, or a rule that finds nothing in its file."""
    texts = [text for text in check_input.texts if text.meta.ignore]
    if not texts:
        return
    checks = {check.id: check for check in CHECKS}
    used = {(finding.problem.file, finding.rule) for finding in found}
    violations: list[tuple[ContentFile, Violation]] = [
        (text, violation) for text in texts for violation in _judge_ignored(text.file, text.meta, checks, used)
    ]
    for problem in loader.report_violations(check_input.edition.root, violations):
        yield Finding(problem, IGNORED_RULES, "warning")


def _judge_ignored(
    file: str,
    meta: FrontMatter | StandalonePageFrontMatter,
    checks: dict[str, Check],
    used: set[tuple[str, str]],
) -> Iterator[Violation]:
    for index, item in enumerate(meta.ignore):
        check, path = checks.get(item.rule), ("ignore", index, "rule")
        if not check:
            yield Violation(path, f'there is no rule "{item.rule}"', suggest_nearest(item.rule, checks))
        elif check.level == "error":
            message = f'"{item.rule}" reports errors, which no text can ignore'
            yield Violation(path, message, "Correct what it reports, and delete this.")
        elif not check.is_local and (file, item.rule) not in used:
            message = f'"{item.rule}" finds nothing here'
            yield Violation(path, message, "Delete this: it would hide what is wrong later.")

"""Rules on each text by itself: what they find depends on the text, the registry, the site and its words alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from gettext import NullTranslations
from pathlib import Path

from msgspec import Struct

from ...edition import loader
from ...edition.fields import Violation
from ...edition.formats import get_format
from ...edition.loader import Text
from ...edition.model import PostFile, StandalonePage
from ...edition.registry import Registry
from ...edition.settings import SiteSettings
from ...errors import Problem
from ..word_count import WordCount, count_note_words


class TextContext(Struct, frozen=True):
    """What a rule on a text may use beside it; without valid settings there is no `site`."""

    registry: Registry
    site: SiteSettings | None
    translations: NullTranslations


class TextRule(Struct, frozen=True):
    """A rule on each text by itself: `judge` yields what is wrong with one."""

    judge: Callable[[Text, TextContext], Iterable[Violation]]


class TextResult(Struct, frozen=True):
    """The problems of a text, by the id of the rule that finds them, and the words of a note."""

    problems: dict[str, list[Problem]]
    word_count: WordCount | None = None


def wrap_post_rule(rule: Callable[[PostFile, Registry], Iterator[Violation]]) -> TextRule:
    """Return a rule that applies a rule to each post except drafts, which are not finished."""

    def judge(text: Text, context: TextContext) -> Iterable[Violation]:
        return rule(text, context.registry) if isinstance(text, PostFile) and not text.meta.has_no_readers else ()

    return TextRule(judge)


def wrap_text_rule(rule: Callable[[Text], Iterator[Violation]]) -> TextRule:
    """Return a rule that applies a rule to each post and each standalone page."""
    return TextRule(lambda text, _: rule(text))


def wrap_page_rule(rule: Callable[[StandalonePage], Iterator[Violation]]) -> TextRule:
    """Return a rule that applies a rule to each standalone page."""
    return TextRule(lambda text, _: rule(text) if isinstance(text, StandalonePage) else ())


def judge_text(root: Path, text: Text, rules: Mapping[str, TextRule], context: TextContext) -> TextResult:
    """Apply the rules, by id, to a text, and count the words of a note."""
    found = {rule_id: list(rule.judge(text, context)) for rule_id, rule in rules.items()}
    problems = {
        rule_id: list(loader.report_violations(root, [(text, violation) for violation in violations]))
        for rule_id, violations in found.items()
        if violations
    }
    is_note = isinstance(text, PostFile) and get_format(text.format).is_note
    return TextResult(problems, count_note_words(text) if is_note and isinstance(text, PostFile) else None)

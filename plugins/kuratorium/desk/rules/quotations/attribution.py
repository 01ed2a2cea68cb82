"""The rule that each quotation names its source."""

from __future__ import annotations

from collections.abc import Iterator

from ....edition import prose
from ....edition.fields import Violation
from ....edition.model import PostFile
from ....edition.registry import Registry
from ....similarity import normalize_title


def check_attribution(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find quotations without a line under them that links to their source, which § 63 UrhG requires.

    A work in print has no address: the line names its publication and title.
    """
    for quotation in prose.find_quotations(post.body):
        if quotation.has_source_above:
            message = "this quotation names its source above the words, so that they are credited to nobody"
            hint = "Put the line under the words: > — Publication, Author: [Title](https://…)"
            yield Violation((), message, hint, post.body_line + quotation.line)
        elif not prose.find_source_address(quotation.attribution) and not _names_work_in_print(quotation, post):
            message = "this quotation has no line that links to its source"
            hint = "Put under it: > — Publication, Author: [Title](https://…)"
            yield Violation((), message, hint, post.body_line + quotation.line)


def _names_work_in_print(quotation: prose.Quotation, post: PostFile) -> bool:
    credit = f" {normalize_title(prose.extract_credit(quotation.attribution))} "
    return any(
        not work.url and all(f" {normalize_title(name)} " in credit for name in (work.publication, work.title))
        for work in post.meta.works
    )

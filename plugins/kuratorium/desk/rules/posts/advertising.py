"""Posts whose own words and disclosure contradict each other: advertising is named by the disclosure, everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ....edition.fields import Violation
from ....edition.loader import Text
from ....edition.model import PostFile
from ....edition.yaml import YamlPath
from ....translations import N_
from ..text_rules import TextContext

# At the beginning of a text, as a label: "Anzeige: …", "[Werbung] …", "**Sponsored** – …".
_LABEL = re.compile(
    r"[\s\W_]*(?P<label>anzeige|werbung|advertorial|sponsored(?: post| content)?|advertisement|gesponsert|paid post)"
    r"[*_\])]*(?:\s*[:|\u2013\u2014]|\s+-|[\])]|[*_]{2}|\s*\Z)",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?P<words>unbezahlt\w*|(?:keine|nicht als|ohne) (?:anzeige|werbung|bezahlung)|nicht (?:bezahlt|gesponsert)"
    r"|unpaid|not (?:paid|sponsored)|no (?:advertisement|advertising|payment))\b",
    re.I,
)
_LABELLED = N_("“{label}” stands here, and the post has no disclosure of the kind sponsor")
_LABELLED_HINT = N_("Add disclosure: {kind: sponsor, text: …}: the label then comes first wherever the post is shown.")
_DENIED = N_("“{words}” stands in a post whose disclosure says that somebody paid")
_DENIED_HINT = N_("Correct the disclosure, or these words.")


def find_contradictions(text: Text, context: TextContext) -> Iterator[Violation]:
    """Yield where a post calls itself advertising without a disclosure, or denies the one it has; drafts are left."""
    if isinstance(text, PostFile) and not text.meta.has_no_readers:
        yield from _compare(text, context.translations.gettext)


def _compare(post: PostFile, gettext: Callable[[str], str]) -> Iterator[Violation]:
    meta = post.meta
    is_paid = bool(meta.disclosure and meta.disclosure.kind == "sponsor")
    texts: list[tuple[YamlPath, str]] = [(("title",), meta.title), (("summary",), meta.summary), ((), post.body)]
    if not is_paid:
        for path, text in texts:
            if match := _LABEL.match(text):
                message = gettext(_LABELLED).format(label=match["label"])
                yield Violation(path, message, gettext(_LABELLED_HINT), _find_line(post, path, match.start("label")))
        return
    disclosed = meta.disclosure.text if meta.disclosure else ""
    for path, text in [*texts[:2], (("disclosure", "text"), disclosed)]:
        if match := _DENIAL.search(text):
            yield Violation(path, gettext(_DENIED).format(words=match["words"]), gettext(_DENIED_HINT))


def _find_line(post: PostFile, path: YamlPath, place: int) -> int:
    return 0 if path else post.body_line + post.body.count("\n", 0, place)

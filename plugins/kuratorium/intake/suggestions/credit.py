"""What the inbox file of a suggested work says of the person: for the desk, and as the credit of its note. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from gettext import NullTranslations
from typing import Any

from ...edition.works import Suggestion
from ...translations import N_
from ..parsers.model import SuggestionForm

_MACHINE_SENTENCES = {"assisted": N_("written with a machine's help"), "generated": N_("written by a machine")}


def build_credit(form: SuggestionForm, translations: NullTranslations) -> dict[str, Any]:
    """Return the front matter that tells who suggests a work."""
    by = form.by or translations.gettext("a reader")
    suggestion = {"by": by, "url": form.link, "why": form.why, "own": form.own, "ai": form.ai}
    values = {key: value for key, value in suggestion.items() if value != ""}
    return merge_credit([{"suggestions": [values]}], translations)


def merge_credit(item_values: Iterable[Mapping[str, Any]], translations: NullTranslations) -> dict[str, Any]:
    """Return the credit of one inbox file for several on the same work: each person once, the first in `via`.

    One whose own work it is must be disclosed (§ 22 MStV, and common decency).
    """
    # A name alone may be that of several people.
    suggestions = {
        (entry.get("by"), entry.get("url")): entry
        for values in item_values
        for entry in values.get("suggestions") or ()
    }
    if not suggestions:
        return {}
    people = [*suggestions.values()]
    first = people[0]
    credit: dict[str, Any] = {
        "via": {"name": first["by"], **({"url": first["url"]} if first.get("url") else {})},
        "suggestions": people,
    }
    if own := next((entry["by"] for entry in people if entry.get("own")), ""):
        text = translations.gettext("{name} suggested this work, which is their own.").format(name=own)
        credit["disclosure"] = {"kind": "relation", "text": text}
    return credit


def list_answers(suggestion: Suggestion, translations: NullTranslations) -> list[str]:
    """Return what a person answered that an editor must know: that the work is their own, or a machine's."""
    answers = [N_("the person's own work")] if suggestion.own else []
    answers += [_MACHINE_SENTENCES[suggestion.ai]] if suggestion.ai in _MACHINE_SENTENCES else []
    return [translations.gettext(answer) for answer in answers]


def build_comment(suggestions: Iterable[Suggestion], translations: NullTranslations) -> str:
    """Return what people say of a work as a comment for the editor of its note; empty if nobody suggests it."""
    by = translations.gettext("suggested by {name}")
    lines = [
        f"{by.format(name=suggestion.by)}: "
        + "; ".join((suggestion.why.rstrip("."), *list_answers(suggestion, translations)))
        for suggestion in suggestions
    ]
    text = "\n".join(lines).replace("<", "&lt;").replace(">", "&gt;")  # foreign words must not end the comment
    return f"<!--\n{text}\n-->\n\n" if lines else ""

"""The English labels of keywords in front matter; the catalogues translate them."""

from __future__ import annotations

from gettext import NullTranslations

from ..translations import N_
from .model import Post

DISCLOSURES = {
    "sponsor": N_("Advertisement"),
    "employer": N_("In our own interest"),
    "gift": N_("Invitation or gift"),
    "relation": N_("Disclosure"),
}
STRENGTHS = {1: N_("Worth reading"), 2: N_("Important"), 3: N_("Must-read")}
EVENT_MODES = {"online": N_("Online"), "onsite": N_("On site"), "hybrid": N_("On site and online")}
UNPUBLISHED = {"draft": N_("Draft"), "unreleased": N_("Not released yet"), "scheduled": N_("Appears on %(day)s")}
TAKING_PLACE = ("scheduled", "moved")  # states of an event that one can attend
EVENT_STATES = {"moved": N_("Moved"), "postponed": N_("Postponed"), "cancelled": N_("Cancelled")}


def format_disclosure(post: Post, translations: NullTranslations) -> str:
    """Return the disclosure of a post on one line: its label, and what it says; empty if there is none."""
    if not post.disclosure:
        return ""
    label, text = translations.gettext(DISCLOSURES[post.disclosure.kind]), " ".join(post.disclosure.text.split())
    return f"{label}: {text}" if text else label


def label_title(post: Post, translations: NullTranslations) -> str:
    """Return a title for feeds, calendars and mail; its disclosure comes first (§ 22 MStV)."""
    if not post.disclosure:
        return post.title
    return f"{translations.gettext(DISCLOSURES[post.disclosure.kind])}: {post.title}"

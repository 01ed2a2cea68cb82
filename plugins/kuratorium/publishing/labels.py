"""The English messages that name what front matter says in keywords; the catalogues translate them."""

from __future__ import annotations

from ..formats import N_

DISCLOSURES = {
    "sponsor": N_("Advertisement"),
    "employer": N_("In our own interest"),
    "gift": N_("Invitation or gift"),
    "relation": N_("Disclosure"),
}
STRENGTHS = {1: N_("Worth reading"), 2: N_("Important"), 3: N_("Must-read")}
EVENT_MODES = {"online": N_("Online"), "onsite": N_("On site"), "hybrid": N_("On site and online")}
EVENT_STATES = {"moved": N_("Moved"), "postponed": N_("Postponed"), "cancelled": N_("Cancelled")}

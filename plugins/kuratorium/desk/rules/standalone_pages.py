"""The rules on standalone pages: laws that lapsed, and passages that nobody completed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...edition.fields import Violation
from ...edition.model import StandalonePage

# Germany's Digitale-Dienste-Gesetz replaced the TMG on 14 May 2024 and renamed the TTDSG; the Medienstaatsvertrag
# replaced the RStV on 7 November 2020. Most model texts for imprints on the web still name the old laws.
_LAPSED_LAWS = {
    r"TMG|Telemediengesetz": "the TMG is no longer in force: its § 5 is now § 5 DDG",
    r"RStV|Rundfunkstaatsvertrag": "the RStV is no longer in force: its § 55 is now § 18 MStV",
    r"TTDSG": "the TTDSG is now called TDDDG",
}
_PLACEHOLDER = re.compile(r"\[(?:Bitte ergänzen|Please complete)[:\]]")  # as the pages in desk/starter/ write it


def check_lapsed_laws(page: StandalonePage) -> Iterator[Violation]:
    """Find names of laws that are no longer in force, in the imprint or the privacy page."""
    for line, text in enumerate(page.body.splitlines(), page.body_line):
        for pattern, message in _LAPSED_LAWS.items():
            if re.search(rf"\b(?:{pattern})\b", text):
                hint = "Name the current law, and have the passage checked by someone who knows it."
                yield Violation((), message, hint, line)


def check_placeholders(page: StandalonePage) -> Iterator[Violation]:
    """Find passages that `kuratorium start` left for the editor to complete."""
    for line, text in enumerate(page.body.splitlines(), page.body_line):
        if _PLACEHOLDER.search(text):
            yield Violation((), "this passage is not completed yet", "Replace the brackets by your own text.", line)

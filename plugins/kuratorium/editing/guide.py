"""The body a new note begins with: a comment that tells the editor what to do, and a quotation to take out of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..model import Work

# A comment, so that the note has no words of its own until its editor writes some.
_GUIDES = {
    "de": """\
<!--
Warum lohnt dieses Werk? Schreiben Sie es unter diesen Kommentar, in eigenen Worten: Ohne sie erscheint die Notiz nicht.
Oben steht als title noch der Titel des Werks; geben Sie der Notiz ihren eigenen. summary: … wird ihr Vorspann.
Zum Zitieren nehmen Sie die Zeilen mit > aus dem Kommentar und setzen die Stelle ein, unverändert und so kurz es geht.

{quotation}
-->
""",
    "en": """\
<!--
Why is this work worth reading? Say so below this comment, in your own words: the note is not published without them.
The title above is still the work's; give the note its own. A line summary: … becomes its standfirst.
To quote, take the lines with > out of this comment and put in the passage unaltered, no longer than needed.

{quotation}
-->
""",
}


def body(work: Work, lang: str) -> str:
    """Make the body of a new note on `work`, in the site's language (English where we have no text in it)."""
    guide = _GUIDES.get(lang.partition("-")[0], _GUIDES["en"])
    return guide.format(quotation=f"> …\n> {attribution(work)}")


def attribution(work: Work) -> str:
    """Write the linked line that stands under a quotation from `work`."""
    known = dict.fromkeys(part for part in (work.publication, *work.authors) if part)  # a channel is its own author
    names = ", ".join(known) or urlsplit(work.url).netloc
    return f"— {plain_text(names)}: [{plain_text(work.title)}]({safe_address(work.url)})"


def plain_text(text: str) -> str:
    """Write foreign text so that Markdown shows it as it is, and that it cannot end a comment."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def safe_address(url: str) -> str:
    """Write an address so that it does not end a Markdown link or a comment."""
    for character, code in {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}.items():
        url = url.replace(character, code)
    return url

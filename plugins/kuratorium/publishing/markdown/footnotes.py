"""The links back from footnotes: their arrow, and the words that screen readers say for it."""

from __future__ import annotations

import re
from html import escape

# U+FE0E asks for a character of the text; without it, phones show a coloured picture.
BACKLINK_TEXT = "↩\ufe0e"
# As the allow-list writes it: within another attribute, its quotes would be escaped.
_BACKLINK = re.compile(rf'<a class="footnote-backref" href="(?P<href>[^"]*)"(?: title="[^"]*")?>{BACKLINK_TEXT}</a>')


def label_backlinks(html: str, label: str, lang: str) -> str:
    """Return a body whose links back from footnotes have a label, in the language `lang`.

    Not in the converter: the label is in the site's language, and a body is kept in the cache when that changes.
    """
    if "footnote-backref" not in html:  # most bodies
        return html
    attributes = f'lang="{escape(lang)}" aria-label="{escape(label)}"'
    return _BACKLINK.sub(rf'<a class="footnote-backref" href="\g<href>" {attributes}>{BACKLINK_TEXT}</a>', html)

"""Texts that break what is put together carelessly: markup, ends of sections, emoji, direction marks, controls."""

from hypothesis import strategies as st

_PIECES = (
    *("<b>", "</title>", "<![CDATA[", "]]>", "&", "&amp;", "&#0;", "&nope;", "<!--", "-->", "<?xml?>", '"', "'", "<"),
    *("\r\n", "\r", "\n", "\t", "\x00", "\x01", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufffe", "\uffff"),
    *(
        "👩\u200d👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e007f",
        "\U0001f6e4\ufe0f",
        "שלום",
        "\u202egnirts",
        "\u2067x\u2069",
    ),
    *("BEGIN:VEVENT", "END:VCALENDAR", ";", ",", "\\", "\\n", ":", "^n", '\\"', "{{ x }}", "%s", "$&", r"\g<1>"),
)
_COMPOUND = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorstand"

HOSTILE_TEXTS = st.one_of(
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join),
    st.text(min_size=1),
    st.integers(1, 400).map(lambda length: (_COMPOUND * 5)[:length]),
)
"""Titles and names of any kind, also compounds of 300 characters and more."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.control_characters import escape_controls


@given(st.text(st.characters(exclude_categories=())))
def test_a_terminal_gets_no_control_character(text: str) -> None:
    """No control, surrogate, direction control or tag is left but tab and line feed, and all else stays."""
    escaped = escape_controls(text)
    assert not {unicodedata.category(character) for character in escaped if character not in "\t\n"} & {"Cc", "Cs"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", escaped)
    assert escaped == text or (escaped != text and "\\" in escaped)
    escaped.encode()


def test_escapes_are_readable() -> None:
    """Bytes of a file's name, controls and characters beyond them are written as Python writes them."""
    assert escape_controls("a\x1b[2Jb\x9bc\udcffd\u202ee\U000e0041") == r"a\x1b[2Jb\x9bc\xffd\u202ee\U000e0041"
    assert escape_controls("a\nb", one_line=True) == r"a\nb"
    assert escape_controls("Größe 👩‍🚀 „x“\tü") == "Größe 👩‍🚀 „x“\tü"

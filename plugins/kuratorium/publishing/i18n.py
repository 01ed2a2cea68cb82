"""The words of the site: the theme's catalogues (theme/translations/LANGUAGE.po), and labels for keywords.

Labels are the English messages for what front matter says in keywords; the catalogues translate them.
"""

from __future__ import annotations

import io
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from ..edition.formats import N_
from ..edition.model import Post
from ..errors import EditionError, Problem

DISCLOSURES = {
    "sponsor": N_("Advertisement"),
    "employer": N_("In our own interest"),
    "gift": N_("Invitation or gift"),
    "relation": N_("Disclosure"),
}
STRENGTHS = {1: N_("Worth reading"), 2: N_("Important"), 3: N_("Must-read")}
EMBED_BUTTONS = {"video": N_("Load the video"), "post": N_("Load the post"), "map": N_("Load the map")}
EVENT_MODES = {"online": N_("Online"), "onsite": N_("On site"), "hybrid": N_("On site and online")}
EVENT_STATES = {"moved": N_("Moved"), "postponed": N_("Postponed"), "cancelled": N_("Cancelled")}


def label_title(post: Post, translations: NullTranslations) -> str:
    """Return a post's title for feeds, calendars and previews: after its disclosure, if it has one (§ 22 MStV)."""
    if not post.disclosure:
        return post.title
    return f"{translations.gettext(DISCLOSURES[post.disclosure.kind])}: {post.title}"


def read_translations(theme: Path, lang: str) -> NullTranslations:
    """Return the words of `lang`, English if it has no catalogue; raise EditionError if the catalogue is broken."""
    return load_translations(compile_translations(theme, lang))


def load_translations(mo_data: bytes) -> NullTranslations:
    """Return the words of a catalogue that `compile_translations` compiled."""
    return GNUTranslations(io.BytesIO(mo_data)) if mo_data else NullTranslations()


def compile_translations(theme: Path, lang: str) -> bytes:
    """Return the compiled catalogue of `lang` (`de-AT` falls back to `de`); empty if there is none."""
    for name in (lang, lang.split("-", maxsplit=1)[0]):
        path = theme / "translations" / f"{name}.po"
        if path.is_file():
            return _compile_po_file(path, name)
    return b""


def _compile_po_file(path: Path, lang: str) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - 0.05 s, and most builds have the catalogue compiled already
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang.replace("-", "_"), abort_invalid=True)
        buffer = io.BytesIO()
        write_mo(buffer, catalogue)
        GNUTranslations(io.BytesIO(buffer.getvalue()))  # Babel does not check the Plural-Forms header; gettext does
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0  # ValueErrors of Babel and gettext know no line
        hint = "Each entry is a msgid line and a msgstr line, in quotes."
        place = f"{path.parent.parent.name}/translations/{path.name}"
        raise EditionError([Problem(place, line, "", f"this is no catalogue: {error}", hint)]) from error
    return buffer.getvalue()

"""The content formats: adding one is a record here, a template in theme/templates/formats/ and a folder."""

from __future__ import annotations

from msgspec import Struct


class Format(Struct, frozen=True, kw_only=True):
    """A kind of post.

    `folder` holds its files; `words` are its part of the address by language; `one` and `many` are
    the English messages of the theme's catalogue; `needs` are fields a published post must have;
    `dialogue`: its body marks turns; `notes`: without own words beside the quotation it is nothing;
    `mailed`: it has forms for mail beside its page.
    """

    id: str
    folder: str
    words: dict[str, str]
    one: str
    many: str
    needs: tuple[str, ...] = ("authors",)
    dialogue: bool = False
    notes: bool = False
    mailed: bool = False

    @property
    def template(self) -> str:
        """The template of its posts."""
        return f"formats/{self.id}"


def N_(message: str) -> str:  # noqa: N802 - gettext's name for «translate this, but later»
    """Mark a message for the catalogues."""
    return message


FORMATS: tuple[Format, ...] = (
    Format(
        id="note",
        folder="curation/notes",
        words={"de": "notizen", "en": "notes"},
        one=N_("Note"),
        many=N_("Notes"),
        needs=("authors", "bookmark_of"),
        notes=True,
    ),
    Format(
        id="interview",
        folder="content/interviews",
        words={"de": "interviews", "en": "interviews"},
        one=N_("Interview"),
        many=N_("Interviews"),
        needs=("guests", "release"),
        dialogue=True,
    ),
    Format(
        id="talk",
        folder="content/talks",
        words={"de": "gespraeche", "en": "talks"},
        one=N_("Talk"),
        many=N_("Talks"),
        needs=("hosts", "event"),
        dialogue=True,
    ),
    Format(
        id="essay",
        folder="content/essays",
        words={"de": "essays", "en": "essays"},
        one=N_("Essay"),
        many=N_("Essays"),
    ),
    Format(
        id="lookback",
        folder="content/lookbacks",
        words={"de": "rueckblicke", "en": "look-backs"},
        one=N_("Look-back"),
        many=N_("Look-backs"),
        needs=("authors", "lookback_of", "changed_since"),
    ),
    Format(
        id="digest",
        folder="content/digests",
        words={"de": "presseschau", "en": "digests"},
        one=N_("Digest"),
        many=N_("Digests"),
        needs=("authors", "period"),
        mailed=True,
    ),
)


PAGES = "content/pages"
STANDING = ""
FOLDERS = {format.id: format.folder for format in FORMATS} | {STANDING: PAGES}
"""Format -> the folder of its texts; standing pages have no format."""


def by_id(format_id: str) -> Format:
    """Find a format by its id; KeyError where there is none."""
    return _BY_ID[format_id]


_BY_ID = {format.id: format for format in FORMATS}

"""The content formats: adding one is a record here, a template in theme/templates/formats/ and a folder."""

from __future__ import annotations

from msgspec import Struct

from ..translations import N_


class Format(Struct, frozen=True, kw_only=True):
    """A kind of post.

    `folder` holds its files; `words` are its part of the address by language; `one` and `many` are
    the English messages of the theme's catalogue; `needs` are fields a published post must have;
    `dialogue`: its body marks turns; `notes`: without own words beside the quotation it is nothing;
    `mailed`: it has forms for mail beside its page.
    """

    id: str
    folder: str
    url_segments: dict[str, str]
    singular: str
    plural: str
    required_fields: tuple[str, ...] = ("authors",)
    is_conversation: bool = False
    is_note: bool = False
    has_mail_version: bool = False

    @property
    def template(self) -> str:
        """The template of its posts."""
        return f"formats/{self.id}"


FORMATS: tuple[Format, ...] = (
    Format(
        id="note",
        folder="curation/notes",
        url_segments={"de": "notizen", "en": "notes"},
        singular=N_("Note"),
        plural=N_("Notes"),
        required_fields=("authors", "bookmark_of"),
        is_note=True,
    ),
    Format(
        id="interview",
        folder="content/interviews",
        url_segments={"de": "interviews", "en": "interviews"},
        singular=N_("Interview"),
        plural=N_("Interviews"),
        required_fields=("guests", "release"),
        is_conversation=True,
    ),
    Format(
        id="talk",
        folder="content/talks",
        url_segments={"de": "gespraeche", "en": "talks"},
        singular=N_("Talk"),
        plural=N_("Talks"),
        required_fields=("hosts", "event"),
        is_conversation=True,
    ),
    Format(
        id="essay",
        folder="content/essays",
        url_segments={"de": "essays", "en": "essays"},
        singular=N_("Essay"),
        plural=N_("Essays"),
    ),
    Format(
        id="lookback",
        folder="content/lookbacks",
        url_segments={"de": "rueckblicke", "en": "look-backs"},
        singular=N_("Look-back"),
        plural=N_("Look-backs"),
        required_fields=("authors", "lookback_of", "changed_since"),
    ),
    Format(
        id="digest",
        folder="content/digests",
        url_segments={"de": "presseschau", "en": "digests"},
        singular=N_("Digest"),
        plural=N_("Digests"),
        required_fields=("authors", "period"),
        has_mail_version=True,
    ),
)


STANDALONE_PAGES_FOLDER = "content/pages"
STANDALONE_PAGE_FORMAT = ""
FOLDERS_BY_FORMAT = {format.id: format.folder for format in FORMATS} | {STANDALONE_PAGE_FORMAT: STANDALONE_PAGES_FOLDER}
"""Format -> the folder of its texts; standing pages have no format."""


def get_format(format_id: str) -> Format:
    """Find a format by its id; KeyError where there is none."""
    return _FORMATS_BY_ID[format_id]


_FORMATS_BY_ID = {format.id: format for format in FORMATS}

"""The formats of posts. To add one: a record in FORMATS, a template in theme/templates/formats/, and a folder."""

from __future__ import annotations

from msgspec import Struct

from ..translations import N_


class Format(Struct, frozen=True, kw_only=True):
    """A kind of post.

    `folder`: where its files are, from the edition's root.
    `url_word`: its part of a post's address in English; languages.py has it in other languages.
    `singular`, `plural`: English messages of the theme's catalogues.
    `required_fields`: front matter that a published post must have.
    `is_conversation`: its body is marked as turns.
    `is_note`: it comments on other works, so that it needs words of its own besides quotations.
    `has_mail_version`: its posts are also rendered for e-mail.
    """

    id: str
    folder: str
    url_word: str
    singular: str
    plural: str
    required_fields: tuple[str, ...] = ("authors",)
    is_conversation: bool = False
    is_note: bool = False
    has_mail_version: bool = False

    @property
    def template(self) -> str:
        """The template of its posts, from theme/templates/, without its suffix."""
        return f"formats/{self.id}"


FORMATS: tuple[Format, ...] = (
    Format(
        id="note",
        folder="curation/notes",
        url_word="notes",
        singular=N_("Note"),
        plural=N_("Notes"),
        required_fields=("authors", "bookmark_of"),
        is_note=True,
    ),
    Format(
        id="interview",
        folder="content/interviews",
        url_word="interviews",
        singular=N_("Interview"),
        plural=N_("Interviews"),
        # An interview is published only after its partner has released the text, so `release` must say so.
        required_fields=("guests", "release"),
        is_conversation=True,
    ),
    Format(
        id="talk",
        folder="content/talks",
        url_word="talks",
        singular=N_("Talk"),
        plural=N_("Talks"),
        required_fields=("hosts", "event"),
        is_conversation=True,
    ),
    Format(
        id="essay",
        folder="content/essays",
        url_word="essays",
        singular=N_("Essay"),
        plural=N_("Essays"),
    ),
    Format(
        id="lookback",
        folder="content/lookbacks",
        url_word="look-backs",
        singular=N_("Look-back"),
        plural=N_("Look-backs"),
        required_fields=("authors", "lookback_of", "changed_since"),
    ),
    Format(
        id="digest",
        folder="content/digests",
        url_word="digests",
        singular=N_("Digest"),
        plural=N_("Digests"),
        required_fields=("authors", "period"),
        has_mail_version=True,
    ),
)


STANDALONE_PAGES_FOLDER = "content/pages"
STANDALONE_PAGE_FORMAT = ""  # not a slug, so no format can have this id
FOLDERS_BY_FORMAT = {format.id: format.folder for format in FORMATS} | {STANDALONE_PAGE_FORMAT: STANDALONE_PAGES_FOLDER}
"""Format -> folder of its files; standalone pages are among them with STANDALONE_PAGE_FORMAT."""

_FORMATS_BY_ID = {format.id: format for format in FORMATS}


def get_format(format_id: str) -> Format:
    """Return the format with this id; raises KeyError if there is none."""
    return _FORMATS_BY_ID[format_id]

"""What a rule of `kuratorium check` is, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from gettext import NullTranslations
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ...edition.formats import get_format
from ...edition.loader import Edition
from ...edition.model import PostFile, StandalonePage
from ...edition.settings import SettingsFile, SiteSettings
from ...errors import EditionError, Problem
from ...translations import read_translations
from ..inbox import InboxItem
from ..word_count import WordCount, count_note_words
from .links.addresses import SitePaths
from .links.anchors import ConverterBuilder
from .links.former_site import AddressLister
from .links.outgoing.findings import VisitedLink
from .links.site_pages import SitePages, build_site_pages
from .quotations.archived_texts import ComparedPost, read_compared_posts

Level = Literal["error", "warning"]


class CheckInput(Struct, frozen=True, dict=True):
    """What the rules check: the edition, the inbox, and the problems found while reading them.

    `settings` are those of pelicanconf.py, which runs once for all rules. Without the site's `paths` no links are
    looked up; without them or `now` no addresses are compared. `former_files` are those that changed since the last
    commit, as it had them. `settings_problems` are errors and warnings on pelicanconf.py that only Pelican's room can
    find. `find_site_problems` gets an edition without errors, and returns those that only planning the site shows.
    `list_addresses` plans it as well: with it, all addresses are compared with those of the last commit. Without
    `build_converter`, for the HTML of bodies, no anchors are looked up; `can_draw` judges the bytes of pictures.
    `visited_links` are the links to other sites, if they are to be checked.
    """

    settings: SettingsFile
    edition: Edition
    edition_problems: list[Problem]
    inbox_items: list[InboxItem]
    inbox_problems: list[Problem]
    paths: SitePaths | None
    now: datetime | None
    former_files: Mapping[str, bytes]
    settings_problems: tuple[Iterable[Problem], Iterable[Problem]] = ((), ())
    find_site_problems: Callable[[Edition], Iterable[Problem]] = lambda _: ()
    list_addresses: AddressLister | None = None
    build_converter: ConverterBuilder | None = None
    can_draw: Callable[[bytes], bool] = lambda _: True
    visited_links: tuple[VisitedLink, ...] = ()

    @cached_property
    def word_counts(self) -> dict[str, WordCount]:
        """The words of the notes, drafts included, by file."""
        notes = (post for post in self.edition.post_files if get_format(post.format).is_note)
        return {note.file: count_note_words(note) for note in notes}

    @cached_property
    def pages(self) -> SitePages:
        """The pages of the site, and the texts that link to them."""
        return build_site_pages(self.edition, self.paths, self.settings.site)

    @cached_property
    def texts(self) -> list[PostFile | StandalonePage]:
        """All posts and standalone pages."""
        return [*self.edition.post_files, *self.edition.standalone_pages]

    @cached_property
    def compared_posts(self) -> list[ComparedPost]:
        """The posts with the texts of their works, as far as the archive of this machine holds them."""
        return read_compared_posts(self.edition)

    @cached_property
    def translations(self) -> NullTranslations:
        """The catalogue in the language of the edition."""
        return read_desk_translations(self.edition.root, self.settings.site)


class Check(Struct, frozen=True):
    """A rule: an `error` prevents a build, a `warning` is for the editor to judge.

    `explanation`: what the rule finds, why, and what would be right, in English; the catalogues have it in other
    languages.
    `is_local`: what it finds depends on this machine, or on the state of git, so that a colleague's `ignore` may have
    a purpose although nothing is found here.
    `needs_valid_edition`: it is left out if a rule before it found an error.
    """

    id: str
    level: Level
    find_problems: Callable[[CheckInput], Iterable[Problem]]
    explanation: str
    is_local: bool = False
    needs_valid_edition: bool = False


def read_desk_translations(root: Path, site: SiteSettings | None) -> NullTranslations:
    """Read the theme's catalogue in the language of the site; English if that or the settings are invalid."""
    try:
        return read_translations(root / site.theme, site.lang) if site else NullTranslations()
    except EditionError:  # such as a merge that is not finished, which a rule reports
        return NullTranslations()

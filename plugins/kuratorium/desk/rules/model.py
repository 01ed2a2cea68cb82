"""What a rule of `kuratorium check` is, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from gettext import NullTranslations
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ...edition.loader import Edition, Text
from ...edition.model import PostFile, StandalonePage
from ...edition.settings import SettingsFile, SiteSettings
from ...errors import EditionError, Problem
from ...translations import read_translations
from ..inbox import InboxItem
from ..word_count import WordCount
from .links.addresses import SitePaths
from .links.anchors import ConverterBuilder
from .links.former_site import AddressLister
from .links.outgoing.findings import VisitedLink
from .links.site_pages import SitePages, build_site_pages
from .quotations.comparison import Comparison
from .quotations.sources import compare_posts
from .text_cache import TextCache
from .text_rules import TextResult, TextRule

Level = Literal["error", "warning"]
TextT = TypeVar("TextT", PostFile, StandalonePage)


class CheckInput(Struct, frozen=True, dict=True):
    """What the rules check: the edition, the inbox, and the problems found while reading them.

    `settings` are those of pelicanconf.py, which runs once for all rules. Without the site's `paths` no links are
    looked up; without them or `now` no addresses are compared. `former_files` are those that changed since the last
    commit, as it had them. `settings_problems` are errors and warnings on pelicanconf.py that only Pelican's room can
    find. `find_site_problems` gets an edition without errors, and returns those that only planning the site shows.
    `list_addresses` plans it as well: with it, all addresses are compared with those of the last commit. Without
    `build_converter`, for the HTML of bodies, no anchors are looked up; `can_draw` judges the bytes of pictures.
    `visited_links` are the links to other sites, if they are to be checked.
    With `only`, rules judge these files alone, beside all others. `text_results` are those of rules on texts.
    `translations`: the catalogue in the language of the edition.
    """

    settings: SettingsFile
    edition: Edition
    edition_problems: list[Problem]
    inbox_items: list[InboxItem]
    inbox_problems: list[Problem]
    paths: SitePaths | None
    now: datetime | None
    former_files: Mapping[str, bytes]
    text_results: Mapping[str, TextResult]
    translations: NullTranslations
    settings_problems: tuple[Iterable[Problem], Iterable[Problem]] = ((), ())
    find_site_problems: Callable[[Edition], Iterable[Problem]] = lambda _: ()
    list_addresses: AddressLister | None = None
    build_converter: ConverterBuilder | None = None
    can_draw: Callable[[bytes], bool] = lambda _: True
    visited_links: tuple[VisitedLink, ...] = ()
    cache: TextCache | None = None
    only: Collection[str] | None = None

    @cached_property
    def word_counts(self) -> dict[str, WordCount]:
        """The words of the notes that are judged, drafts included, by file."""
        return {file: result.word_count for file, result in self.text_results.items() if result.word_count}

    @cached_property
    def pages(self) -> SitePages:
        """The pages of the site, and the judged texts that link to them."""
        return build_site_pages(self.edition, self.judged, self.paths, self.settings.site)

    @cached_property
    def judged(self) -> Edition:
        """The edition with the posts and pages alone that are judged; see select_judged_texts."""
        return select_judged_texts(self.edition, self.only)

    @cached_property
    def texts(self) -> list[Text]:
        """The posts and standalone pages that are judged."""
        return [*self.judged.post_files, *self.judged.standalone_pages]

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """What is wrong with the judged posts beside the texts of their works, as far as the archive holds them."""
        policy = self.edition.registry.policy
        return compare_posts(self.judged, self.cache, self.translations.gettext, policy.copied_words if policy else 12)


ProblemFinder = Callable[[CheckInput], Iterable[Problem]] | TextRule
"""A rule on an edition, or on each of its texts alone."""


class Check(Struct, frozen=True):
    """A rule: an `error` prevents a build, a `warning` is for the editor to judge.

    `explanation`: what the rule finds, why, and what would be right, in English; the catalogues have it in other
    languages.
    `is_local`: what it finds depends on this machine, or on the state of git, so that a colleague's `ignore` may have
    a purpose although nothing is found here.
    `needs_valid_edition`: it is left out if a rule before it found an error.
    `is_of_site`: it judges the whole edition, and is left out when only some of its texts are checked.
    """

    id: str
    level: Level
    find_problems: ProblemFinder
    explanation: str
    is_local: bool = False
    needs_valid_edition: bool = False
    is_of_site: bool = False


def make_error(rule: str, find_problems: ProblemFinder, explanation: str, **options: bool) -> Check:
    """Return a rule that prevents a build."""
    return Check(rule, "error", find_problems, explanation, **options)


def make_warning(rule: str, find_problems: ProblemFinder, explanation: str, **options: bool) -> Check:
    """Return a rule whose findings an editor judges."""
    return Check(rule, "warning", find_problems, explanation, **options)


def select_texts(edition: Edition, only: Collection[str] | None) -> Edition:
    """Return an edition with these posts and pages alone; with None as it is."""
    if only is None:
        return edition
    posts = tuple(post for post in edition.post_files if post.file in only)
    pages = tuple(page for page in edition.standalone_pages if page.file in only)
    return replace(edition, post_files=posts, standalone_pages=pages)


def select_judged_texts(edition: Edition, only: Collection[str] | None) -> Edition:
    """Return an edition with these posts and pages alone, drafts among them as if they were published.

    Who names a draft wants to know what would be wrong with it; without names, drafts are what nobody has finished.
    """
    if only is None:
        return edition
    chosen = select_texts(edition, only)
    return replace(
        chosen,
        post_files=tuple(map(_publish, chosen.post_files)),
        standalone_pages=tuple(map(_publish, chosen.standalone_pages)),
    )


def _publish(text: TextT) -> TextT:
    return replace(text, meta=replace(text.meta, status="published")) if text.meta.status == "draft" else text


def read_desk_translations(root: Path, site: SiteSettings | None) -> NullTranslations:
    """Read the theme's catalogue in the language of the site; English if that or the settings are invalid."""
    try:
        return read_translations(root / site.theme, site.lang) if site else NullTranslations()
    except EditionError:  # such as a merge that is not finished, which a rule reports
        return NullTranslations()

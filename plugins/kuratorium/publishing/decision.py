"""What is to be done: a pure function of what a build finds and what it remembers."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from ..folders import INBOX, REGISTRY
from ..formats import FOLDERS
from .scan import Difference, Site
from .settings import Settings


class Linked(Struct, frozen=True, kw_only=True):
    """Files that texts lead to or name: `shown` by such as may be published, `withheld` by others alone."""

    shown: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


class State(Struct, frozen=True, kw_only=True):
    """What a build remembers of itself.

    It holds from `since` until `until` (None: without end), unless policy.yaml pins the edition's date (`pinned`).
    `linked` are the files that texts link to; `whole`: the site is what the texts that are kept say.
    """

    settings: Settings
    since: datetime | None = None
    until: datetime | None = None
    pinned: datetime | None = None
    linked: Linked = Linked()
    posts: int = 0
    pages: int = 0
    whole: bool = False

    def holds(self, as_of: datetime) -> bool:
        """Tell whether nothing falls due, and no talk ends, between the last build's date and this one."""
        return (self.since is None or self.since <= as_of) and (self.until is None or as_of < self.until)


class Change(Struct, frozen=True, kw_only=True):
    """What differs from the last build: files by what they are, files of the site, the settings, the date."""

    texts: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    registry: bool = False
    inbox: frozenset[str] = frozenset()
    templates: bool = False
    words: bool = False
    assets: frozenset[str] = frozenset()
    settings: bool = False
    day: bool = False
    lost: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    unfinished: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the site is as it should be."""
        return self == NOTHING

    @property
    def plan(self) -> bool:
        """Whether other pages than those that hold a changed text may be concerned, before any text was read."""
        files = self.gone or self.registry or self.inbox or self.templates or self.words
        return bool(files or self.settings or self.day or self.unfinished)


NOTHING = Change()


def decide(found: Difference, *, state: State, settings: Settings, as_of: datetime, site: Site) -> Change:
    """Sort what differs from the last build."""
    differing = found.changed | found.new | found.gone
    texts = {file for file in differing if is_text(file)}
    templates = {file for file in differing if file.startswith(f"{settings.theme}/templates/")}
    words = {file for file in differing if file.startswith(f"{settings.theme}/translations/")}
    registry = differing & set(REGISTRY)
    inbox = {file for file in differing if is_inbox(file)}
    assets = {file for file in differing - texts - templates - words - registry - inbox if not is_settings(file)}
    return Change(
        texts=frozenset(texts - found.gone),
        gone=frozenset(texts & found.gone),
        registry=bool(registry),
        inbox=frozenset(inbox),
        templates=bool(templates),
        words=bool(words),
        assets=frozenset(assets),
        settings=settings != state.settings,
        day=not state.holds(as_of),
        lost=site.lost,
        strange=site.strange,
        unfinished=not state.whole,
    )


def is_text(file: str) -> bool:
    """Tell the file of a post or page from others, by its path from the edition's root."""
    return file.endswith(".md") and format_of(file) is not None


def is_inbox(file: str) -> bool:
    """Tell what waits for a note."""
    return file.startswith(f"{INBOX}/")


def is_settings(file: str) -> bool:
    """Tell what settings are read from: Python at the top of the edition."""
    return "/" not in file and file.endswith(".py")


def format_of(file: str) -> str | None:
    """Tell the format by the folder (`formats.STANDING` for pages); None for what lies elsewhere."""
    return next((format for format, folder in FOLDERS.items() if file.startswith(f"{folder}/")), None)


def window(moments: set[datetime], as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """Say from when until when a site made for `as_of` stays as it is, if only at these moments something changes."""
    past = [moment for moment in moments if moment <= as_of]
    ahead = [moment for moment in moments if moment > as_of]
    return max(past, default=None), min(ahead, default=None)


def encode(state: State) -> bytes:
    """Write the state down."""
    return msgspec.json.encode(state)


def decode(text: bytes) -> State | None:
    """Read the state, if there is one."""
    return msgspec.json.decode(text, type=State) if text else None

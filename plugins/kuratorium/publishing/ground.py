"""What a build stands on: where it is, what is known, what changed, and who watches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ..registry import Registry
from .assets import Assets
from .built import Order, Watch
from .decision import Change, State
from .links import AddressOf
from .look import Outputs
from .memory import Memory
from .page import Page
from .settings import Settings
from .stage import Stage
from .store import Store
from .theme import Theme


class Ground(Struct, frozen=True, kw_only=True):
    """All that planning and rendering need. `hashes` by file of the edition, `outputs` are what was built before."""

    root: Path
    settings: Settings
    registry: Registry
    theme: Theme
    store: Store
    memory: Memory
    stage: Stage
    order: Order
    watch: Watch
    change: Change
    state: State
    as_of: datetime
    assets: Assets
    hashes: Mapping[str, bytes]
    outputs: Outputs
    address_of: AddressOf


class Task(Struct, frozen=True, kw_only=True):
    """A page to render, its recipe, and what it is rendered for if not for its recipe."""

    page: Page
    recipe: bytes
    why: str = ""

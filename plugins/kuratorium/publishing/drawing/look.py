"""The look of an edition: its mark, and its own colours, as the settings, the policy and the theme say."""

from __future__ import annotations

from pathlib import Path

from ...edition.paths import TOKENS_PATH
from ...edition.pictures.colours import read_tokens, write_rules
from ...edition.registry import Registry
from ...edition.settings import SiteSettings
from .initials import build_mark
from .model import Look


def build_look(root: Path, site: SiteSettings, registry: Registry) -> Look:
    """Return the look of the edition at `root`; the registry must have been read without problems."""
    colours = registry.policy.colours if registry.policy else None
    rules = ""
    if colours:
        tokens = read_tokens((root / site.theme / "static" / TOKENS_PATH).read_text("utf-8", "replace"))
        rules = write_rules(colours, tokens)
    return Look(build_mark(site.name, registry.logo), rules)

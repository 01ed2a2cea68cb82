"""Jinja's environment for the theme, with compiled templates kept by the store."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader
from jinja2.bccache import Bucket

from .settings import Settings


class Codes(Protocol):
    """Keeps code by key; the store does."""

    def code(self, key: str) -> bytes | None:
        """Give what was kept."""

    def keep_code(self, key: str, code: bytes) -> None:
        """Keep it."""


class Compiled(BytecodeCache):
    """Jinja's compiled templates in the store; Jinja holds them against the templates' own checksums."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was kept, if anything."""
        code = self._codes.code(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in the bucket."""
        self._codes.keep_code(bucket.key, bucket.bytecode_to_string())


def make(root: Path, settings: Settings, codes: Codes | None = None) -> Environment:
    """Set Jinja up as the settings say, for the theme of the edition at `root`."""
    options = {"trim_blocks": True, "lstrip_blocks": True} | settings.jinja
    if "undefined" in options:
        options["undefined"] = getattr(jinja2, options["undefined"])
    return Environment(  # noqa: S701 - the settings say autoescape
        loader=FileSystemLoader(root / settings.theme / "templates"),
        bytecode_cache=Compiled(codes) if codes else None,
        **options,
    )

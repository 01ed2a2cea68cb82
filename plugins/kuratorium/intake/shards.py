"""A part of the sources, so that many machines share one pull: `2/4` is the second of four."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from ..errors import UsageError


class Shard(Struct, frozen=True):
    """The `number`th of `of` parts, from 1. A source belongs to one by its id, so that shards write different files."""

    number: int = 1
    of: int = 1

    def holds(self, source_id: str) -> bool:
        """Tell whether a source belongs to this part."""
        digest = hashlib.sha256(source_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


def read(text: str) -> Shard:
    """Read `I/N`; raises UsageError."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or shard.number > shard.of:
        raise UsageError(f"«{text}» is no part of a pull: write I/N, such as 1/4 for the first of four.")
    return shard

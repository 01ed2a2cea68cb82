"""What the fields of records are made of: ids, addresses, moments; and what all records share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_URL = r"https?://[^\s/]\S*"

# msgspec allows one string type in a union, hence the pairs: a thing, and a thing or "".
Slug = Annotated[str, Meta(pattern=rf"\A{SLUG}\Z", max_length=120, title="slug")]
MaybeSlug = Annotated[str, Meta(pattern=rf"\A(?:{SLUG})?\Z", max_length=120, title="slug")]
Uid = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{5,63}\Z", title="uid")]
MaybeUid = Annotated[str, Meta(pattern=r"\A(?:[a-z0-9][a-z0-9-]{5,63})?\Z", title="uid")]
Url = Annotated[str, Meta(pattern=rf"\A{_URL}\Z", title="url")]
MaybeUrl = Annotated[str, Meta(pattern=rf"\A(?:{_URL})?\Z", title="url")]
Language = Annotated[str, Meta(pattern=r"\A(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?\Z", title="language")]
TimeCode = Annotated[str, Meta(pattern=r"\A(?:\d+:)?[0-5]?\d:[0-5]\d\Z", title="timecode")]
MaybeTimeCode = Annotated[str, Meta(pattern=r"\A(?:(?:\d+:)?[0-5]?\d:[0-5]\d)?\Z", title="timecode")]
Alias = Annotated[str, Meta(pattern=r"\A/?(?!.*\.\.)[\w~-][\w.~/-]*\Z", title="alias")]
Instant = Annotated[datetime, Meta(tz=True)]
Host = Annotated[str, Meta(pattern=r"\A(?:[^\s/:@\[\]]+|\[?[0-9A-Fa-f:.]+\]?)\Z", title="host")]
MaybeEmail = Annotated[str, Meta(pattern=r"\A(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+)?\Z", title="email")]
Text = Annotated[str, Meta(pattern=r"\S", title="text")]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all records of the contract share: they do not change, and know all their keys."""

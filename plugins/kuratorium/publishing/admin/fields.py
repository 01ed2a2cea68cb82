"""Fields of records -> fields of forms, as Sveltia CMS describes them: a type has the same form wherever it occurs.

What no field of Sveltia's holds, "an id or a record" and the like, has one of our own: theme/static/js/admin.js.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import date as Day
from datetime import datetime
from typing import Any, Literal

from msgspec import Meta, Struct

from ...edition.fields import is_record_type, is_union, list_fields, strip_annotation
from ...edition.model import SeriesPosition
from ...edition.registry import KINDS_BY_FIELD
from ...edition.schemas.descriptions import describe_fields, describe_record
from ...translations import N_

FormField = dict[str, Any]

TRANSLATED_KEYS = frozenset(("label", "label_singular", "hint", "record_label"))
"""The keys of a configuration whose texts are words for people; those below `words` are, too."""

CHOICE_WIDGET = "text_or_record"
"""The name of the field in theme/static/js/admin.js for values that are a text or a record."""

_LONG_TEXTS = frozenset(("summary", "text", "bio", "intro", "teaser"))
_SHOWN_FIELD = "name"  # of what is named by its id
# Widget -> how a field of a record is typed in a field of ours.
_RECORD_INPUTS = {"list": "list", "number": "number", "boolean": "truth", "datetime": "day"}
_SIMPLE_FIELDS: Mapping[object, FormField] = {
    bool: {"widget": "boolean"},
    Day: {"widget": "datetime", "type": "date", "format": "YYYY-MM-DD"},
    dict: {"widget": "keyvalue"},
}


class FormBuilder(Struct, frozen=True):
    """Builds the fields of forms, with words in English: `zone` is the site's time zone.

    `people` are ids with names, for fields that hold an id or a record.
    """

    zone: str
    people: Mapping[str, str]

    def build_fields(self, record_type: type[Struct]) -> list[FormField]:
        """Return a field for each field of a record, in its order, which is that of a saved file."""
        descriptions, own = describe_fields(record_type), describe_record(record_type)
        fields = []
        for key, (expected, required) in list_fields(record_type).items():
            field = {"name": key, "label": name_field(key), **self._build_value(record_type, key, expected)}
            # A hint that only repeats what the record is says nothing, nor does "ids" where one sees names.
            is_told = descriptions[key] != own and field["widget"] != "relation"
            hint = {"hint": descriptions[key]} if is_told else {}
            fields.append(field | hint | {"required": required})
        return fields

    def _build_value(self, record_type: type[Struct], key: str, expected: Any) -> FormField:
        members = [member for member in typing.get_args(expected) if member is not type(None)]
        if not is_union(expected):
            return self._build_plain(record_type, key, expected)
        if len(members) == 1:
            return self._build_plain(record_type, key, members[0])
        return self._build_choice(key, members, is_list=False)

    def _build_plain(self, record_type: type[Struct], key: str, expected: Any) -> FormField:
        bare, title = strip_annotation(expected)
        origin, inner = typing.get_origin(bare), typing.get_args(bare)
        if is_record_type(expected):
            return {"widget": "object", "fields": self.build_fields(expected)}
        if origin is tuple:
            return self._build_list(key, inner[0])
        if origin is Literal:
            return {"widget": "select", "options": list(inner)}
        if bare is int:
            return {"widget": "number", "value_type": "int", **_list_limits(expected)}
        if bare is datetime:
            # Sveltia writes the offset of the zone at that moment. With a format and a zone, it never comes to an end.
            return {"widget": "datetime", "input_timezone": self.zone}
        simple = _SIMPLE_FIELDS.get(origin or bare)
        return dict(simple) if simple else _build_text(record_type, key, title)

    def _build_list(self, key: str, expected: Any) -> FormField:
        if is_union(expected):
            return self._build_choice(key, list(typing.get_args(expected)), is_list=True)
        if is_record_type(expected):
            return {"widget": "list", "fields": self.build_fields(expected), "collapsed": "auto"}
        if kind := KINDS_BY_FIELD.get(key):
            return build_relation(kind) | {"multiple": True}
        # One input for each item: Sveltia cuts the text of a plain list at commas.
        return {"widget": "list", "field": {"name": "item", "label": name_field(key), "widget": "string"}}

    def _build_choice(self, key: str, members: list[Any], *, is_list: bool) -> FormField:
        """Return the field for a value that is a text, or one of some words, or a record."""
        record = next((member for member in members if is_record_type(member)), None)
        others = [member for member in members if member is not record]
        words = [str(word) for member in others if typing.get_origin(member) is Literal for word in member.__args__]
        words += ["true"] if bool in others else []
        is_person = KINDS_BY_FIELD.get(key) == "people"
        options = [{"value": word, "label": word} for word in words]
        options += [{"value": person, "label": name} for person, name in self.people.items()] if is_person else []
        fields = self.build_fields(record) if record else []
        return {
            "widget": CHOICE_WIDGET,
            "multiple": is_list,
            "options": options,
            # Without options, or beside them, any text may be typed: the uid of a post, a day.
            "free_text": not options or Day in others,
            "record_label": describe_record(record) if record else "",
            "record_fields": [
                {"name": field["name"], "label": field["label"], "kind": _RECORD_INPUTS.get(field["widget"], "text")}
                for field in fields
            ],
            "words": {"add": N_("Add an entry"), "remove": N_("Remove"), "record": N_("Somebody or something else")},
        }


def _build_text(record_type: type[Struct], key: str, title: str) -> FormField:
    if title == "uid" and key == "uid":
        return {"widget": "uuid", "readonly": True}
    if record_type is SeriesPosition and key == "id":
        return build_relation("series")
    return {"widget": "text" if key in _LONG_TEXTS else "string"}


def name_field(key: str) -> str:
    """Return the name of a field for people, in English, from its key."""
    return key.replace("_", " ").capitalize()


def build_relation(kind: str) -> FormField:
    """Return the field that chooses a record of curation/`kind`.yaml, shows its name and saves its id."""
    return {
        "widget": "relation",
        "collection": "registry",
        "file": kind,
        "value_field": f"{kind}.*.id",
        "display_fields": [f"{kind}.*.{_SHOWN_FIELD}"],
        "search_fields": [f"{kind}.*.{_SHOWN_FIELD}", f"{kind}.*.id"],
    }


def _list_limits(annotated: Any) -> FormField:
    metas = [extra for extra in typing.get_args(annotated)[1:] if isinstance(extra, Meta)]
    limits = {"min": next((meta.ge for meta in metas if meta.ge is not None), None)}
    limits["max"] = next((meta.le for meta in metas if meta.le is not None), None)
    return {name: value for name, value in limits.items() if value is not None}

"""The page /admin/ and the configuration of Sveltia CMS in it: formats as collections, with all fields of front matter.

The registry is a collection, too, from which relations choose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from ...edition.curation import Person, Policy, Series, Source, Topic
from ...edition.formats import FORMATS, STANDALONE_PAGES_FOLDER, Format
from ...edition.model import FrontMatter, StandalonePageFrontMatter
from ...edition.paths import PEOPLE_FILE, SERIES_FILE, SOURCES_FILE, TOPICS_FILE
from ...translations import N_
from ..catalog import Catalog
from ..delivery.headers import build_admin_policy
from ..page import Page, SiteMeta, build_html_page
from ..template_inputs import PageMeta
from .backend import build_backend
from .fields import FormBuilder, FormField, name_field
from .program import ADMIN_FOLDER, PROGRAM_FILE

Configuration = dict[str, Any]

_INBOX_ONLY = frozenset(("teaser", "reasons", "suggestions"))
_REGISTRY: tuple[tuple[str, str, type[Struct]], ...] = (
    ("people", PEOPLE_FILE, Person),
    ("topics", TOPICS_FILE, Topic),
    ("sources", SOURCES_FILE, Source),
    ("series", SERIES_FILE, Series),
)
_MAX_DEPTH = 3  # folders within that of a format, such as those of years


def plan_admin_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page where editors write in forms, with its configuration; nothing unless the policy says `admin`."""
    if not (catalog.policy and catalog.policy.admin and catalog.as_of):
        return
    builder = FormBuilder(zone=str(catalog.as_of.tzinfo), people={person.id: person.name for person in catalog.people})
    meta = PageMeta(path=f"{ADMIN_FOLDER}/index.html", title=site.name, kind="admin", lang=site.lang, indexed=False)
    yield build_html_page(
        site,
        meta,
        "admin",
        content_policy=build_admin_policy(catalog.policy.admin),
        configuration=build_configuration(catalog.policy, builder, site.name, site.url),
        program=PROGRAM_FILE,
    )


def build_configuration(policy: Policy, builder: FormBuilder, site_name: str, site_url: str) -> Configuration:
    """Return the configuration of the page /admin/; `policy.admin` must be there."""
    assert policy.admin  # noqa: S101 - for mypy
    configuration = {
        "load_config_file": False,
        "backend": build_backend(policy.admin),
        "app_title": site_name,
        "site_url": site_url,
        "show_preview_links": False,
        "media_folder": "content/images",
        # As texts name pictures, see prose: the theme's addresses would not be found in them.
        "public_folder": "/images",
        "media_libraries": {"all": {"max_file_size": 50_000_000}, "stock_assets": {"providers": []}},
        "slug": {"encoding": "ascii", "clean_accents": True, "maxlength": 80, "timezone": "local"},
        "output": {"omit_empty_optional_fields": True},
        "editor": {"preview": False},
        "collections": [
            *(_build_format(format, builder) for format in FORMATS),
            _build_pages(builder),
            _build_registry(builder),
        ],
    }
    return {key: _freeze(value) for key, value in configuration.items()}


def _freeze(value: Any) -> Any:
    """Return a value with tuples for its lists: pages declare nothing that could change."""
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return tuple(map(_freeze, value)) if isinstance(value, list) else value


def _build_format(format: Format, builder: FormBuilder) -> Configuration:
    """Return the collection of a format's posts: what the format requires comes first among what may be absent."""
    fields = [field for field in builder.build_fields(FrontMatter) if field["name"] not in _INBOX_ONLY]
    return {
        "name": format.id,
        "label": format.plural,
        "label_singular": format.singular,
        **_build_folder(format.folder, fields),
        "sortable_fields": {"fields": ["date", "title"], "default": {"field": "date", "direction": "descending"}},
    }


def _build_pages(builder: FormBuilder) -> Configuration:
    return {
        "name": "page",
        "label": N_("Pages"),
        "label_singular": N_("Page"),
        **_build_folder(STANDALONE_PAGES_FOLDER, builder.build_fields(StandalonePageFrontMatter)),
    }


def _build_folder(folder: str, fields: list[FormField]) -> Configuration:
    for field in fields:
        if field["name"] == "date":
            field["default"] = "{{now}}"
    # Raw Markdown: an editor for rich text would write the marks of turns, quotations and embeds anew.
    body = {"name": "body", "label": name_field("text"), "widget": "markdown", "modes": ["raw"]}
    return {
        "folder": folder,
        "format": "yaml-frontmatter",
        "extension": "md",
        "slug": "{{title}}",
        "identifier_field": "title",
        # Files lie in the folder, or in one of their year; without this, Sveltia sees only the former.
        "nested": {"depth": _MAX_DEPTH},
        "fields": _put_body_below_title(fields, {**body, "required": False}),
    }


def _put_body_below_title(fields: list[FormField], body: FormField) -> list[FormField]:
    """Return fields in the order of the front matter, with the text where one looks for it; it is saved below them."""
    place = next(index for index, field in enumerate(fields) if field["name"] == "title") + 1
    return [*fields[:place], body, *fields[place:]]


def _build_registry(builder: FormBuilder) -> Configuration:
    """Return the files that relations read. No form edits them: Sveltia would drop the comments in them."""
    files = []
    for name, file, record_type in _REGISTRY:
        subfields = [{**field, "required": False} for field in builder.build_fields(record_type)]
        records = {"name": name, "label": name_field(name), "widget": "list", "root": True, "fields": subfields}
        files.append({"name": name, "label": name_field(name), "file": file, "fields": [records]})
    return {"name": "registry", "label": name_field("registry"), "hide": True, "files": files}

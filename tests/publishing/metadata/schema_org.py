"""The part of schema.org that the site uses, written down from release 30.0, and a check of a graph against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

PARENTS = {
    "Thing": (),
    "Intangible": ("Thing",),
    "Organization": ("Thing",),
    "Person": ("Thing",),
    "Place": ("Thing",),
    "Event": ("Thing",),
    "CreativeWork": ("Thing",),
    "Series": ("Intangible",),
    "VirtualLocation": ("Intangible",),
    "ListItem": ("Intangible",),
    "EntryPoint": ("Intangible",),
    "Action": ("Thing",),
    "SearchAction": ("Action",),
    "ItemList": ("Intangible",),
    "BreadcrumbList": ("ItemList",),
    "Article": ("CreativeWork",),
    "SocialMediaPosting": ("Article",),
    "BlogPosting": ("SocialMediaPosting",),
    "PublicationIssue": ("CreativeWork",),
    "Periodical": ("CreativeWorkSeries",),
    "Comment": ("CreativeWork",),
    "CorrectionComment": ("Comment",),
    "Answer": ("Comment",),
    "Question": ("Comment",),
    "CreativeWorkSeries": ("Series", "CreativeWork"),
    "PodcastSeries": ("CreativeWorkSeries",),
    "Episode": ("CreativeWork",),
    "PodcastEpisode": ("Episode",),
    "Clip": ("CreativeWork",),
    "MediaObject": ("CreativeWork",),
    "AudioObject": ("MediaObject",),
    "VideoObject": ("MediaObject",),
    "ImageObject": ("MediaObject",),
    "WebSite": ("CreativeWork",),
    "WebPage": ("CreativeWork",),
    "CollectionPage": ("WebPage",),
    "ProfilePage": ("WebPage",),
}
"""Type -> the types that it is a kind of."""

TEXT, URL, DATE, NUMBER, BOOLEAN = "Text", "URL", "Date", "Number", "Boolean"
PROPERTIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name": (("Thing",), (TEXT,)),
    "potentialAction": (("Thing",), ("Action",)),
    "target": (("Action",), ("EntryPoint", URL)),
    "urlTemplate": (("EntryPoint",), (TEXT,)),
    "query-input": (("SearchAction",), (TEXT,)),  # not of schema.org: search engines annotate properties so
    "description": (("Thing",), (TEXT,)),
    "url": (("Thing",), (URL,)),
    "image": (("Thing",), (URL, "ImageObject")),
    "sameAs": (("Thing",), (URL,)),
    "mainEntityOfPage": (("Thing",), (URL, "CreativeWork")),
    "legalName": (("Organization",), (TEXT,)),
    "email": (("Organization", "Person"), (TEXT,)),
    "logo": (("Organization", "Place"), (URL, "ImageObject")),
    "publishingPrinciples": (("CreativeWork", "Organization", "Person"), (URL, "CreativeWork")),
    "correctionsPolicy": (("Organization",), (URL, "CreativeWork")),
    "ownershipFundingInfo": (("Organization",), (URL, TEXT, "CreativeWork")),
    "jobTitle": (("Person",), (TEXT,)),
    "memberOf": (("Organization", "Person"), ("Organization",)),
    "address": (("Organization", "Person", "Place"), (TEXT,)),
    "itemListElement": (("ItemList",), (TEXT, "Thing", "ListItem")),
    "position": (("CreativeWork", "ListItem"), (NUMBER, TEXT)),
    "item": (("ListItem",), ("Thing", URL)),
    "headline": (("CreativeWork",), (TEXT,)),
    "text": (("CreativeWork",), (TEXT,)),
    "author": (("CreativeWork",), ("Organization", "Person")),
    "contributor": (("CreativeWork", "Event"), ("Organization", "Person")),
    "publisher": (("CreativeWork",), ("Organization", "Person")),
    "sponsor": (("CreativeWork", "Event", "Organization", "Person"), ("Organization", "Person")),
    "datePublished": (("CreativeWork",), (DATE,)),
    "dateModified": (("CreativeWork",), (DATE,)),
    "inLanguage": (("CreativeWork", "Event"), (TEXT,)),
    "keywords": (("CreativeWork", "Event", "Organization", "Place"), (TEXT, URL)),
    "isAccessibleForFree": (("CreativeWork", "Event", "Place"), (BOOLEAN,)),
    "isPartOf": (("CreativeWork",), (URL, "CreativeWork")),
    "hasPart": (("CreativeWork",), ("CreativeWork",)),
    "mainEntity": (("CreativeWork",), ("Thing",)),
    "about": (("CreativeWork", "Event"), ("Thing",)),
    "citation": (("CreativeWork",), (TEXT, "CreativeWork")),
    "isBasedOn": (("CreativeWork",), (URL, "CreativeWork")),
    "translationOfWork": (("CreativeWork",), ("CreativeWork",)),
    "workTranslation": (("CreativeWork",), ("CreativeWork",)),
    "recordedAt": (("CreativeWork",), ("Event",)),
    "associatedMedia": (("CreativeWork",), ("MediaObject",)),
    "correction": (("CreativeWork",), (TEXT, URL, "CorrectionComment")),
    "encodingFormat": (("CreativeWork",), (TEXT, URL)),
    "thumbnailUrl": (("CreativeWork",), (URL,)),
    "creditText": (("CreativeWork",), (TEXT,)),
    "articleSection": (("Article",), (TEXT,)),
    "pagination": (("Article", "PublicationIssue"), (NUMBER, TEXT)),
    "issueNumber": (("PublicationIssue",), (NUMBER, TEXT)),
    "acceptedAnswer": (("Question",), ("Answer", "ItemList")),
    "webFeed": (("PodcastSeries",), (URL,)),
    "episodeNumber": (("Episode",), (NUMBER, TEXT)),
    "partOfSeries": (("Clip", "Episode"), ("CreativeWorkSeries",)),
    "startOffset": (("Clip",), (NUMBER,)),
    "endOffset": (("Clip",), (NUMBER,)),
    "contentUrl": (("MediaObject",), (URL,)),
    "embedUrl": (("MediaObject",), (URL,)),
    "contentSize": (("MediaObject",), (TEXT,)),
    "duration": (("Episode", "Event", "MediaObject"), ("Duration",)),
    "uploadDate": (("MediaObject",), (DATE,)),
    "transcript": (("AudioObject", "VideoObject"), (TEXT,)),
    "caption": (("AudioObject", "ImageObject", "VideoObject"), (TEXT, "MediaObject")),
    "startDate": (("Event",), (DATE,)),
    "endDate": (("Event",), (DATE,)),
    "eventStatus": (("Event",), (URL,)),
    "eventAttendanceMode": (("Event",), (URL,)),
    "location": (("Event", "Organization"), (TEXT, "Place", "VirtualLocation")),
    "organizer": (("Event",), ("Organization", "Person")),
    "performer": (("Event",), ("Organization", "Person")),
    "breadcrumb": (("WebPage",), (TEXT, "BreadcrumbList")),
}
"""Property -> the types that have it, and the types of its values. URL, Date and Duration are texts of a form."""

_FORMS = {
    TEXT: lambda value: isinstance(value, str) and value.strip() != "",
    URL: lambda value: isinstance(value, str) and value.startswith(("https://", "http://")),
    DATE: lambda value: isinstance(value, str) and value[:4].isdigit() and value[4] == "-",
    NUMBER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    BOOLEAN: lambda value: isinstance(value, bool),
    "Duration": lambda value: isinstance(value, str) and value.startswith("PT"),
}


def list_kinds(kind: str) -> set[str]:
    """Return a type and all that it is a kind of."""
    return {kind}.union(*map(list_kinds, PARENTS[kind]))


def read_graph(page: Path | bytes) -> list[dict[str, Any]]:
    """Return the nodes of the one graph that a page has."""
    html = page if isinstance(page, bytes) else page.read_bytes()
    head = BeautifulSoup(html.partition(b"<body")[0], "html.parser")  # of a page, its head is read quickly
    (script,) = head.select('head script[type="application/ld+json"]')
    graph = json.loads(script.string)
    assert list(graph) == ["@context", "@graph"]
    assert graph["@context"] == "https://schema.org"
    nodes: list[dict[str, Any]] = graph["@graph"]
    return nodes


def find_nodes(value: Any, kind: str = "Thing") -> Iterator[dict[str, Any]]:
    """Yield all nodes of a type in a graph, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from find_nodes(item, kind)
    elif isinstance(value, dict):
        if kind in list_kinds(value.get("@type", "Thing")) and "@type" in value:
            yield value
        for item in value.values():
            yield from find_nodes(item, kind)


def find_errors(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what in a graph is against schema.org: unknown types, properties and values, references to nothing."""
    kinds_by_id = {node["@id"]: node["@type"] for node in find_nodes(nodes) if "@id" in node}
    for node in find_nodes(nodes):
        kinds = list_kinds(node["@type"])
        for name, value in node.items():
            if name.startswith("@"):
                continue
            owners, ranges = PROPERTIES[name]
            if kinds.isdisjoint(owners):
                yield f"{node['@type']} has no {name}"
            for item in value if isinstance(value, list) else [value]:
                if not _fits(item, ranges, kinds_by_id):
                    yield f"{node['@type']}.{name} is {item!r}"


def _fits(value: Any, ranges: tuple[str, ...], kinds_by_id: dict[str, str]) -> bool:
    if not isinstance(value, dict):
        return any(_FORMS[kind](value) for kind in ranges if kind in _FORMS)
    kind = value.get("@type") or kinds_by_id.get(value["@id"])
    # What another page describes, such as the version of a post in another language, has no type here.
    return bool(list_kinds(kind) & set(ranges)) if kind else "#" in value["@id"]

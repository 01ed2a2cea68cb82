"""The nouns: frozen records, no behaviour beyond derived values.

The field names are those of the files in curation/ and of the posts' front matter: the contract
that editors build on. Dates are aware; ids are slugs.
"""

from .desk import Filter, Fresh, Image, Imprint, NamedSeries, Person, Policy, Rights, Select, Source, Sponsor, Topic
from .matter import (
    Audio,
    Chapter,
    Correction,
    Disclosure,
    Elsewhere,
    Event,
    FrontMatter,
    Media,
    PageMatter,
    Period,
    Series,
    Speaker,
    Via,
    Video,
    Work,
)
from .published import Document, Leaf, Listed, ListedLeaf, Post, Written

__all__ = [
    "Audio",
    "Chapter",
    "Correction",
    "Disclosure",
    "Document",
    "Elsewhere",
    "Event",
    "Filter",
    "Fresh",
    "FrontMatter",
    "Image",
    "Imprint",
    "Leaf",
    "Listed",
    "ListedLeaf",
    "Media",
    "NamedSeries",
    "PageMatter",
    "Period",
    "Person",
    "Policy",
    "Post",
    "Rights",
    "Select",
    "Series",
    "Source",
    "Speaker",
    "Sponsor",
    "Topic",
    "Via",
    "Video",
    "Work",
    "Written",
]

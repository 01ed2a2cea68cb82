"""What podcast directories require: a category, whether it is explicit, an owner, a cover, and facts of recordings.

The rules are those of Apple Podcasts, which other directories have taken over
(podcasters.apple.com/support/823-podcast-requirements).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..curation import Image, Podcast, Series
from ..fields import Violation, suggest_nearest
from ..model import ContentFile, FrontMatter
from ..paths import is_confined, resolve_content_path

COVER_SIZES = (1400, 3000)  # pixels, least and most
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COVER_FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg")}
_COVER_HINT = "Name a square PNG or JPEG in RGB of 1400 to 3000 pixels; without an image, a cover is drawn."

# podcasters.apple.com/support/1691-apple-podcasts-categories
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        *("Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"),
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        *("Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News"),
        "Tech News",
    ),
    "Religion & Spirituality": (
        *("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"),
    ),
    "Science": (
        *("Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature"),
        *("Physics", "Social Sciences"),
    ),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": (
        *("Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running"),
        *("Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"),
    ),
    "Technology": (),
    "True Crime": (),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
}
"""Category -> its subcategories; no two have the same name."""

_PARENTS = {name: category for category, names in CATEGORIES.items() for name in names}


def split_category(name: str) -> tuple[str, str]:
    """Return the category and the subcategory that a name stands for; the second is empty for a category's name."""
    return (_PARENTS[name], name) if name in _PARENTS else (name, "")


def check_podcast(root: Path, podcast: Podcast) -> Iterator[Violation]:
    """Check category and cover in policy.yaml, as far as they are given."""
    known = [*CATEGORIES, *_PARENTS]
    if podcast.category and podcast.category not in known:
        hint = f"{suggest_nearest(podcast.category, known)} Write one of Apple Podcasts, in English."
        yield Violation(("podcast", "category"), f'unknown category "{podcast.category}"', hint)
    if podcast.image:
        yield from check_cover(root, podcast.image, ("podcast", "image"))


def check_series(root: Path, series: Series) -> Iterator[Violation]:
    """Check cover and guid of a series, as far as they are given."""
    if series.image:
        yield from check_cover(root, series.image, ("image",))
    if series.guid and not _GUID.fullmatch(series.guid):
        hint = "Copy it from <podcast:guid> of the old feed; for example: 9b024349-ccf0-5f69-a609-6b82873eab3c"
        yield Violation(("guid",), f'"{series.guid}" is not the guid of a podcast', hint)


def check_cover(root: Path, image: Image, path: tuple[str | int, ...]) -> Iterator[Violation]:
    """Check that a cover, at `path` of its file, is a picture that directories take."""
    file = resolve_content_path(image.file)
    if file is None:
        message = f'"{image.file}" leads out of content/'
    elif not (root / file).is_file() or not is_confined(str(root), file, "content"):
        message = f"there is no file {file}"
    else:
        message = _describe_cover(root / file)
    if message:
        yield Violation((*path, "file"), message, _COVER_HINT)


def _describe_cover(path: Path) -> str:
    """Return why directories would refuse the picture at `path`; empty if they would not."""
    from PIL import Image as Pictures  # noqa: PLC0415 - most editions have no cover of their own

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pictures.DecompressionBombWarning)
            with Pictures.open(path) as picture:
                picture.load()
                (width, height), mode, format = picture.size, picture.mode, picture.format or ""
    # Pillow's parsers of damaged files, and its guards against pictures that would fill the memory.
    except (OSError, SyntaxError, ValueError, Pictures.DecompressionBombError, Pictures.DecompressionBombWarning):
        return "this picture cannot be read"
    if path.suffix.lower() not in _COVER_FORMATS.get(format, ()):
        return f"this picture is of the format {format}, and is called {path.name}"
    if width != height:
        return f"this picture is not square: {width} x {height} pixels"
    if not COVER_SIZES[0] <= width <= COVER_SIZES[1]:
        return f"this picture has {width} x {height} pixels"
    return "" if mode in ("RGB", "RGBA", "P") else f"this picture is in {mode}, not in RGB"


def find_missing_fields(podcast: Podcast) -> Iterator[Violation]:
    """Yield what a podcast with recordings needs in policy.yaml, and lacks."""
    owner = podcast.owner
    fields: tuple[tuple[tuple[str, ...], bool, str], ...] = (
        (("category",), not podcast.category, "For example: category: Technology"),
        (("explicit",), podcast.explicit is None, "Write explicit: false, unless children must not hear it."),
        (
            ("owner", "name"),
            not owner.name.strip(),
            "For example: owner: {name: Anna Berg, email: a.berg@example.org}",
        ),
        (
            ("owner", "email"),
            not owner.email,
            "Directories write to it: email: a.berg@example.org",
        ),
    )
    for path, is_missing, hint in fields:
        if is_missing:
            message = f'podcast directories require "{".".join(path)}", and a series has recordings'
            yield Violation(("podcast", *path), message, hint)


def is_episode(content_file: ContentFile) -> bool:
    """Return whether a post belongs to a podcast, if the edition has any: it has audio, and is in a series."""
    meta = content_file.meta
    return (
        isinstance(meta, FrontMatter) and not meta.is_withheld and bool(meta.series and meta.media and meta.media.audio)
    )


def check_episodes(episodes: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check that recordings at other addresses come with size and type, which an enclosure has (RSS 2.0)."""
    for episode in episodes:
        audio = episode.meta.media.audio if isinstance(episode.meta, FrontMatter) and episode.meta.media else None
        if audio and audio.url:
            for name, value, example in (("bytes", audio.bytes, "33554432"), ("type", audio.type, "audio/mpeg")):
                if not value:
                    hint = f"Write what the other host says of it: {name}: {example}"
                    path = ("media", "audio", name)
                    yield episode, Violation(path, f'podcast apps need the "{name}" of this recording', hint)
            if audio.type and not audio.type.lower().startswith("audio/"):
                message = f'"{audio.type}" is not the type of a recording'
                yield episode, Violation(("media", "audio", "type"), message, "For example: audio/mpeg")

"""OPML, the format in which programs exchange lists of feeds: import into sources.yaml, and export."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ... import urls
from ...compare_and_swap import edit_text
from ...edition import opml, registry
from ...edition.curation import Topic
from ...edition.paths import SOURCES_FILE, TOPICS_FILE
from ...edition.registry import Registry
from ...errors import EditionError, UsageError
from . import merge, outlines, yaml_edit
from .merge import MergeResult, Outline


class ImportResult(Struct, frozen=True, kw_only=True):
    """What an import did.

    `new_topics` were created from folders. `changed_source_ids` are those of sources that were followed before and got
    topics of the list; if sources.yaml could not be edited, `edit_problem` says what to write by hand.
    """

    merged: MergeResult
    new_topics: tuple[Topic, ...] = ()
    changed_source_ids: tuple[str, ...] = ()
    edit_problem: str = ""


def find_unmatched_folders(root: Path, file: Path) -> tuple[str, ...]:
    """Return the folders of the OPML list `file` that name no topic of the edition at `root`, and could become one.

    Raises the same errors as `import_opml`.
    """
    merged, current = _merge_list(root, file)
    return tuple(topic.name for topic in merge.create_topics(merged.unmatched_folders, current.topics))


def import_opml(root: Path, file: Path, *, with_topics: bool = False) -> ImportResult:
    """Merge the OPML list `file` into the sources of the edition at `root`; only http and https addresses are added.

    `with_topics` makes its folders topics, also of sources that are followed already. Raises UsageError if the list
    cannot be read, EditionError if curation/ has errors already.
    """
    merged, current = _merge_list(root, file)
    new_topics: tuple[Topic, ...] = ()
    if with_topics and (new_topics := merge.create_topics(merged.unmatched_folders, current.topics)):
        entries = [{"id": topic.id, "name": topic.name} for topic in new_topics]
        merged, _ = _merge_list(root, file, new_topics)
        # Topics before the sources that name them: an import that is killed between both leaves a valid edition.
        edit_text(root / TOPICS_FILE, lambda text: yaml_edit.append_entries(text, entries, TOPICS_FILE))
    if merged.added_sources:
        edit_text(root / SOURCES_FILE, lambda text: merge.append_sources(text, merged.added_sources))
    missing = merged.missing_topics if with_topics else {}
    problem = ""
    if missing:
        try:
            edit_text(root / SOURCES_FILE, lambda text: yaml_edit.extend_lists(text, "topics", missing, SOURCES_FILE))
        except UsageError as error:  # it says what to write by hand; the new feeds are added all the same
            problem = str(error)
    changed_ids = () if problem else tuple(missing)
    return ImportResult(merged=merged, new_topics=new_topics, changed_source_ids=changed_ids, edit_problem=problem)


def export_opml(root: Path, title: str) -> bytes:
    """Return the sources of the edition at `root` as an OPML list. Raises EditionError if curation/ has errors."""
    current, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    sources = [source for source in current.sources.values() if source.type != "suggestions"]
    return opml.build_opml(sources, current.topics, title)


def _merge_list(root: Path, file: Path, new_topics: tuple[Topic, ...] = ()) -> tuple[MergeResult, Registry]:
    """Return what an import of the list would do if the edition had `new_topics`, too; writes nothing."""
    current, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    found = outlines.read_outlines(_read_list(file), str(file))
    # A path would make a pull read local files, whose words a message or an inbox file might show.
    followable = [outline for outline in found if _is_followable(outline)]
    topics = current.topics | {topic.id: topic for topic in new_topics}
    text = (root / SOURCES_FILE).read_bytes().decode()
    merged = merge.merge_outlines(text, followable, current.sources, topics)
    refused: list[Outline] = [outline for outline in found if not _is_followable(outline)]
    return replace(merged, refused_outlines=(*refused, *merged.refused_outlines)), current


def _is_followable(outline: Outline) -> bool:
    # Without its password, which is never sent, a feed is hardly the same one.
    return urls.is_http_url(outline.feed) and not urls.has_credentials(outline.feed)


def _read_list(file: Path) -> bytes:
    """Return the bytes of a list, and no more of a larger file than tells that it is no list. Raises UsageError."""
    try:
        if file.exists() and not file.is_file():  # a device or a pipe may have no end
            raise UsageError(f"{file} is no file.")
        with file.open("rb") as stream:
            return stream.read(outlines.MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError for a NUL in the name
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from error

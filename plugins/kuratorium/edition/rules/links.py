"""Links to files of the edition: what a link's target means, where links are in a body, and the rule about them.

`parse_target` and `list_candidates` read one target, from Markdown or from HTML; the rules and the build share them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from msgspec import Struct

from .. import prose
from ..fields import Violation
from ..model import PostFile, StandalonePage
from ..paths import CONTENT_PREFIX, collapse_path

# Pelican's links to files have the keyword in braces or between bars.
_TARGET = re.compile(r"(?:[{|](?P<keyword>filename|static|attach)[}|])?(?P<path>[^?#]*)(?P<suffix>.*)", re.S)
# A scheme (https:, mailto:), another host (//host/), a mail address or host without scheme: no file.
_NO_FILE = re.compile(r"[a-z][a-z0-9+.-]*:|//|[{|]", re.I)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)
_BARE_HOST = re.compile(r"www\.[\w-]+\.\w", re.I)
_LIKELY_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/|\Z)", re.I)
_PAGE_ENDINGS = (".md", ".html", ".htm")
_FILE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".pdf", ".xml", ".txt", ".vtt", ".ics")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # https://spec.commonmark.org/0.31.2/#backslash-escapes

_MAX_TARGET_LENGTH = 2_000  # characters; what is longer is no address, and a bound keeps the search linear
_ABSOLUTE = r"<?(?:https?://|mailto:|#)"  # most links; skipped by the pattern itself, which is quick
# Apart, because a pattern that begins with letters is found ten times as fast.
_INLINE_LINK = re.compile(rf"\]\((?![ \t]*{_ABSOLUTE})")
_REFERENCE = re.compile(rf"^ {{0,3}}\[(?!\^)[^\]\n]+\]:[ \t]*(?!{_ABSOLUTE})", re.M)
_MARK_OF_ANCHOR = re.compile(r"""\]\([ \t]*<?#|\]:[ \t]*<?#|["']#|[\w/]#\w""")
_ANCHOR = re.compile(
    r"""(?:\]\([ \t]*<?|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*<?|\bhref\s*=\s*["'])(?:\?[^\s)<>"'#]*)?#([^\s)<>"']+)""",
    re.M | re.I,
)
_HTML_TAG = re.compile(rf"<[a-z][^<>]{{0,{_MAX_TARGET_LENGTH}}}>", re.I)
_HTML_ADDRESS = re.compile(r"""\b(?:href|src|poster|cite)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+))""", re.I)
_DESTINATION = re.compile(r"(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*")  # with one level of brackets
_TITLE = re.compile(r"""[ \t]["']""")


class LinkTarget(Struct, frozen=True):
    """A link's target that may mean a file of the edition.

    `keyword`: filename, static or attach; empty if the link has none.
    `path`: as it is written, without query and fragment.
    `suffix`: query and fragment with their marks.
    """

    keyword: str
    path: str
    suffix: str = ""

    def __str__(self) -> str:
        return (f"{{{self.keyword}}}" if self.keyword else "") + self.path


class FoundLink(Struct, frozen=True):
    """A link in a body: its line (from 0), its target, and the files that it may mean, the likeliest first.

    `is_picture`: its target is shown, not opened.
    """

    line: int
    target: LinkTarget
    candidates: tuple[str, ...]
    is_picture: bool = False


class FoundFragment(Struct, frozen=True):
    """A link to an anchor: its line (from 0), the anchor, and the files whose page it may mean, the likeliest first.

    `path`: the target without query and anchor if it may be the address of a page, too; else empty.
    """

    line: int
    fragment: str
    candidates: tuple[str, ...]
    path: str = ""


def check_links(content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]) -> Iterator[Violation]:
    """Check that links with a keyword lead to a file, and pictures to no text.

    `file_exists` takes a path from the root.
    """
    for link in find_links(content_file):
        if link.is_picture and any(file.endswith(".md") and file_exists(file) for file in link.candidates):
            hint = "Delete the ! for a link, or name the file of a picture: ({static}/images/picture.png)."
            yield Violation((), f'the picture "{link.target}" is a text', hint, content_file.body_line + link.line)
        elif link.target.keyword and not any(map(file_exists, link.candidates)):
            hint = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
            yield Violation((), f"{link.target} leads nowhere", hint, content_file.body_line + link.line)


def find_dead_links(
    content_file: PostFile | StandalonePage,
    file_exists: Callable[[str], bool],
    is_page: Callable[[str], bool],
    propose_page: Callable[[str], str] = lambda _: "",
) -> Iterator[Violation]:
    """Find links without keyword, scheme and host that lead neither to a file nor to a page of the site.

    A number is none: "[Meier](2020)" is how texts cite a work. `is_page` says whether a link leads to a page,
    `propose_page` which link was probably meant; empty if none.
    """
    for link in find_links(content_file):
        target = link.target
        if target.keyword or target.path.isdigit() or any(map(file_exists, link.candidates)) or is_page(target.path):
            continue
        proposal = propose_page(target.path)
        hint = f"Write ({proposal})." if proposal else _build_dead_link_hint(target)
        yield Violation((), f'the link "{target}" leads nowhere', hint, content_file.body_line + link.line)


def _build_dead_link_hint(target: LinkTarget) -> str:
    ending = PurePosixPath(target.path).suffix.lower()
    if _LIKELY_HOST.match(target.path) and ending not in (*_PAGE_ENDINGS, *_FILE_ENDINGS):
        return f"For another site write the whole address: https://{target}."
    if ending in _FILE_ENDINGS:
        return "Put the file below content/, and write where: ({static}/images/picture.png)."
    return "Name a file from this file's folder or from content/, as in ({filename}other-post.md)."


def find_links(content_file: PostFile | StandalonePage) -> Iterator[FoundLink]:
    """Yield every link of a body that may lead to a file of the edition; code and comments hold none."""
    for line, text, is_picture in _find_targets(content_file.body):
        if target := parse_target(text):
            yield FoundLink(line, target, list_candidates(content_file.file, target), is_picture)


def find_fragments(content_file: PostFile | StandalonePage) -> Iterator[FoundFragment]:
    """Yield every link of a body to an anchor of its own page or of another text; code and comments hold none."""
    if not _MARK_OF_ANCHOR.search(content_file.body):  # most bodies
        return
    text = prose.blank_unseen(content_file.body)
    line, position = 0, 0
    for match in _ANCHOR.finditer(text):
        line += text.count("\n", position, match.start(1))
        position = match.start(1)
        if fragment := _read_fragment(match[1]):
            yield FoundFragment(line, fragment, (content_file.file,))
    for link in find_links(content_file):
        if fragment := _read_fragment(link.target.suffix.partition("#")[2]):
            yield FoundFragment(link.line, fragment, link.candidates, "" if link.target.keyword else link.target.path)


def _read_fragment(text: str) -> str:
    """Return the anchor that a fragment names; empty for the page's top and for a directive such as :~:text=."""
    fragment = unquote(unescape(text)).partition(":~:")[0]
    return "" if fragment.lower() == "top" else fragment


def find_relative_targets(text: str) -> Iterator[str]:
    """Yield the targets of links in a text without a file of its own that are neither addresses nor begin with "/"."""
    for _, target, _ in _find_targets(text):
        if parse_target(target) and not target.startswith("/"):
            yield target


def parse_target(text: str) -> LinkTarget | None:
    """Return a link's target; None if it means no file: an address with a scheme or host, or a part of the page."""
    match = _TARGET.fullmatch(text.strip())
    if not match or not match["path"]:
        return None
    keyword, path = match["keyword"] or "", match["path"]
    if not keyword and (_NO_FILE.match(path) or complete_address(path)):
        return None
    return LinkTarget(keyword, path, match["suffix"])


def complete_address(text: str) -> str:
    """Return the address that a link without scheme means: a mail address or a host `www.…`; empty if it is neither."""
    if _MAIL.fullmatch(text):
        return f"mailto:{text}"
    return f"https://{text}" if _BARE_HOST.match(text) else ""


def list_candidates(file: str, target: LinkTarget) -> tuple[str, ...]:
    """Return the files that a link in `file` may mean, as paths from the root; none of them needs to exist.

    The path may be percent-encoded or, in Markdown, have escapes; letters such as "ü" may be one character or two, as
    macOS writes them in names of files. Without a keyword it begins at the file's folder, at content/, or, as an editor
    copies it, at the root (content/essays/some-essay.md).
    """
    readings = (target.path, unquote(target.path), _ESCAPE.sub(r"\1", unescape(target.path)))
    spellings = dict.fromkeys(
        spelling for path in readings for spelling in (path, normalize("NFC", path), normalize("NFD", path))
    )
    starts = ("", "/") if not target.keyword and not target.path.startswith("/") else ("",)
    files = (resolve_link(file, f"{start}{spelling}") for start in starts for spelling in spellings)
    roots = (path for path in spellings if not target.keyword and path.startswith((CONTENT_PREFIX, "curation/notes/")))
    return tuple(dict.fromkeys(path for path in (*files, *map(collapse_path, map(PurePosixPath, roots))) if path))


def resolve_link(file: str, path: str) -> str | None:
    """Return the path from the root that a link in `file` leads to, or None if it is outside the edition."""
    base = PurePosixPath(CONTENT_PREFIX) if path.startswith("/") else PurePosixPath(file).parent
    return collapse_path(base / path.lstrip("/"))


def _find_targets(body: str) -> Iterator[tuple[int, str, bool]]:
    """Yield line (from 0), target and whether it is a picture of each link that does not begin with a scheme."""
    if not _may_have_targets(body):
        return
    text = prose.blank_unseen(body)
    line, position = 0, 0
    for start, target, is_picture in sorted([*_find_markdown_targets(text), *_find_html_targets(text)]):
        line += text.count("\n", position, start)
        position = start
        yield line, target, is_picture


def _may_have_targets(body: str) -> bool:
    """Return whether a closer look is worth its time; false of most bodies."""
    return bool(
        _INLINE_LINK.search(body)
        or ("]:" in body and _REFERENCE.search(body))
        or ("<" in body and _HTML_TAG.search(body))
    )


def _find_opening_bracket(text: str, end: int) -> int:
    """Return where the words of a link that end at `end` begin; -1 if nowhere near. A picture may be its words."""
    depth, start = 1, max(0, end - _MAX_TARGET_LENGTH)
    for position in range(end - 1, start - 1, -1):
        depth += {"]": 1, "[": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return text.rfind("[", start, end)  # brackets without counterpart


def _find_markdown_targets(text: str) -> Iterator[tuple[int, str, bool]]:
    for match in _INLINE_LINK.finditer(text):
        line = text[match.end() : match.end() + _MAX_TARGET_LENGTH].partition("\n")[0]
        if target := _read_destination(line):
            words = _find_opening_bracket(text, match.start())
            yield match.start(), target, words > 0 and text[words - 1] == "!"
    for match in _REFERENCE.finditer(text) if "]:" in text else ():
        line = text[match.end() : match.end() + _MAX_TARGET_LENGTH].partition("\n")[0]
        if target := _read_definition(line.strip()):
            yield match.start(), target, False


def _read_definition(rest: str) -> str:
    """Return the target of a reference definition; empty if words follow that are no title, as in "[3]: Third, …"."""
    if rest.startswith("<") and ">" in rest:
        return rest[1 : rest.index(">")]
    target, _, title = rest.partition(" ")
    return "" if title.strip() and title.strip()[0] not in "\"'(" else target


def _find_html_targets(text: str) -> Iterator[tuple[int, str, bool]]:
    for tag in _HTML_TAG.finditer(text):
        for match in _HTML_ADDRESS.finditer(tag[0]):
            target = unescape(match[1] or match[2] or match[3] or "")
            yield tag.start() + match.start(), target, tag[0].lower().startswith("<img")


def _read_destination(rest: str) -> str:
    """Return the target at the beginning of `rest`, the line behind "](": within <…>, or with balanced brackets."""
    rest = rest.strip()
    if rest.startswith("<") and ">" in rest:
        return rest[1 : rest.index(">")]
    match = _DESTINATION.match(rest)
    if not match or rest[match.end() : match.end() + 1] != ")":
        return ""
    target = match[0].strip()
    title = _TITLE.search(target) if target.endswith(('"', "'")) else None
    return target[: title.start()].strip() if title else target

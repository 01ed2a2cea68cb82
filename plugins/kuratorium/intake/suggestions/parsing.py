"""Suggestions -> Feed: the issues of a forge as its API lists them, and mail, YAML and Markdown of a folder.

An entry has the address of the suggested work as its link, and what the person says of it as its summary. A form
without an answer that we need is refused, and the feed says so. No mail address leaves this module.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date as Day
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Literal

from msgspec import Struct

from ... import urls
from ...edition import frontmatter, yaml
from ...edition.fields import MaybeUrl, NonBlankText, Record, Url, convert_record
from ...errors import Problem, SourceError
from ..parsers import dates, html_tree, plain_text
from ..parsers.model import Entry, Feed, SuggestionForm
from .folder import MAX_FILE_BYTES, unpack_files

_MAX_BODY, _MAX_WHY, _MAX_NAME, _MAX_TITLE, _MAX_URL = 20_000, 500, 80, 200, 2000
_MAX_HTML = 200_000  # characters of a mail in HTML, most of which are styles
_MAX_FILE_SUGGESTIONS = 200  # in one file
_MAIL_ADDRESS = re.compile(r"[^\s<>()\[\]/,;:\"@]+@[^\s<>()\[\]/,;:\"@]+\.[^\s<>()\[\]/,;:\"@]+")
_TITLE_PREFIX = re.compile(r"\A(?:(?:re|aw|fwd?|wg|vorschlag|suggestion)\s*:\s*)+", re.IGNORECASE)

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+([^\n]{1,200}?)[ \t#]*$", re.MULTILINE)
_LINE = re.compile(r"^[ \t>*_-]{0,6}([^\n:?*]{2,60})[?*_]{0,4}:[*_]{0,4}[ \t]*", re.MULTILINE)
_CHECKED = re.compile(r"^[ \t]*[-*+] \[[xX]\][ \t]*(.+)$", re.MULTILINE)
_CHECKBOX = re.compile(r"^[ \t]*[-*+] \[[ ]?\]", re.MULTILINE)
_NO_ANSWER = re.compile(r"\A_?(?:no response|keine antwort)_?\Z", re.IGNORECASE)
_SIGNATURE = re.compile(r"^-- ?$.*", re.MULTILINE | re.DOTALL)
_QUOTED_LINE = re.compile(r"^>.*\n?", re.MULTILINE)

# How the label of a field begins, in the forms that `start` writes and as people write it in a mail.
_LABELS: Mapping[str, re.Pattern[str]] = {
    field: re.compile(rf"(?:{pattern})\b", re.IGNORECASE)
    for field, pattern in {
        "url": r"adresse|address|url",
        "why": r"warum|begründung|why",
        "own": r"ist es ihr eigenes|eigenes werk|own|is it your own",
        "ai": r"hat eine maschine|did a machine|maschine|ki|ai",
        "title": r"titel|title",
        "name": r"ihr name|your name|name",
        "link": r"ihre adresse im web|your web address|link",
    }.items()
}
_OWN_WORDS = {"ja": True, "yes": True, "true": True, "nein": False, "no": False, "false": False}
_NO_MACHINE = re.compile(r"(?:nein|no|none|keine?)\b", re.IGNORECASE)
_MACHINE_WORDS = {
    "assisted": re.compile(r"assisted|geholfen|helped|teils|partly", re.IGNORECASE),
    "generated": re.compile(r"generated|geschrieben|written|wrote|ja\b|yes\b", re.IGNORECASE),
}

_HINTS = {
    "url": "the address of the work (https://…)",
    "why": "a sentence why it is worth reading",
    "own": "whether it is the person's own work (own: yes or no)",
    "ai": "whether a machine wrote it (ai: none, assisted or generated)",
}


_YesOrNo = Literal["yes", "no", "ja", "nein", "Yes", "No", "Ja", "Nein"]
"""What people write instead of true and false; YAML 1.2 reads it as words."""


class SuggestionFile(Record, frozen=True):
    """A suggestion in a file: `name` and `link` are the person's, `date` is the day of the suggestion."""

    url: Url
    own: bool | _YesOrNo
    ai: Literal["none", "assisted", "generated"]
    name: NonBlankText
    why: NonBlankText = ""
    link: MaybeUrl = ""
    title: str = ""
    date: Day | None = None


class _Sent(Struct, frozen=True, kw_only=True):
    """What arrived: where, from whom, when, and the answers as texts by field."""

    place: str
    id: str
    person: str
    answers: dict[str, str]
    name: str = ""
    link: str = ""
    title: str = ""
    date: datetime | None = None
    is_html: bool = False


def parse_suggestions(data: bytes) -> Feed:
    """Read the issues of GitHub, GitLab, Forgejo or Gitea, or a folder; raises SourceError if it is neither."""
    try:
        document = json.loads(data)
    except ValueError as error:
        raise SourceError("broken", "the list of issues is no JSON that can be decoded") from error
    if isinstance(document, dict) and isinstance(document.get("files"), list):
        found = [item for name, content in unpack_files(document) for item in _read_file(name, content)]
    elif isinstance(document, list):
        found = [item for issue in document if isinstance(issue, dict) for item in _read_issue(issue)]
    else:
        raise SourceError("no-feed", "this is no list of issues: is the address that of a repository?")
    return _build_feed(found)


def find_file_problems(name: str, data: bytes) -> list[Problem]:
    """Return what is wrong in a file of suggestions, with its lines; mail has no lines that could be mended."""
    return [] if name.endswith(".eml") else [item for item in _read_file(name, data) if isinstance(item, Problem)]


def _build_feed(found: Iterable[_Sent | Problem]) -> Feed:
    entries, suggestions, refused = [], {}, []
    for item in found:
        read = _check_answers(item) if isinstance(item, _Sent) else _describe_problem(item)
        if isinstance(read, str):
            refused.append(read)
        elif read[0].id not in suggestions:
            entries.append(read[0])
            suggestions[read[0].id] = read[1]
    return Feed(entries=tuple(entries), suggestions=suggestions, refused=tuple(refused))


def _check_answers(sent: _Sent) -> tuple[Entry, SuggestionForm] | str:
    """Return the entry of a suggestion and its form; if an answer is missing, a sentence that says so."""
    answers = {field: _clean(text) for field, text in sent.answers.items()}
    own, machine = _read_own(sent.answers.get("own", "")), _read_machine(sent.answers.get("ai", ""))
    url, why = _read_url(sent.answers.get("url", "")), plain_text.shorten(answers.get("why", ""), _MAX_WHY)
    given = {"url": url, "why": why and not plain_text.is_blank(why), "own": own is not None, "ai": machine}
    if missing := [hint for field, hint in _HINTS.items() if not given[field]]:
        return f"{_clean(sent.place)} is refused, for it does not say {'; nor '.join(missing)}"
    title = answers.get("title") or _TITLE_PREFIX.sub("", _clean(sent.title))
    by = answers.get("name") or _clean(sent.name)
    form = SuggestionForm(
        by="" if plain_text.is_blank(by) else plain_text.shorten(by, _MAX_NAME),
        link=_read_url(sent.answers.get("link", "")) or _read_url(sent.link),
        why=why,
        own=bool(own),
        ai=machine,  # type: ignore[arg-type]  # one of the three, or it would be missing
        person=_hash(sent.person),
        place=_clean(sent.place),
        is_html=sent.is_html,
    )
    entry = Entry(
        id=sent.id,
        link=url,
        title=plain_text.shorten(title, _MAX_TITLE) or url.partition("//")[2],
        summary=why,
        publication=urls.get_host(url),
        published=sent.date,
    )
    return entry, form


def _describe_problem(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    field = f"{problem.field}: " if problem.field else ""
    return _clean(f"{place} is refused: {field}{problem.message}. {problem.hint}")


def _clean(text: str) -> str:
    """Return foreign text on one line, without what is not to be seen, and without mail addresses."""
    return _MAIL_ADDRESS.sub("…", plain_text.clean_text(text[:_MAX_BODY]))


def _read_url(text: str) -> str:
    """Return the first http(s) address in a text; empty if there is none, or if it holds a password."""
    match = re.search(r"https?://[^\s<>\"'\\^`{|}]+", text)
    if match is None or len(match[0]) > _MAX_URL or urls.has_credentials(match[0]):
        return ""
    return urls.make_absolute_url(match[0].rstrip(").,;]"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.casefold().encode("utf-8", "replace")).hexdigest()[:16]


def _read_issue(issue: dict[str, Any]) -> Iterator[_Sent]:
    """Yield an issue that is a form. GitHub lists pull requests, too; GitLab has other words than the others."""
    user = issue.get("user") or issue.get("author")
    account = user if isinstance(user, dict) else {}
    login = _text(account, "login") or _text(account, "username")
    address = _text(issue, "html_url") or _text(issue, "web_url")
    answers = _read_sections((_text(issue, "body") or _text(issue, "description"))[:_MAX_BODY])
    if issue.get("pull_request") or not address or not answers:
        return
    yield _Sent(
        place=f"issue {issue.get('iid') or issue.get('number') or ''} ({address})",
        id=address,
        person=login or address,
        answers=answers,
        name=_text(account, "full_name") or _text(account, "name") or login,
        link=_text(account, "html_url") or _text(account, "web_url"),
        title=_text(issue, "title"),
        date=dates.parse_date(_text(issue, "created_at")),
    )


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _read_file(name: str, data: bytes | None) -> Iterator[_Sent | Problem]:
    """Yield the suggestions in a file, and what keeps one from being read."""
    if data is None:
        hint = f"A file has at most {MAX_FILE_BYTES:,} bytes; mail belongs into a folder below var/, never into git."
        yield Problem(name, 0, "", "it is not read", hint)
    elif name.endswith(".eml"):
        yield _read_mail(data)
    else:
        try:
            yield from _read_records(name, frontmatter.decode_text(name, data))
        except frontmatter.InvalidFileError as error:
            yield from error.problems
        except yaml.InvalidYamlError as error:
            yield Problem(name, error.line, "", f"this is not YAML: {error}", error.hint)


def _read_mail(data: bytes) -> _Sent:
    """Return the suggestion in a mail: its plain text, else that of its HTML; its sender's address is not kept."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    is_html = body is not None and body.get_content_subtype() == "html"
    sender, address = parseaddr(str(message.get("From", "")))
    identity = str(message.get("Message-ID", "")).strip() or hashlib.sha256(data).hexdigest()
    return _Sent(
        place=f'mail "{_TITLE_PREFIX.sub("", str(message.get("Subject", "")))[:60]}"',
        id=f"mail {_hash(identity)}",
        person=address or identity,
        answers=_read_lines((html_tree.read_mail_lines(text[:_MAX_HTML]) if is_html else text)[:_MAX_BODY]),
        name=sender,
        title=str(message.get("Subject", "")),
        date=dates.parse_date(str(message.get("Date", ""))),
        is_html=is_html,
    )


def _read_records(name: str, text: str) -> Iterator[_Sent | Problem]:
    """Yield the suggestions in YAML, one or a list, or in Markdown, whose text is the reason."""
    parts = frontmatter.split_front_matter(name, text) if name.endswith(".md") else None
    source = parts.front_matter if parts else text
    values = yaml.load_yaml(source)
    records = values if isinstance(values, list) else [values]
    for index, value in enumerate(records[:_MAX_FILE_SUGGESTIONS]):
        record, violations = convert_record(SuggestionFile, value)
        if isinstance(values, list):
            violations = [violation.prefix_path(index) for violation in violations]
        yield from frontmatter.locate_violations(name, source, violations, first_line=2 if parts else 1)
        if record:
            yield _build_sent(name, record, record.why or (parts.body if parts else ""))


def _build_sent(name: str, record: SuggestionFile, why: str) -> _Sent:
    """Return the suggestion of a record; its address and person identify it, for a file may be moved."""
    return _Sent(
        place=name,
        id=f"file {_hash(f'{record.name} {record.url}')}",
        person=record.name,
        answers={
            "url": record.url,
            "why": why,
            "own": str(record.own),
            "ai": record.ai,
            "name": record.name,
            "link": record.link,
            "title": record.title,
        },
        date=dates.parse_date(record.date.isoformat()) if record.date else None,
    )


def _read_sections(text: str) -> dict[str, str]:
    """Return the answers below the headings of an issue by their fields; empty if it is no such form."""
    return _collect(_HEADING, _COMMENT.sub("", text.replace("\r\n", "\n")))


def _read_lines(text: str) -> dict[str, str]:
    """Return the answers of a mail, `label: answer`, by their fields, without its quotations and its signature."""
    text = _SIGNATURE.sub("", _QUOTED_LINE.sub("", text.replace("\r\n", "\n")))
    return _collect(_LINE, text)


def _collect(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """Return the text behind each label that is one of ours, up to the next one."""
    found = [(match, field) for match in pattern.finditer(text) if (field := _find_field(match[1]))]
    starts = [match.start() for match, _ in found]
    answers: dict[str, str] = {}
    for (match, field), end in zip(found, [*starts[1:], len(text)], strict=False):
        answer = text[match.end() : end].strip()
        answers.setdefault(field, "" if _NO_ANSWER.match(answer) else answer)
    return answers


def _find_field(label: str) -> str:
    label = label.strip(" \t*_")
    return next((field for field, pattern in _LABELS.items() if pattern.match(label)), "")


def _read_own(answer: str) -> bool | None:
    """Return whether an answer calls the work the person's own; None if it does not say."""
    words = {_OWN_WORDS.get(word) for choice in _list_choices(answer) for word in _first_word(choice)} - {None}
    return words.pop() if len(words) == 1 else None


def _read_machine(answer: str) -> str:
    """Return what part a machine had by an answer: none, assisted or generated; empty if it does not say."""
    kinds = {kind for choice in _list_choices(answer) if (kind := _classify(choice))}
    return kinds.pop() if len(kinds) == 1 else ""


def _list_choices(answer: str) -> list[str]:
    """Return the choices that are ticked, or the whole answer if it has no boxes."""
    if checked := _CHECKED.findall(answer):
        return checked
    return [] if _CHECKBOX.search(answer) else [answer]


def _first_word(text: str) -> Iterator[str]:
    if match := re.match(r"\W*(\w+)", text):
        yield match[1].lower()


def _classify(choice: str) -> str:
    choice = plain_text.clean_text(choice)
    if _NO_MACHINE.match(choice):
        return "none"
    return next((kind for kind, words in _MACHINE_WORDS.items() if words.search(choice)), "")

"""Rules about the records of curation/*.yaml: feeds of sources, the policy's sponsors, hosts and providers.

Unlike the other rules they know no registry: each looks at one record. `list_shared_feeds` compares sources.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ...urls import encode_host, has_credentials, is_http_url, make_absolute_url, normalize_url, propose_url
from ..curation import Policy, Source, Sponsor
from ..embeds import PROVIDERS_BY_ID
from ..fields import Violation, suggest_nearest
from ..hosting.targets import check_mail_tool, check_targets
from ..paths import SAMPLES_FOLDER, SUGGESTIONS_FOLDER, find_edition_file

_FEED_HINT = "Write an http or https address, or the path of a file in the edition, such as curation/samples/…."
_SCHEME = re.compile(r"\A(?:[a-z][a-z0-9+-]+:|(?:https?|feed)//)", re.IGNORECASE)
# "blog.example/feed", but not "samples/blog.xml" or "blog.xml".
_HOST_FIRST = re.compile(r"\A[^\s/]+\.[^\W\d_]{2,}(?=[:/?#]|\Z)")
_FEED_SUFFIXES = frozenset((".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".htm", ".opml", ".txt", ".php"))
_HOST_HINT = "Write each host by its whole name or IP address, as in intranet: [wiki.intern, 10.0.0.7]."
_HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_ENDS_IN_NUMBER = re.compile(r"(?:\A|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\Z")  # such a host is an IPv4 address to browsers
# Before a sponsor's domain: a scheme, the marks of a mail address or of a pattern, "www."; behind it: port and path.
_ADDRESS_AROUND_DOMAIN = re.compile(r"\A(?:\w+:)?/*(?:[^/@]*@)?(?:\*?\.)?(?:www\.)?|(?<!:)(?<!/)[:/?#][^/].*\Z", re.I)
_MARKS_AROUND_DOMAIN = " \t<>()\"'\u201c\u201d\u201e,;"
_MAIL_ADDRESS = re.compile(r"\Amailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?:\?[\w=&%.,:;+@~-]*)?\Z", re.ASCII)
_SEVERAL = re.compile(r"[,;]\s*|\s+")


def check_feed(root: Path, source: Source) -> Iterator[Violation]:
    """Check that the feed of a source is an http or https address that can be fetched, or a path in the edition.

    Whether there is a file at that path is no matter for a build: `find_missing_file` tells it.
    """
    feed = source.feed
    yield from _check_suggestions(root, source)
    if is_http_url(feed):
        # Blanks are escaped when the feed is fetched, but nobody means them.
        if has_credentials(feed):
            message = "this address holds a user name or a password; none is ever sent, and lists of sources are public"
            yield Violation(("feed",), message, _suggest_feed(feed))
        elif re.search(r"\s", feed) or not make_absolute_url(feed):
            yield Violation(("feed",), f'"{feed}" is not an address', _suggest_feed(feed))
    elif find_edition_file(root, feed) is None:
        yield Violation(("feed",), "this path leads outside the edition", _suggest_feed(feed))
    elif not _is_file(root, feed) and _is_address(feed):
        yield Violation(("feed",), f'"{feed}" is neither an address nor a file of the edition', _suggest_feed(feed))


def _check_suggestions(root: Path, source: Source) -> Iterator[Violation]:
    """Check that suggestions come from a repository or a folder of the edition, and that no other source has forms.

    Mail is read below var/ only, which git ignores: addresses of readers must not get into it.
    """
    if source.type != "suggestions":
        for field in ("forge", "labels"):
            if getattr(source, field):
                hint = f'Add "type: suggestions", or delete "{field}".'
                yield Violation((field,), f'"{field}" is only for suggestions', hint)
    elif is_http_url(source.feed):
        if len([part for part in urlsplit(source.feed).path.split("/") if part]) < 2:
            hint = "Write the one that a browser shows, as in https://codeberg.org/our-group/our-site."
            yield Violation(("feed",), "this is not the address of a repository", hint)
    elif (path := find_edition_file(root, source.feed)) and not any(
        path.is_relative_to(root.resolve() / folder) for folder in (SUGGESTIONS_FOLDER, "var")
    ):
        hint = f"Put them into {SUGGESTIONS_FOLDER}/, or mail into a folder below var/, which git ignores."
        yield Violation(("feed",), f"suggestions are not read from {source.feed}", hint)


def _is_address(text: str) -> bool:
    """Return whether a text that names no file was probably meant as an address."""
    if (_SCHEME.match(text) and not text.startswith("file:")) or text[:1] in "<[(\u201e\u201c" or text != text.strip():
        return True
    first = text.partition("/")[0]
    is_name_of_file = first == text and PurePosixPath(first).suffix.lower() in _FEED_SUFFIXES
    return "\\" in text or (bool(_HOST_FIRST.match(text)) and not is_name_of_file)


def _suggest_feed(feed: str) -> str:
    if "\\" in feed and ":" not in feed:
        return f"Write {feed.strip().replace(chr(92), '/')}"
    proposed = propose_url(feed)
    return f"Write {proposed}" if proposed else _FEED_HINT


def _is_file(root: Path, feed: str) -> bool:
    path = find_edition_file(root, feed)
    return path is not None and path.is_file()


def find_missing_file(root: Path, source: Source) -> Violation | None:
    """Return the violation that a source's feed is a path where there is no file; None if it is an address or a file.

    A program may write the file later, so that a build does not ask for it.
    """
    if source.type == "suggestions":  # nobody has suggested anything yet: git keeps no empty folders
        return None
    path = None if is_http_url(source.feed) else find_edition_file(root, source.feed)
    if path is None or path.is_file() or _is_address(source.feed):  # the last is an error of `check_feed`
        return None
    if path.is_dir():
        return Violation(("feed",), f"{source.feed} is a folder", "Write the path of a file in it.")
    names = [file.relative_to(root.resolve()).as_posix() for file in _list_neighbours(root, path)]
    close = difflib.get_close_matches(source.feed, names, n=1, cutoff=0.6)
    hint = f'Did you mean "{close[0]}"?' if close else "Put the file there, or write the feed's http or https address."
    return Violation(("feed",), f"there is no file {source.feed}, so that a pull finds no entries", hint)


def _list_neighbours(root: Path, path: Path) -> Iterator[Path]:
    for folder in (path.parent, root.resolve() / SAMPLES_FOLDER):
        if folder.is_dir():
            yield from (file for file in sorted(folder.iterdir()) if file.is_file())


def list_shared_feeds(sources: Iterable[Source]) -> Iterator[tuple[int, Violation]]:
    """Yield the index of each source that has the feed of an earlier one and the same filters, with the violation.

    With other filters, two sources may take different entries from one feed.
    """
    first_ids: dict[tuple[object, ...], str] = {}
    for index, source in enumerate(sources):
        feed = normalize_url(source.feed) if is_http_url(source.feed) else str(PurePosixPath(source.feed))
        key = (feed, source.keep, source.drop, source.select)
        if first := first_ids.get(key):
            hint = "Delete one of them, or give them different filters (keep, drop)."
            yield index, Violation(("feed",), f'the source "{first}" has the same feed', hint)
        first_ids.setdefault(key, source.id)


def check_filters(source: Source) -> Iterator[Violation]:
    """Check that filters name something to look for: an empty one keeps, or drops, nothing or everything."""
    for field, entry_filter in (("keep", source.keep), ("drop", source.drop)):
        if entry_filter and not entry_filter.words and not entry_filter.categories:
            hint = f"Write {field}: {{words: [some, words]}}, or delete the line."
            yield Violation((field,), "this filter has neither words nor categories", hint)


def check_policy(policy: Policy) -> Iterator[Violation]:
    """Check the providers, sponsors and hosts of a policy."""
    for index, provider in enumerate(policy.embeds):
        if provider not in PROVIDERS_BY_ID:
            hint = suggest_nearest(provider.lower(), PROVIDERS_BY_ID)
            yield Violation(("embeds", index), f'unknown provider "{provider}"', hint)
    for index, sponsor in enumerate(policy.sponsors):
        yield from (violation.prefix_path("sponsors", index) for violation in _check_sponsor(sponsor))
    for index, host in enumerate(policy.intranet):
        if message := _describe_impossible_host(host):
            yield Violation(("intranet", index), message, _HOST_HINT)
    yield from _check_hub(policy)
    yield from check_targets(policy.deploy, policy.intranet)
    yield from check_mail_tool(policy.mail, policy.intranet)
    if policy.newsletter and not (make_absolute_url(policy.newsletter) or _MAIL_ADDRESS.match(policy.newsletter)):
        message = f'expected the address of a form, or mailto: and a mail address, found "{policy.newsletter}"'
        yield Violation(("newsletter",), message, "For example: mailto:brief@example.org?subject=Abo")
    contact = policy.security_contact
    is_secure = contact.startswith("https://") and bool(make_absolute_url(contact))
    if contact and not (is_secure or _MAIL_ADDRESS.match(contact)):  # RFC 9116, section 2.5.3
        message = f'expected an address with https://, or mailto: and a mail address, found "{contact}"'
        yield Violation(("security_contact",), message, "For example: mailto:sicherheit@example.org")


def _check_hub(policy: Policy) -> Iterator[Violation]:
    """Check that the hub is asked over an encrypted connection."""
    plain = make_absolute_url(policy.hub)  # as a client would write it; empty if it leads nowhere
    if policy.hub and plain != policy.hub:
        hint = f"Write {plain}" if plain else "For example: https://hub.example.org/"
        yield Violation(("hub",), f'"{policy.hub}" is not how the address of a hub is written', hint)
    elif policy.hub.startswith("http:") and urlsplit(policy.hub).hostname not in policy.intranet:
        hint = "Write https://…; http is for a hub whose host is in intranet."
        yield Violation(("hub",), f'expected an https address, found "{policy.hub}"', hint)


def _check_sponsor(sponsor: Sponsor) -> Iterator[Violation]:
    if sponsor.since and sponsor.until and sponsor.since > sponsor.until:
        message = f'"from" is {sponsor.since}, which is after "to", {sponsor.until}'
        yield Violation(("from",), message, "Exchange the two days, or correct one of them.")
    for position, name in enumerate((sponsor.name, *sponsor.aliases)):
        if not re.search(r"\w", name):
            path = ("aliases", position - 1) if position else ("name",)
            yield Violation(path, "has no letters, so that it is never found", "Write a name.")
    for position, domain in enumerate(sponsor.domains):
        if fault := _describe_domain(domain):
            yield Violation(("domains", position), *fault)


def _describe_domain(domain: str) -> tuple[str, str] | None:
    """Return message and hint if a text is not the name of a domain alone, by which mentions are found; else None."""
    message = f'"{domain}" is not the name of a domain alone'
    names = [_extract_domain(part) for part in _SEVERAL.split(domain.strip(_MARKS_AROUND_DOMAIN))]
    if not all(map(_is_domain, names)):
        return message, "For example: example.org"
    if len(names) > 1:
        return message, f"Write each as an item of its own: [{', '.join(names)}]"
    return None if names == [domain] else (message, f"Write {names[0]}: subdomains are included.")


def _extract_domain(text: str) -> str:
    return _ADDRESS_AROUND_DOMAIN.sub("", text.strip(_MARKS_AROUND_DOMAIN)).rstrip("/.")


def _is_domain(name: str) -> bool:
    # With one label ("localhost", "pumpen"), every such word would be a mention.
    return "." in name and not _ENDS_IN_NUMBER.search(name) and not _describe_impossible_host(name)


def _describe_impossible_host(host: str) -> str:
    """Return why no host can have this name, empty if one can: a pull compares whole names."""
    plain = host.strip("[]").removesuffix(".")
    if "*" in plain or plain.startswith("."):
        return f'"{host}" stands for no host: hosts are compared by their whole names'
    try:
        if ":" in plain or _ENDS_IN_NUMBER.search(plain):
            ip_address(plain)
        elif not _HOST_NAME.fullmatch(encode_host(plain)):
            return f'"{host}" cannot be the name of a host'
    except ValueError:
        return f'"{host}" cannot be the name or the address of a host'
    return ""

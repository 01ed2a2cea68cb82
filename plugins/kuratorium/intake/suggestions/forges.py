"""The lists of issues of forges, for everybody and without a key: their addresses, and all pages as one response."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from msgspec.structs import replace

from ... import urls
from ...edition.curation import Source
from ...errors import SourceError
from ..http.client import Fetcher
from ..http.responses import Response, hash_body

MAX_PAGES = 10  # of a pull: more is no list of suggestions, and each costs the forge a request
UNREAD_PAGES = (
    f"more than {MAX_PAGES} pages of issues are open, and the oldest were not read: close some, or name labels"
)

_MAX_ISSUES = 100  # of a page
_MAX_FORGEJO_ISSUES = 50  # Forgejo's and Gitea's own limit


def find_pull_address(source: Source) -> str:
    """Return the address that a pull of a source fetches: its feed, or the list of issues of its repository."""
    if source.type != "suggestions" or not urls.is_http_url(source.feed):
        return source.feed
    parts = urlsplit(urls.make_absolute_url(source.feed))
    repository = parts.path.strip("/").removesuffix("/issues").removesuffix("/-").removesuffix(".git")
    build = _BUILDERS[source.forge or guess_forge(parts.hostname or "")]
    return build(f"{parts.scheme}://{parts.netloc}", repository, ",".join(source.labels))


def guess_forge(host: str) -> str:
    """Return what most probably runs at a host: Forgejo and Gitea answer alike, and have many hosts."""
    return "github" if host == "github.com" else "gitlab" if host.startswith("gitlab.") else "forgejo"


def _build_github_address(site: str, repository: str, labels: str) -> str:
    # GitHub's own API has a host of its own; that of an enterprise server has a path.
    api = "https://api.github.com" if site == "https://github.com" else f"{site}/api/v3"
    query = {"state": "open", "sort": "created", "direction": "desc", "per_page": _MAX_ISSUES}
    return f"{api}/repos/{repository}/issues?{_encode(query, labels)}"


def _build_gitlab_address(site: str, repository: str, labels: str) -> str:
    query = {"state": "opened", "order_by": "created_at", "sort": "desc", "per_page": _MAX_ISSUES}
    return f"{site}/api/v4/projects/{quote(repository, safe='')}/issues?{_encode(query, labels)}"


def _build_forgejo_address(site: str, repository: str, labels: str) -> str:
    query = {"state": "open", "type": "issues", "limit": _MAX_FORGEJO_ISSUES}
    return f"{site}/api/v1/repos/{repository}/issues?{_encode(query, labels)}"


def _encode(query: dict[str, object], labels: str) -> str:
    return urlencode(query | ({"labels": labels} if labels else {}), safe=",")


_BUILDERS = {"github": _build_github_address, "gitlab": _build_gitlab_address, "forgejo": _build_forgejo_address}


async def fetch_further_pages(fetcher: Fetcher, first: Response) -> Response:
    """Return the `first` page of a list with those behind it, one after another, and at most MAX_PAGES of them.

    `next_page` is then the one at which it ended. Raises SourceError if a page cannot be had, or is no such list: what
    came before it is in the forge still, and the next pull begins anew.
    """
    if first.data is None or not first.next_page:
        return first
    pages, bodies = [first], [_find_items(first)]
    while (address := pages[-1].next_page) and len(pages) < MAX_PAGES:
        if urls.get_host(address) != urls.get_host(first.address) or any(page.address == address for page in pages):
            raise SourceError("broken", f"the list of issues goes on at an address that is none of it ({address})")
        pages.append(await fetcher.fetch(address, named_by=first.address))
        bodies.append(_find_items(pages[-1]))
    data = b"[" + b",".join(filter(None, bodies)) + b"]"
    return replace(
        first,
        data=data,
        # Those of the first page say nothing of the others.
        etag="",
        last_modified="",
        body_hash=hash_body(data),
        next_page=pages[-1].next_page,
        compressed_bytes=sum(page.compressed_bytes for page in pages),
        decompressed_bytes=sum(page.decompressed_bytes for page in pages),
        elapsed=sum(page.elapsed for page in pages),
    )


def _find_items(page: Response) -> bytes:
    """Return what stands between the brackets of a JSON list; raises SourceError if a page is none."""
    data = (page.data or b"").strip()
    if not (data.startswith(b"[") and data.endswith(b"]")):
        raise SourceError("broken", "a page of the list of issues is no list")
    return data[1:-1].strip()

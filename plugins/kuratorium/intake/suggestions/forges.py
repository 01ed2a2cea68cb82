"""The addresses at which forges list the issues of a repository, for everybody and without a key. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from ... import urls
from ...edition.curation import Source

_MAX_ISSUES = 100  # of a page; more than that are not open at once, or the desk has another problem
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

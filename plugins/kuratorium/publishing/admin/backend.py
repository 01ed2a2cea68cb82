"""The forge as Sveltia CMS names it, and the one host that the page may ask."""

from __future__ import annotations

from typing import Any

from ...edition.forge.model import AdminPolicy

_SERVERS = {"github": "https://github.com", "gitlab": "https://gitlab.com", "forgejo": "https://codeberg.org"}
_BACKENDS = {"github": "github", "gitlab": "gitlab", "forgejo": "gitea"}
_API_PATHS = {"github": "/api/v3", "gitlab": "/api/v4", "forgejo": "/api/v1"}
_GITHUB_API = "https://api.github.com"


def build_backend(admin: AdminPolicy) -> dict[str, Any]:
    """Return the part of the configuration that says where files are read and saved, and how editors sign in."""
    server = _find_server(admin)
    can_sign_in = bool(admin.sign_in if admin.forge == "github" else admin.application)
    backend: dict[str, Any] = {
        "name": _BACKENDS[admin.forge],
        "repo": admin.repository,
        "branch": admin.branch,
        "auth_methods": ["oauth", "token"] if can_sign_in else ["token"],
    }
    if admin.forge != "github" or admin.server:
        backend["api_root"] = server + _API_PATHS[admin.forge]
    # GitHub lets no page exchange the code of a sign-in for a token; a small server of one's own does that.
    backend["base_url"] = admin.sign_in or server
    if admin.forge == "gitlab":
        backend["auth_type"] = "pkce"
    if admin.application:
        backend["app_id"] = admin.application
    return backend


def find_api_origin(admin: AdminPolicy) -> str:
    """Return scheme and host of the forge's API."""
    if admin.forge == "github" and not admin.server:
        return _GITHUB_API
    return "/".join(_find_server(admin).split("/")[:3])


def _find_server(admin: AdminPolicy) -> str:
    return (admin.server or _SERVERS[admin.forge]).rstrip("/")

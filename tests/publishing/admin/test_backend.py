from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kuratorium.edition.forge.model import AdminPolicy
from kuratorium.publishing.admin.backend import build_backend, find_api_origin


@pytest.mark.parametrize(
    ("admin", "backend", "origin"),
    [
        ({}, {"name": "github", "base_url": "https://github.com", "auth_methods": ["token"]}, "https://api.github.com"),
        (
            {"sign_in": "https://sign-in.example/"},
            {"base_url": "https://sign-in.example/", "auth_methods": ["oauth", "token"]},
            "https://api.github.com",
        ),
        (
            {"server": "https://github.example.org/"},
            {"api_root": "https://github.example.org/api/v3"},
            "https://github.example.org",
        ),
        (
            {"forge": "gitlab", "application": "abc"},
            {"name": "gitlab", "auth_type": "pkce", "app_id": "abc", "api_root": "https://gitlab.com/api/v4"},
            "https://gitlab.com",
        ),
        (
            {"forge": "forgejo", "branch": "edition"},
            {"name": "gitea", "branch": "edition", "api_root": "https://codeberg.org/api/v1"},
            "https://codeberg.org",
        ),
        (
            {"forge": "forgejo", "server": "https://example.org/git"},
            {"api_root": "https://example.org/git/api/v1", "base_url": "https://example.org/git"},
            "https://example.org",
        ),
    ],
)
def test_each_forge_has_its_addresses(admin: dict[str, str], backend: dict[str, Any], origin: str) -> None:
    """Without an application to sign in with, editors paste a token."""
    policy = msgspec.convert({"repository": "our-group/our-site", **admin}, AdminPolicy)
    built = build_backend(policy)
    assert built["repo"] == "our-group/our-site"
    assert {name: built.get(name) for name in backend} == backend
    assert find_api_origin(policy) == origin

"""Headers of responses: what browsers may load for a page, how long they keep files, what they tell other hosts.

The policy stands in every page, too: some hosts let nobody set headers, and a page may be opened from a disk. There it
names the hosts of the page's own frames. Headers are one file for the whole site, which may not change with each post,
so they name the providers that policy.yaml allows, or any host for those that run on many. Browsers obey both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...edition.curation import Policy
from ...edition.embeds import PROVIDERS_BY_ID, Embed
from ...edition.forge.model import AdminPolicy
from ..admin.backend import find_api_origin

OTHER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # Fullscreen and the like stay free for what a reader has agreed to load in a frame.
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ANY_HOST = "https:"
_FRAMES = re.compile(r"frame-src [^;]*")


def build_content_policy(policy: Policy) -> str:
    """Return the Content-Security-Policy of the site: frames are those of its providers, once a reader agrees."""
    scripts = "'self' 'wasm-unsafe-eval'" if policy.search else "'self'"  # Pagefind reads its index by WebAssembly
    frames = sorted({source for provider in policy.embeds if (source := _find_frame_source(provider))})
    # Frames of any host make the names of others needless.
    frames = [_ANY_HOST] if _ANY_HOST in frames else frames or ["'none'"]
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            f"frame-src {' '.join(frames)}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def build_admin_policy(admin: AdminPolicy) -> str:
    """Return the policy of the page /admin/: its program may ask the forge of the edition, and no other host.

    It writes its styles into the page, and shows pictures that it has loaded itself.
    """
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' blob: data: {find_api_origin(admin)}",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def build_header_policy(content_policy: str, admin: AdminPolicy | None = None) -> str:
    """Return the policy as a header: only there a page can say that no other host may show it in a frame.

    Many hosts send the same headers with all pages, and browsers obey all policies at once. So with the page /admin/
    they allow what any page needs; what each of the others may load, it says itself.
    """
    if admin:
        content_policy = _join_policies(content_policy, build_admin_policy(admin))
    return f"{content_policy}; frame-ancestors 'self'"


def _join_policies(*policies: str) -> str:
    """Return the policy that allows what any of `policies` allows; each has a `default-src` of 'self'."""
    sources: dict[str, list[str]] = {}
    for policy in policies:
        for directive in policy.split("; "):
            name, *allowed = directive.split(" ")
            sources.setdefault(name, []).extend(source for source in allowed if source not in sources.get(name, ()))
    for allowed in sources.values():
        if len(allowed) > 1 and "'none'" in allowed:
            allowed.remove("'none'")
    return "; ".join(" ".join([name, *allowed]) for name, allowed in sources.items())


def build_page_policy(content_policy: str) -> str:
    """Return the policy of a page without frames: opened from a disk, it may load its files from there."""
    policy = content_policy.replace("default-src 'self'", "default-src 'self' file:")
    return _FRAMES.sub("frame-src 'none'", policy.replace("script-src 'self'", "script-src 'self' file:"))


def allow_frames(page_policy: str, embeds: Iterable[Embed]) -> str:
    """Return the policy of a page that shows `embeds`: it may load frames from their hosts, and from no other."""
    sources = sorted({_find_origin(embed.frame_url) for embed in embeds if embed.frame_url})
    return _FRAMES.sub(f"frame-src {' '.join(sources)}", page_policy) if sources else page_policy


def _find_frame_source(provider: str) -> str:
    """Return what a frame of a provider loads from; empty if there is none. Some run on many hosts."""
    record = PROVIDERS_BY_ID.get(provider)
    if not record or not record.frame_url:
        return ""
    if record.pattern.startswith("https://"):
        return _ANY_HOST
    return _find_origin(record.frame_url(record.example))


def _find_origin(address: str) -> str:
    return "/".join(address.split("/")[:3])

"""Headers of responses: what browsers may load for a page, how long they keep files, what they tell other hosts.

The policy stands in every page, too: some hosts let nobody set headers, and a page may be opened from a disk.
"""

from __future__ import annotations

from ...edition.curation import Policy
from ...edition.embeds import PROVIDERS_BY_ID
from ...edition.pictures.model import PICTURES_FOLDER

LONG_CACHING = "public, max-age=31536000, immutable"
LASTING_ADDRESS = rf"\.[0-9a-f]{{10}}\.(?:css|js)$|/{PICTURES_FOLDER}/"
"""The addresses of bundles and of drawn pictures, whose names hold a digest; for nginx."""
OTHER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # Fullscreen and the like stay free for what a reader has agreed to load in a frame.
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ANY_HOST = "https:"


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


def build_header_policy(content_policy: str) -> str:
    """Return the policy as a header: only there a page can say that no other host may show it in a frame."""
    return f"{content_policy}; frame-ancestors 'self'"


def build_page_policy(content_policy: str) -> str:
    """Return the policy as it stands in a page: opened from a disk, it may load its files from there."""
    return content_policy.replace("default-src 'self'", "default-src 'self' file:").replace(
        "script-src 'self'", "script-src 'self' file:"
    )


def _find_frame_source(provider: str) -> str:
    """Return what a frame of a provider loads from; empty if there is none. Some run on many hosts."""
    record = PROVIDERS_BY_ID.get(provider)
    if not record or not record.frame_url:
        return ""
    if record.pattern.startswith("https://"):
        return _ANY_HOST
    return "/".join(record.frame_url(record.example).split("/")[:3])

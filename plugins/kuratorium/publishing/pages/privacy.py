"""What the block `[[privacy]]` tells readers: what their browser keeps, and whose content they can load.

STORED_KEYS is the table of all that our scripts store; adding one is a line in it.
"""

from __future__ import annotations

from ...edition.curation import Policy
from ...edition.embeds import PROVIDERS_BY_ID
from ...translations import N_
from ..template_inputs import ProviderLink, StoredKey

STORED_KEYS = (
    StoredKey("kuratorium.hosts", N_("the hosts from which you always load videos, posts, recordings and maps")),
    StoredKey("kuratorium.language", N_("the language that you chose at the foot of a page")),
    StoredKey("kuratorium.scheme", N_("the colours that you chose at the foot of a page")),
)


def build_privacy_inputs(policy: Policy | None) -> dict[str, object]:
    """Return what the block shows: a new post never changes it, because the policy names all that posts may embed."""
    records = (PROVIDERS_BY_ID[provider] for provider in (policy.embeds if policy else ()))
    providers = (ProviderLink(record.name, record.host, record.privacy_url) for record in records if record.frame_url)
    return {"stored_keys": STORED_KEYS, "providers": tuple(sorted(providers, key=lambda link: link.name.casefold()))}

"""Kuratorium: a static-site generator for curated community platforms."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Return `Site` for PELICAN_CLASS = "kuratorium.Site": Pelican looks the class up in the top package."""
    if name == "Site":
        from .publishing.pelican_site.site import PlainSite  # noqa: PLC0415 - reading the settings must not import Pelican

        return PlainSite
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

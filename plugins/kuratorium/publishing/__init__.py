"""Posts become pages and feeds, with Pelican as the engine. Never imports intake, httpx or feedparser."""


def register() -> None:
    """Make Pelican refuse to run without our PELICAN_CLASS: it would build a site of its own with our theme.

    Pelican calls this where PLUGINS names the package, as in editions begun earlier.
    """
    from pelican import signals  # noqa: PLC0415 - Pelican imports this package, and has imported itself

    signals.initialized.connect(_require_own_class)


def _require_own_class(pelican: object) -> None:
    from .pelican_site.site import Site  # noqa: PLC0415 - see above

    if not isinstance(pelican, Site):
        raise SystemExit('pelicanconf.py: PELICAN_CLASS is missing\n  Write PELICAN_CLASS = "kuratorium.Site".')

"""Pages and feeds go out."""


def register() -> None:
    """Refuse to run in a Pelican that is not ours: an edition begun earlier names this package in PLUGINS.

    Pelican calls this. Without PELICAN_CLASS it would build a site of its own with our theme.
    """
    from pelican import signals  # noqa: PLC0415 - Pelican imports this package, and has imported itself

    signals.initialized.connect(_require_own_class)


def _require_own_class(pelican: object) -> None:
    from .pelican_site.site import Site  # noqa: PLC0415 - see above

    if not isinstance(pelican, Site):
        raise SystemExit('pelicanconf.py: PELICAN_CLASS is missing\n  Write PELICAN_CLASS = "kuratorium.Site".')

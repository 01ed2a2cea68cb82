"""Pages and feeds go out. As PLUGINS = ["kuratorium.publishing"] it is a plugin of Pelican."""


def register() -> None:
    """Connect to Pelican; the rest of this package can be used without importing it."""
    from .pelican_plugin import connect_signals  # noqa: PLC0415 - see above

    connect_signals()

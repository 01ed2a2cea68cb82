"""The settings of the edition; those that rarely change are in kuratorium.defaults, and may be set here, too."""

from kuratorium.defaults import *  # noqa: F403 - Pelican reads its settings as the names of this file

SITENAME = "Weichenwerk"
SITESUBTITLE = "Was IT-Entscheider lesen sollten – und warum"
SITEURL = "https://weichenwerk.example"
DEFAULT_LANG = "de"
TIMEZONE = "Europe/Berlin"

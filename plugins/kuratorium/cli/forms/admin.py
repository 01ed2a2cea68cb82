"""The command `admin`: the program of the page where editors write in forms."""

from __future__ import annotations

from pathlib import Path

import click

from .. import options
from ..options import command


@command(
    examples=(
        "kuratorium admin",
        "kuratorium admin --from sveltia-cms.tgz --from immutable.tgz --from fontsource-material-symbols.tgz",
    )
)
@click.option("--from", "archives", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
              help="Take an archive of npm that is on this machine; repeat for each.")  # fmt: skip
def admin(archives: tuple[Path, ...]) -> int:
    """Fetch the program of the forms for editors, /admin/.

    It is Sveltia CMS (MIT licence), with its icons (OFL): 5 MB below static/admin/ of the theme, to be committed. npm
    fetches it; its digests are pinned. The page itself is switched on in curation/policy.yaml:

    admin: {repository: our-group/our-site, forge: github}
    """
    from ...desk.admin.program import PROGRAM_FOLDER, install_program
    from ...edition.settings import read_site_settings
    from .. import terminal

    root = options.find_edition_root()
    theme = read_site_settings(root).theme
    root = options.find_writable_root(f"{theme}/{PROGRAM_FOLDER}")
    for path in install_program(root / theme, archives):
        terminal.print_result(options.format_path(path))
    return 0

"""The program's own theme, and the folders in which the files of an edition's theme are looked for."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - the quickest build imports this


def _find_program_theme() -> str:
    """Return the folder of the theme: beside the code in an installed wheel, at the top of a clone."""
    installed = f"{_PACKAGE}/theme"
    return installed if os.path.isdir(installed) else os.path.normpath(f"{_PACKAGE}/../../theme")  # noqa: PTH112


PROGRAM_THEME = _find_program_theme()
"""The absolute path of the theme that comes with the program."""
IS_INSTALLED = PROGRAM_THEME.startswith(_PACKAGE)
"""Whether the program was installed from a wheel; else it runs in a clone, whose theme/ is both."""


def list_theme_folders(root: str | os.PathLike[str], theme: str) -> tuple[str, ...]:
    """Return where a file of the theme is looked for, in this order, from `root` or absolute.

    That is the edition's own folder `theme`, and then that of the program, unless both are the same, as in a clone.
    """
    is_same = os.path.realpath(os.path.join(root, theme)) == os.path.realpath(PROGRAM_THEME)  # noqa: PTH118
    return (theme,) if is_same else (theme, PROGRAM_THEME)


def find_link_limit(folder: str) -> str:
    """Return the folder that no link in a theme's folder may leave; an installer may link the files of ours."""
    return "/" if folder == PROGRAM_THEME else folder


def is_in_theme(file: str, theme: str, folder: str) -> bool:
    """Return whether a path, from the edition's root or absolute, lies in a folder of its `theme` or of ours."""
    return file.startswith((f"{theme}/{folder}/", f"{PROGRAM_THEME}/{folder}/"))


def is_program_file(file: str) -> bool:
    """Return whether a path, from an edition's root or absolute, is that of a file of the program's own theme."""
    return file.startswith(f"{PROGRAM_THEME}/")

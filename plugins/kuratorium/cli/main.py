"""The program `kuratorium`: it says itself that a build finds nothing changed, and leaves the rest to its commands.

That answer needs neither click nor the commands, whose import takes as long as the look at ten thousand posts.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from ..publishing.build.snapshot_file import UNFINISHED_FILE, find_unchanged_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    `arguments` are the words after `kuratorium`; without them, those of this process are used.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["build"] and _print_if_unchanged():
        return 0
    from .commands import run_command

    return run_command(words)


def _print_if_unchanged() -> bool:
    """Print what `reports.print_build_result` prints if nothing changed; return False if anything may be to do."""
    begin, root = time.perf_counter(), os.getcwd()
    while not os.path.isfile(f"{root}/pelicanconf.py") or not os.path.isdir(f"{root}/curation"):
        if root == (root := os.path.dirname(root)):
            return False
    if os.path.exists(f"{root}/{UNFINISHED_FILE}"):
        return False
    site = find_unchanged_site(root, time.time())
    # A terminal gets colours, from rich; a name with control characters gets escapes.
    if not site or sys.stdout.isatty() or not site.index_path.isprintable():
        return False
    posts, pages = site.post_count, site.page_count
    size = f"{posts} post{'s' * (posts != 1)} on {pages} page{'s' * (pages != 1)}"
    seconds = time.perf_counter() - begin
    sys.stdout.write(f"Nothing changed: {size} ({seconds:.1f} s).\nLook at {site.index_path}\n")
    return True


if __name__ == "__main__":
    sys.exit(main())

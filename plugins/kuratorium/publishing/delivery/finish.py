"""What follows a build and is no part of it: the index of the search, and compressed copies."""

from __future__ import annotations

from pathlib import Path

from ..build.model import BuildResult
from ..build.snapshot_file import UNFINISHED_FILE
from ..search.index import SearchIndex, update_search_index
from .compression import update_compressed_copies


def finish_site(root: Path, result: BuildResult) -> SearchIndex:
    """Index the site that a build left, and compress its texts, as far as that is not done; return what was indexed.

    Until all is done, `kuratorium build` comes here even if no file changed.
    """
    index = update_search_index(root, result)
    update_compressed_copies(root, result)
    if result.site_version and not index.failure:
        (root / UNFINISHED_FILE).unlink(missing_ok=True)
    return index

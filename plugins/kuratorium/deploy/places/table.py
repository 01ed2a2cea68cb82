"""PLACES: each kind of target with the class that serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ...edition.hosting.targets import Target
from ..model import Place
from .bucket import Bucket
from .folder import Folder
from .git_branch import GitBranch
from .rsync import Rsync

PLACES: Mapping[str, Callable[[Path, Target, Path, bool], Place]] = {
    "folder": Folder,
    "rsync": Rsync,
    "git": GitBranch,
    "s3": Bucket,
}
"""Kind -> how to open it: with the edition's root, the target, the site's folder, and whether others are overruled."""

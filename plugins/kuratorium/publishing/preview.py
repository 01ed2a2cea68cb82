"""`kuratorium preview`: serve the site on this machine, rebuild it on every change, and reload open pages.

One process builds the edition again and again, with its records in memory, so that an edit shows in a moment. Only open
pages that a build changed reload. A build that fails leaves the last good site, with the error on top of every page.
"""

from __future__ import annotations

import errno
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from watchfiles import watch

from ..edition.formats import FOLDERS_BY_FORMAT
from ..edition.paths import (
    CONTENT_PREFIX,
    INBOX_FOLDER,
    REGISTRY_FILES,
    SETTINGS_FILE,
    FileStamp,
    is_settings_file,
    stamp_file,
    stamp_with_ctime,
    stamp_with_mtime,
)
from ..edition.settings import DEFAULT_THEME, describe_error
from ..errors import EditionError, KuratoriumError, UsageError
from . import settings as conf
from .build.cache import (
    CACHE_FILE,
    Cache,
    CorruptCacheError,
    compute_code_version,
    is_corruption,
    move_corrupt_cache_aside,
)
from .build.model import BuildRequest, BuildResult, NullProgress
from .build.publish import BuildLock
from .build.run import report_disk_errors
from .build.session import BuildSession
from .build.snapshot_file import STAGE_FOLDER
from .build_command import build_site, make_pelican_factory
from .drawing.store import PictureStore
from .live_server import PreviewServer, ReloadNotifier
from .output_folder import refuse_foreign_output


class PreviewBuilder:
    """Builds the edition at `root` again and again for `as_of` (None: its own date, or now) in one session.

    If it `shows_drafts`, the site is a folder of its own in var/, which goes with the preview, and so does its cache:
    nothing of drafts gets into the site of other builds.
    """

    def __init__(self, root: Path, as_of: datetime | None, *, shows_drafts: bool = False) -> None:
        self.root = root
        self.as_of = as_of
        self.shows_drafts = shows_drafts
        settings = _read_settings_if_valid(root)
        self.output = root / settings.output if settings else root / "output"
        if shows_drafts:
            self.output = root / DRAFTS_FOLDER
        self.has_changed_site = False  # whether the last build did
        self._retained = settings.output_retention if settings else ()
        self.theme = settings.theme if settings else DEFAULT_THEME
        self._must_compare_all = False  # what a failed build was to read is not read yet
        self._folder_stamps: dict[str, FileStamp] = {}  # of the site's folders after the last build
        self._is_site_unverified = False  # files may have gone before the folders were stamped
        self._open_session()

    def prepare_output(self) -> None:
        """Create the folder of the site; raises EditionError if it holds what no build wrote."""
        self._remove_drafts()  # of a preview that was killed
        refuse_foreign_output(self.root, self.output, self._retained)
        self.output.mkdir(parents=True, exist_ok=True)

    def _open_session(self) -> None:
        path, output = (None, self.output) if self.shows_drafts else (self.root / CACHE_FILE, None)
        self._cache = Cache(path, compute_code_version(), serves_many_builds=True)
        self._session = BuildSession(self.root, self._cache, make_pelican_factory(self.root, output))

    def is_relevant(self, file: str) -> bool:
        """Return whether a file (from the root) may change the site."""
        return file in REGISTRY_FILES or file.startswith(
            (CONTENT_PREFIX, f"{INBOX_FOLDER}/", f"{self.theme}/", *FOLDERS_BY_FORMAT.values())
        )

    def build(self, changed_files: frozenset[str] | None) -> BuildResult:
        """Build what changed (None: compare everything); raises EditionError, and then the site is as it was."""
        changed_files = None if self._must_compare_all or self.is_site_altered() else changed_files
        self._must_compare_all = True
        result = self._build_in_session(changed_files)
        self._must_compare_all = False
        self._stamp_folders(None if changed_files is None else result.changed_paths)
        self._is_site_unverified = not result.whole_build_reason  # of whole builds, this session has no records
        self.has_changed_site = bool(result.changed_paths)
        return result

    def is_site_altered(self) -> bool:
        """Return whether files of the site came or went since the last build: one page, or all as by `make clean`."""
        return any(stamp_file(folder, stamp_with_mtime) != stamp for folder, stamp in self._folder_stamps.items())

    def verify_site(self) -> bool:
        """Return whether the site holds what the last build left; it looks at all files once after each build.

        A page that goes after its build was published, but before its folder was stamped, leaves no other sign.
        """
        must_verify, self._is_site_unverified = self._is_site_unverified, False
        return not self.is_site_altered() and not (must_verify and self._session.is_site_altered(self.output))

    def _stamp_folders(self, changed_paths: frozenset[str] | None) -> None:
        """Stamp the folders of the site; `changed_paths` are the files that a build changed in it (None: look for all).

        A file that comes or goes changes its folder, and there are far fewer folders than files.
        """
        if changed_paths is None:
            folders = {folder for folder, _, _ in os.walk(self.output)}
        else:
            folders = {*self._folder_stamps, *(os.path.dirname(f"{self.output}/{path}") for path in changed_paths)}  # noqa: PTH120 - as os.walk names them
        self._folder_stamps = {folder: stamp_file(folder, stamp_with_mtime) for folder in folders | {str(self.output)}}

    def _build_in_session(self, changed_files: frozenset[str] | None) -> BuildResult:
        output = self.output if self.shows_drafts else None
        request = BuildRequest(
            as_of=self.as_of,
            now=datetime.now(UTC),
            changed_files=changed_files,
            draws_cards=False,
            output=output,
            shows_drafts=self.shows_drafts,
        )
        with report_disk_errors(self.root):
            lock = BuildLock(self.root / STAGE_FOLDER)
            try:
                result = self._build_once(request)
            finally:
                lock.release()
        # Plugins keep state in their modules (the sitemap plugin loses it after a failure), so each whole build gets
        # a Pelican of its own.
        return result or build_site(self.root, as_of=self.as_of, output=output, shows_drafts=self.shows_drafts)

    def close(self) -> None:
        """Close the cache, and remove the site of drafts."""
        self._cache.close()
        self._remove_drafts()

    def _remove_drafts(self) -> None:
        if self.shows_drafts:
            shutil.rmtree(self.output, ignore_errors=True)

    def _build_once(self, request: BuildRequest) -> BuildResult | None:
        if self._cache.is_replaced():  # the cache may be deleted at any time, and all of var/
            self._cache.close()
            self._open_session()
            request = replace(request, changed_files=None)
        try:
            return self._session.build(request, NullProgress())
        except (sqlite3.DatabaseError, CorruptCacheError) as error:
            if not is_corruption(error):
                raise
            self._cache.close()
            move_corrupt_cache_aside(self.root / CACHE_FILE)
            self._open_session()
            return self._session.build(request, NullProgress())


def _read_settings_if_valid(root: Path) -> conf.Settings | None:
    """Return the settings; None if they are invalid, which the first build reports."""
    try:
        return conf.read_settings(root)
    except EditionError:
        return None


DRAFTS_FOLDER = "var/drafts"
WATCHED_PATHS = ("content", "curation", "plugins", SETTINGS_FILE)
_DEBOUNCE_MS = 5  # milliseconds without a change, after which a change counts as complete
_FIRST_LOOK_MS = 200  # milliseconds after which the watcher reports for the first time, even if nothing changed
_RETRY_SECONDS = 1.0  # between two attempts to watch, when the system refuses


def serve_preview(
    root: Path,
    *,
    port: int,
    print_line: Callable[[str], None],
    as_of: datetime | None = None,
    shows_drafts: bool = False,
) -> None:
    """Serve the edition at `root` on 127.0.0.1:`port` until Ctrl-C; `print_line` gets a line about each event.

    Raises UsageError if the port is taken, EditionError if the output folder holds what no build wrote.
    """
    notifier = ReloadNotifier()
    builder = PreviewBuilder(root, as_of, shows_drafts=shows_drafts)
    try:
        builder.prepare_output()
        server = PreviewServer(builder.output, port, notifier, PictureStore(root, {}).draw_by_path)
    except OSError as error:
        builder.close()
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        raise UsageError(f"Port {port} is taken: stop what uses it, or choose another with --port.") from error
    try:
        print_line(_build_and_notify(builder, notifier, None))  # before there are threads, so that it can fork workers
        gc.freeze()  # the records of ten thousand posts need not be searched for garbage at every edit
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print_line(f"Serving on http://127.0.0.1:{server.server_port}/ – Ctrl-C ends it.")
        _watch_for_ever(builder, notifier, server.server_port, print_line)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        builder.close()


def _watch_for_ever(
    builder: PreviewBuilder, notifier: ReloadNotifier, port: int, print_line: Callable[[str], None]
) -> None:
    """Rebuild until Ctrl-C; an error of the watcher is shown, and it starts again."""
    while True:
        try:
            _rebuild_on_changes(builder, notifier, port, print_line)
            return  # after Ctrl-C
        except Exception as error:  # noqa: BLE001 - whatever it is, the editor goes on writing
            is_name = isinstance(error, RuntimeError) and "decode path" in str(error)
            former = notifier.problem
            # The watcher cannot name a file whose name is not UTF-8. A build can, and refuses it.
            message = _build_and_notify(builder, notifier, None) if is_name else _describe_error(builder.root, error)
            if message != former:
                print_line(message)
            if not is_name:
                notifier.record_build(None, message)
                time.sleep(_RETRY_SECONDS)


def _rebuild_on_changes(
    builder: PreviewBuilder, notifier: ReloadNotifier, port: int, print_line: Callable[[str], None]
) -> None:
    """Build at every change of a relevant file; if the program or its settings changed, restart the process."""
    root = builder.root
    watched = [root / name for name in (*WATCHED_PATHS, builder.theme) if (root / name).exists()]
    is_first, settings_stamp = True, stamp_file(str(root / SETTINGS_FILE), stamp_with_ctime)
    # raise_interrupt=False: Ctrl-C ends the loop, and `serve_preview` then closes the server.
    for changes in watch(
        *watched, step=_DEBOUNCE_MS, rust_timeout=_FIRST_LOOK_MS, yield_on_timeout=True, raise_interrupt=False
    ):
        names = {conf.make_relative_path(root, path) for _, path in changes}
        # A watch of a single file ends when the file is moved away or replaced: so its stamp is compared, too.
        if (stamp := stamp_file(str(root / SETTINGS_FILE), stamp_with_ctime)) != settings_stamp:
            settings_stamp = stamp
            names.add(SETTINGS_FILE)
        if any(name.startswith("plugins/") or is_settings_file(name) for name in names):
            print_line("The program or its settings changed: restarting.")
            print_line(problem := _restart_process(builder, port))
            notifier.record_build(None, problem)
        elif is_first:
            # What was saved before the watcher was there, no event tells of: every file is compared.
            line = _build_and_notify(builder, notifier, None)
            if notifier.problem or builder.has_changed_site:
                print_line(line)
        elif names := {name for name in names if builder.is_relevant(name)}:
            shown = sorted(names)[:3]
            print_line(f"Changed: {', '.join(shown)}{' …' if len(names) > len(shown) else ''}")
            print_line(_build_and_notify(builder, notifier, frozenset(names)))
        elif not notifier.problem and not builder.verify_site():
            print_line("The folder of the site was changed: comparing every file.")
            print_line(_build_and_notify(builder, notifier, None))
        is_first = False


def _restart_process(builder: PreviewBuilder, port: int) -> str:
    """Replace this process by a new one on the same port, where open pages find it; return why it cannot start."""
    # After execv, a mistake in the code would end the preview; so the imports are tried in a process of their own.
    imports = f"import {__package__}.preview, {__package__}.pelican_site.site"
    command = [sys.executable, "-c", imports]
    trial = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if trial.returncode:
        return trial.stderr.strip()
    try:
        settings = conf.read_settings(builder.root)
        refuse_foreign_output(builder.root, builder.root / settings.output, settings.output_retention)
    except EditionError as error:
        return _describe_error(builder.root, error)
    builder.close()
    command = [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", str(port)]
    command += ["--as-of", builder.as_of.isoformat()] if builder.as_of else []
    command += ["--drafts"] if builder.shows_drafts else []
    sys.stdout.flush()  # execv drops what is still buffered
    os.chdir(builder.root)  # where the command looks for the edition
    return os.execv(sys.executable, command)  # noqa: S606 - our own command, and it never returns


def _build_and_notify(builder: PreviewBuilder, notifier: ReloadNotifier, changed: frozenset[str] | None) -> str:
    """Build, notify open pages, and return a line about the result; no error ends a preview."""
    try:
        result = builder.build(changed)
    except Exception as error:  # noqa: BLE001 - a mistake in a text, a full disk or a bug: it is shown on every page
        message = _describe_error(builder.root, error)
        notifier.record_build(None, message)
        return message
    notifier.record_build(None if result.whole_build_reason else result.changed_paths)
    if not result.changed_paths:
        return f"Nothing changed in the site ({result.seconds:.2f} s)."
    count = len(result.changed_paths)
    return f"Built in {result.seconds:.2f} s: {count} files of the site changed."


def _describe_error(root: Path, error: Exception) -> str:
    """Return an error as the preview shows it: problems in the language of the edition at `root`."""
    if isinstance(error, KuratoriumError | OSError):
        return describe_error(root, error)
    hint = 'This is a bug in Kuratorium: please report what "kuratorium --debug build" prints.'
    return f"internal error: {type(error).__name__}: {error}\n    {hint}"

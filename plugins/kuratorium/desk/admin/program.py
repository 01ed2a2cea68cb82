"""Fetch the program of the page /admin/: three packages of npm, pinned by the digests of their archives.

The program would load its words, its fonts and a library from other hosts. They are fetched with it, but for two fonts
in the place of which a browser takes its own. Nothing else of it is changed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ...errors import UsageError
from ...files import write_files_atomically

PROGRAM_FOLDER = "static/admin"
"""The folder of the program in a theme."""

_TIMEOUT = 300  # seconds
_SCRIPT = "sveltia-cms.js"
_ICONS = "icons.woff2"
_FOREIGN_FONTS = "https://cdn.jsdelivr.net/fontsource/fonts/"
# What the program loads from another host -> what stands there in its place; addresses begin at the page.
_REPLACEMENTS = {
    f"url({_FOREIGN_FONTS}material-symbols-outlined:vf@5.3.7/latin-wght-normal.woff2)": f"url({_ICONS})",
    f"url({_FOREIGN_FONTS}source-sans-3:vf@5.3.0/latin-wght-normal.woff2)": "local('Source Sans 3')",
    f"url({_FOREIGN_FONTS}noto-mono@5.3.0/latin-400-normal.woff2)": "local('Noto Mono')",
    "`${iP}@${rP}/locales`": "`locales`",
    "let t=`https://unpkg.com/${e}`": "let t=`./${e}`",
    "`https://unpkg.com/@sveltia/cms`": "`.`",  # where it would look for a newer version
}


class Package(Struct, frozen=True):
    """A package of npm: the digest of its archive in base64 (SHA-512), and its files -> their names in our folder.

    A name that ends in a slash is that of a folder.
    """

    name: str
    version: str
    digest: str
    files: Mapping[str, str]


PACKAGES = (
    Package(
        "@sveltia/cms",
        "0.221.1",
        "J+Qoik9kGMk2L7vNpOQrnDmFRi+NB6vwJ0f657YtsxWH0P8WYSYRRSRC2pQ/jGGbVlM//Pg/WIgmkpswqoo3gQ==",
        {
            "dist/sveltia-cms.js": _SCRIPT,
            "dist/chunks/react-dom.js": "chunks/react-dom.js",
            "locales/": "locales/",
            "LICENSE.txt": "LICENSE.txt",
        },
    ),
    Package(
        "immutable",
        "5.1.9",
        "m8nVez3rwrgmWxtLMt1ZYXB2Lv7OKYn/disyxAlSDYAlKSlFoPPfIAmAM/M5xqL4m4C/wAPw7S2/CNaUii1Hxg==",
        {
            "dist/immutable.es.js": "immutable@5.1.9/dist/immutable.es.js",
            "LICENSE": "LICENSE-immutable.txt",
        },
    ),
    Package(
        "@fontsource-variable/material-symbols-outlined",
        "5.3.7",
        "d6kLamaMdad40AYoyJEBgCH63fRLklC7GW7bgb7WWbPh/UzuW483Dlyfmn3vxpiNsHLIMBOcYYkZDtOC9Y3MUA==",
        {
            "files/material-symbols-outlined-latin-wght-normal.woff2": _ICONS,
            "LICENSE": "LICENSE-icons.txt",
        },
    ),
)


def install_program(theme: Path, archives: Sequence[Path] = ()) -> list[Path]:
    """Write the program into the folder of a theme, from `archives` or by npm; return the files.

    Raises UsageError if an archive is not the one that is pinned, or npm cannot fetch it.
    """
    contents: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = archives or [_download(package, Path(folder)) for package in PACKAGES]
        for package in PACKAGES:
            contents |= _unpack(package, _choose_archive(package, paths))
    contents[_SCRIPT] = _keep_at_home(contents[_SCRIPT])
    target = theme / PROGRAM_FOLDER
    files = [(target / name, data) for name, data in contents.items()]
    for path, _ in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_files_atomically(files)
    return [path for path, _ in files]


def _download(package: Package, folder: Path) -> Path:
    """Return the archive that npm fetches, from whatever registry it is told to."""
    specifier = f"{package.name}@{package.version}"
    npm = shutil.which("npm")
    if not npm:
        raise UsageError(_describe_by_hand("npm is not installed"))
    words = [npm, "pack", specifier, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    before = set(folder.iterdir())
    try:
        result = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT, check=False)  # noqa: S603 - the arguments are ours
    except subprocess.TimeoutExpired as error:
        raise UsageError(_describe_by_hand(f"npm did not fetch {specifier} in {_TIMEOUT} seconds")) from error
    archives = set(folder.iterdir()) - before
    if result.returncode or len(archives) != 1:
        reason = next((line for line in result.stderr.splitlines() if line.strip()), "it gave no reason")
        raise UsageError(_describe_by_hand(f"npm could not fetch {specifier} ({reason})"))
    return archives.pop()


def _describe_by_hand(failure: str) -> str:
    specifiers = " ".join(f"{package.name}@{package.version}" for package in PACKAGES)
    return f'{failure}. Where npm works, "npm pack {specifiers}" fetches three archives: name each with --from.'


def _choose_archive(package: Package, archives: Sequence[Path]) -> bytes:
    """Return the bytes of the archive that is the package, whatever its name is."""
    for path in archives:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}.") from error
        if base64.b64encode(hashlib.sha512(data).digest()).decode() == package.digest:
            return data
    named = ", ".join(path.name for path in archives)
    raise UsageError(
        f"none of {named} is {package.name} {package.version} as it is pinned: the digests differ. Nothing is written."
    )


def _unpack(package: Package, archive: bytes) -> dict[str, bytes]:
    contents = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            path = member.name.removeprefix("package/")
            folder, _, name = path.rpartition("/")
            in_folder = package.files.get(f"{folder}/")
            target = package.files.get(path) or (f"{in_folder}{name}" if in_folder else "")
            if target and (file := tar.extractfile(member)):
                contents[target] = file.read()
    return contents


def _keep_at_home(script: bytes) -> bytes:
    """Return the program without what it loads from other hosts."""
    text = script.decode()
    for foreign, own in _REPLACEMENTS.items():
        assert foreign in text, foreign  # noqa: S101 - the digest says so
        text = text.replace(foreign, own)
    return text.encode()

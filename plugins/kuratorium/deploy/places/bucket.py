"""A bucket of a storage that speaks S3."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

from ...edition.hosting.targets import Target
from ...errors import UsageError
from ..model import DeployError, LocalFile, RemoteFile

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
# Where a machine of a cloud, or a job of a forge, has an identity instead of keys.
_IDENTITIES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_PART_BYTES = 16 << 20
_THREADS = 16
_STATUS = re.compile(r"status code: (\d{3})")
_CAUSES = {
    "401": "the bucket refuses these keys",
    "403": "the bucket refuses these keys, or they may not do this there",
    "404": "there is no such bucket",
    "429": "the service asks us to wait",
    "503": "the service asks us to wait",
}
_RESUME = "What was sent is remembered: run deploy again."


class Bucket:
    """A bucket, or a folder in it, as a target."""

    def __init__(self, root: Path, target: Target, output: Path, forces: bool) -> None:  # noqa: ARG002 - PLACES
        assert target.s3  # noqa: S101 - PLACES calls by kind
        self._place = target.s3
        service = self._place.endpoint or f"amazonaws.com ({self._place.region})"
        steps = ("s3:/", service.removeprefix("https://"), self._place.bucket, self._place.prefix)
        self.name = "/".join(filter(None, steps))
        missing = [key for key in _KEYS if not os.environ.get(key)]
        if missing and not any(os.environ.get(name) for name in _IDENTITIES):
            raise UsageError(f"Set {' and '.join(missing)} in the environment: keys of {service} that may write.")
        self._store = self._open_store()

    def _open_store(self) -> S3Store:
        from obstore.store import S3Store  # noqa: PLC0415 - only this kind of target needs it

        config: S3Config = {"region": self._place.region}
        if self._place.endpoint:
            config["endpoint"] = self._place.endpoint
        return S3Store(
            self._place.bucket,
            prefix=self._place.prefix or None,
            config=config,
            client_options={"allow_http": self._place.endpoint.startswith("http:"), "timeout": timedelta(minutes=5)},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )

    def list_files(self) -> Mapping[str, RemoteFile]:
        """Return all objects, a thousand a request."""
        import obstore  # noqa: PLC0415 - as above

        with self._explain_errors():
            return {
                item["path"]: RemoteFile(item["size"], item["e_tag"] or "")
                for chunk in obstore.list(self._store, chunk_size=1000)
                for item in chunk
            }

    def read(self, path: str) -> bytes:
        """Return the bytes of an object; empty if there is none."""
        import obstore  # noqa: PLC0415 - as above

        with self._explain_errors():
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except (FileNotFoundError, obstore.exceptions.NotFoundError):
                return b""

    def has_same(self, file: LocalFile, remote: RemoteFile) -> bool:
        """Return whether the ETag is that of our bytes; a storage that encrypts has others, and gets the file again."""
        return remote.size == file.size and remote.tag.strip('"') == compute_etag(file.source)

    def send(self, files: Sequence[LocalFile]) -> Iterator[tuple[LocalFile, RemoteFile]]:
        """Send files side by side, with their headers; yields them as they arrive."""
        pool = ThreadPoolExecutor(_THREADS)
        try:
            jobs = {pool.submit(self._put, file): file for file in files}
            for job in as_completed(jobs):
                with self._explain_errors():
                    yield jobs[job], RemoteFile(jobs[job].size, job.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def write(self, path: str, data: bytes) -> None:
        """Write a small object that is not of the site."""
        import obstore  # noqa: PLC0415 - as above

        attributes = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
        with self._explain_errors():
            obstore.put(self._store, path, data, attributes=attributes, use_multipart=False)

    def delete(self, paths: Sequence[str]) -> None:
        """Delete objects."""
        import obstore  # noqa: PLC0415 - as above

        with self._explain_errors():
            obstore.delete(self._store, list(paths))

    def finish(self) -> None:
        """Do nothing: each object is visible since it was sent."""

    def _put(self, file: LocalFile) -> str:
        """Send a file, and return its ETag."""
        import obstore  # noqa: PLC0415 - as above

        attributes = {
            "Content-Type": file.media_type,
            "Cache-Control": file.caching,
            **({"Content-Encoding": file.encoding} if file.encoding else {}),
        }
        result = obstore.put(
            self._store,
            file.path,
            file.source,
            attributes=attributes,
            use_multipart=file.size > _PART_BYTES,
            chunk_size=_PART_BYTES,
        )
        return result["e_tag"] or ""

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        """Turn what the library raises into a plain sentence; its own may repeat a request with its signature."""
        from obstore import exceptions  # noqa: PLC0415 - as above

        try:
            yield
        except (OSError, exceptions.BaseError) as error:
            status = _STATUS.search(str(error))
            cause = _CAUSES.get(status[1], f"it answered {status[1]}") if status else "the connection failed"
            raise DeployError(f"{self.name}: {cause}. {_RESUME}") from None  # the library's error holds the request


def compute_etag(path: Path) -> str:
    """Return the ETag that S3 gives to a file: its MD5, or that of its parts if it is sent in parts."""
    with path.open("rb") as file:
        parts = [md5(part, usedforsecurity=False) for part in iter(lambda: file.read(_PART_BYTES), b"")]
    if len(parts) > 1:
        whole = md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
        return f"{whole.hexdigest()}-{len(parts)}"
    return parts[0].hexdigest() if parts else md5(b"", usedforsecurity=False).hexdigest()

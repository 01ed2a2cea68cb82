"""The Dockerfile, read line by line: no test can run it, for Docker is not everywhere."""

import re
import subprocess
from pathlib import Path

import pytest

from kuratorium.publishing.build_command import build_site
from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.delivery.test_headers import NGINX

LINES = re.sub(r"\\\n", " ", (REPOSITORY / "Dockerfile").read_text()).splitlines()


def list_instructions(name: str) -> list[str]:
    """Return what stands behind each instruction of this name."""
    return [line.partition(" ")[2] for line in LINES if line.startswith(f"{name} ")]


def test_all_that_is_copied_exists_and_is_let_in() -> None:
    """COPY names files of the repository, and .dockerignore leaves none of them out."""
    let_in = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = [words for line in list_instructions("COPY") if "--from" not in (words := line.split())[0]]
    sources = {word for words in copies for word in words[:-1] if not word.startswith("--")}
    assert "content" in sources
    assert [name for name in sources if not (REPOSITORY / name).exists()] == []
    assert {Path(name).parts[0] for name in sources} == let_in


def test_it_runs_as_a_user_without_rights() -> None:
    """Nothing of ours is installed or built as root, and the image that serves has no root either."""
    users = [place for place, line in enumerate(LINES) if line.startswith("USER ")]
    builds = [
        place for place, line in enumerate(LINES) if line.startswith("RUN ") and re.search("pip|kuratorium", line)
    ]
    assert users
    assert min(builds) > users[0]
    assert "unprivileged" in list_instructions("FROM")[-1]
    assert "--require-hashes" in " ".join(list_instructions("RUN"))


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian, Ubuntu: apt install nginx-light)")
def test_nginx_accepts_its_server(tiny: TinyEdition, tmp_path: Path) -> None:
    """A real nginx reads the configuration with the files of a built site, without and with former addresses."""
    assert NGINX
    build_site(tiny.root)
    for alias in ("", "alt.html"):
        if alias:
            tiny.note("neu", aliases=[alias])
            build_site(tiny.root)
        assert (tiny.root / "output/redirects.map").exists() == bool(alias)
        server = (REPOSITORY / "docker/nginx.conf").read_text().replace("/site", str(tiny.root / "output"))
        config = tmp_path / "nginx.conf"
        config.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {server} }}")
        read = subprocess.run([NGINX, "-t", "-p", tmp_path, "-c", config], capture_output=True, text=True, check=False)
        assert read.returncode == 0, read.stderr

from pathlib import Path

import pytest

from kuratorium.edition.model import PostFile
from kuratorium.errors import UsageError
from kuratorium.publishing.delivery.proof import choose_file, describe_proof
from tests.editions import TinyEdition, read_valid_edition


def interview_of(tiny: TinyEdition) -> PostFile:
    """Add an interview, and return it."""
    tiny.interview("gespraech", release="open")
    return next(post for post in read_valid_edition(tiny.root).post_files if post.format == "interview")


def test_it_lies_where_no_reader_comes(tiny: TinyEdition, tmp_path: Path) -> None:
    """By default in var/proofs/; elsewhere if asked for, also over an older proof."""
    post = interview_of(tiny)
    assert choose_file(tiny.root, post, None) == tiny.root / "var/proofs/gespraech.html"
    asked = tmp_path / "fuer-eva.html"
    assert choose_file(tiny.root, post, asked) == asked
    asked.write_text('<meta name="generator" content="Kuratorium: proof">')
    assert choose_file(tiny.root, post, asked) == asked


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("edition/output/gespraech.html", "is in the folder of the site"),
        ("edition/output/../output/x/gespraech.html", "is in the folder of the site"),
        ("link/gespraech.html", "is in the folder of the site"),
        ("edition/content/gespraech.html", "is among the files of the edition"),
        ("none/gespraech.html", "name a file in a folder that exists"),
        ("letter.html", "exists already, and is no proof"),
        ("edition", "cannot be written"),
    ],
)
def test_other_places_are_refused(tiny: TinyEdition, tmp_path: Path, place: str, message: str) -> None:
    """The site, by whatever way, the texts, a folder that is not there, and a file of somebody's own."""
    post = interview_of(tiny)
    (tiny.root / "output").mkdir()
    (tmp_path / "link").symlink_to(tiny.root / "output")
    (tmp_path / "letter.html").write_text("<p>Liebe Eva")
    with pytest.raises(UsageError, match=message):
        choose_file(tiny.root, post, tmp_path / place)


def test_without_hosts_the_authors_ask(tiny: TinyEdition) -> None:
    """An answer goes to the imprint's address if nobody has one of their own."""
    tiny.essay("text", authors=["carl-dorn"])
    edition = read_valid_edition(tiny.root)
    post = next(post for post in edition.post_files if post.format == "essay")
    described = describe_proof(post, edition.registry, None, is_published=True)
    assert (described.asking, described.partners) == (("Carl Dorn",), ())
    assert described.mail == "redaktion@tiny.example"

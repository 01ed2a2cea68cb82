from __future__ import annotations

from pathlib import Path

import pytest

from kuratorium.desk import check
from kuratorium.desk.start.answers import LANGUAGES
from kuratorium.desk.start.starter_files import list_starter_pages
from kuratorium.slugs import slugify
from tests.desk.start.test_in_place import answers, run_start
from tests.editions import TinyEdition, read_valid_edition


@pytest.mark.parametrize("language", LANGUAGES)
def test_starter_pages_name_the_responsible_person(sample: Path, language: str):
    """Each language has four pages; imprint and privacy page name the responsible person and mark what is missing."""
    run_start(sample, answers(language=language))
    pages = {page.slug: page for page in read_valid_edition(sample).standalone_pages}
    assert len(pages) == len(list_starter_pages(language)) == 4
    legal = [page.body for slug, page in pages.items() if slug in {"imprint", "impressum", "privacy", "datenschutz"}]
    assert len(legal) == 2
    assert all("Ada Ängström" in body and "ada@desk.example" in body for body in legal)
    result = check.run_checks(sample)
    assert result.errors == ()
    assert {problem.message for problem in result.warnings} == {"this passage is not completed yet"}
    files = {page.file for slug, page in pages.items() if slug[:3] in {"imp", "pri"}}
    assert {problem.file for problem in result.warnings} >= files


def test_a_name_without_latin_letters_gets_an_id(sample: Path):
    """A responsible person whose name has no slug gets the id "editor"."""
    run_start(sample, answers(responsible="Ελένη"))
    assert list(read_valid_edition(sample).registry.people) == ["editor"]


def test_sources_are_named_after_host_or_file(sample: Path):
    """A feed may be a file of the edition, after which the source is named; equal ids are numbered."""
    TinyEdition(sample).write("curation/feeds/our-list.xml", "<rss/>")
    run_start(sample, answers(feeds=("curation/feeds/our-list.xml", "https://our.list/a", "https://our-list/b")))
    assert list(read_valid_edition(sample).registry.sources) == ["our-list", "our-list-2", "our-list-3"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_starter_pages_have_plain_addresses(language: str):
    """The address of a starter page is its file name, so that name must be a slug."""
    for path in list_starter_pages(language):
        assert slugify(path.stem) == path.stem

from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kuratorium.edition import settings as edition_settings
from kuratorium.publishing import catalog, posts
from kuratorium.publishing.drawing.initials import build_look
from kuratorium.publishing.drawing.store import PictureStore
from kuratorium.publishing.pages.outputs import build_site_meta, plan_pages
from kuratorium.publishing.urls import Paths
from kuratorium.publishing.writers.render import Renderer
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY, read_valid_edition, sample_edition

THEME = REPOSITORY / "theme"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def bare_environment() -> Environment:
    """Return an environment whose templates fail on undefined names."""
    return Environment(
        loader=FileSystemLoader(THEME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_template_sees_only_what_its_page_declares(tmp_path: Path, language: str) -> None:
    """Every page of the sample renders with its declared inputs and nothing else."""
    edition = read_valid_edition(sample_edition(tmp_path))
    as_of = edition.registry.policy.as_of  # type: ignore[union-attr]
    paths = Paths(language)
    settings = edition_settings.SiteSettings(
        name="W", subtitle="", url="https://w.example", lang=language, timezone="Europe/Berlin"
    )
    published = catalog.build_catalog(
        posts.collect_summaries(
            edition.registry,
            (posts.summarize_text(text, "") for text in (*edition.post_files, *edition.standalone_pages)),
        ),
        paths,
        language,
        as_of,
    )
    words = read_translations(THEME, language)
    pictures = PictureStore(edition.root, {}, build_look(edition.root, settings, edition.registry))
    static = THEME / "static"
    names = [path.relative_to(static).as_posix() for path in static.rglob("*.*")]
    renderer = Renderer(
        bare_environment(),
        words,
        settings,
        lambda uid, root: f"<p>{uid} {root}</p>",
        pictures=pictures,
        asset_paths={name: f"theme/{name}" for name in names},
    )
    pages = plan_pages(published, build_site_meta(settings, edition.registry, published))
    for page in pages:
        assert renderer.render(page)
    assert len(pages) > 60


def test_feed_text_never_becomes_markup(tmp_path: Path) -> None:
    """Templates escape their inputs."""
    renderer_env = bare_environment()
    Renderer(
        renderer_env,
        NullTranslations(),
        edition_settings.SiteSettings(
            name="W", subtitle="", url="https://w.example", lang="de", timezone="Europe/Berlin"
        ),
        "{}{}".format,
        pictures=PictureStore(tmp_path, {}),
        asset_paths={},
    )
    assert renderer_env.from_string("{{ title }}").render(title="<script>") == "&lt;script&gt;"


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_catalogues_are_complete(language: str) -> None:
    """Every message of the theme and of all rooms is in both catalogues, and no catalogue has an unused one."""
    used = set()
    rooms = set()
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    for folder in (THEME, REPOSITORY / "plugins" / "kuratorium"):
        messages = extract_from_dir(
            folder, method_map=methods, options_map={"templates/**.html": {"trimmed": "true"}}, keywords=KEYWORDS
        )
        for file, _, message, _, _ in messages:
            used.add(message if isinstance(message, str) else message[0])
            rooms.add(file.partition("/")[0])
    assert rooms == {"templates", "cli", "edition", "intake", "desk", "publishing"}
    with (THEME / "translations" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    catalogue_messages = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue if message.id
    }
    assert used - set(catalogue_messages) == set()
    assert set(catalogue_messages) - used == set()
    if language == "de":
        assert [
            message_id
            for message_id, message in catalogue_messages.items()
            if not all([message.string] if isinstance(message.string, str) else message.string)
        ] == []

from pathlib import Path

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.after_build import finish_site
from tests.cli.program import kuratorium
from tests.deploy.hub import Hub
from tests.deploy.sites import read_folder
from tests.editions import POLICY, TinyEdition


def test_a_built_site_goes_out_and_the_hub_is_told(tiny: TinyEdition, tmp_path: Path) -> None:
    """The command sends the site of the last build; after an edit, only what the build wrote anew."""
    tiny.note("a")
    with Hub().running() as hub:
        live = {"id": "live", "folder": {"path": str(tmp_path / "live")}}
        tiny.yaml("policy", POLICY | {"hub": hub.address, "deploy": [live]})
        finish_site(tiny.root, build_site(tiny.root))
        first = kuratorium(tiny.root, "deploy")
        assert first.returncode == 0, first.stderr
        assert read_folder(tmp_path / "live") == read_folder(tiny.root / "output")
        assert hub.forms
        told = len(hub.forms)
        tiny.note("a", body="Andere Worte, weil sich etwas geändert hat.", uid="abcdef123456")
        result = build_site(tiny.root)
        finish_site(tiny.root, result)
        second = kuratorium(tiny.root, "deploy", "live")
    sent = {line[2:] for line in second.stdout.splitlines() if line[:2] in {"+ ", "- "}}
    assert {path for path in sent if not path.startswith("pagefind/")} == result.changed_paths
    assert len(hub.forms) > told
    assert read_folder(tmp_path / "live") == read_folder(tiny.root / "output")


def test_mistakes_are_sentences(tiny: TinyEdition, tmp_path: Path) -> None:
    """No target, several of them, one that does not exist, no site, a build that was killed."""
    none = kuratorium(tiny.root, "deploy")
    assert (none.returncode, "Es gibt kein Ziel" in none.stderr) == (2, True)
    targets = [{"id": name, "folder": {"path": str(tmp_path / name)}} for name in ("live", "test")]
    tiny.yaml("policy", POLICY | {"deploy": targets})
    assert "Eines nennen: live, test" in kuratorium(tiny.root, "deploy").stderr
    assert "Gemeint ist vielleicht „live“." in kuratorium(tiny.root, "deploy", "life").stderr
    assert "erst „make build“ aufrufen" in kuratorium(tiny.root, "deploy", "live").stderr
    build_site(tiny.root)
    (tiny.root / "var/build.unfinished").touch()
    refused = kuratorium(tiny.root, "deploy", "live")
    assert (refused.returncode, "Die Website ist nicht fertig" in refused.stderr) == (2, True)
    assert not (tmp_path / "live").exists()

import pytest

from kuratorium.desk.check import run_checks
from kuratorium.edition.settings import translate_problems
from tests.editions import POLICY, TinyEdition


@pytest.mark.parametrize(
    ("target", "field", "message"),
    [
        ({}, "deploy[0]", "ein Ziel braucht einen Ort"),
        ({"folder": {"path": "/srv"}, "rsync": {"to": "host:/srv"}}, "deploy[0]", "ein Ziel ist ein einziger Ort"),
        (
            {"git": {"remote": "https://me:secret@forge.example/a.git"}},
            "deploy[0].git.remote",
            "in dieser Adresse steht ein Passwort oder Token, und damit für immer in git",
        ),
        ({"git": {"remote": "--upload-pack=x"}}, "deploy[0].git.remote", "das ist nicht die Adresse eines Repositorys"),
        (
            {"git": {"remote": "a", "branch": "../x"}},
            "deploy[0].git.branch",
            "„../x“ kann nicht der Name eines Zweigs sein",
        ),
        ({"s3": {"bucket": "Our Site"}}, "deploy[0].s3.bucket", "„Our Site“ kann nicht der Name eines Buckets sein"),
        (
            {"s3": {"bucket": "our-site", "endpoint": "http://s3.example"}},
            "deploy[0].s3.endpoint",
            "erwartet: eine https-Adresse, gefunden: „http://s3.example“",
        ),
        (
            {"s3": {"bucket": "our-site", "prefix": "../x"}},
            "deploy[0].s3.prefix",
            "„../x“: So schreibt man keinen Ordner",
        ),
        ({"rsync": {"to": "host:/"}}, "deploy[0].rsync.to", "das ist kein Ordner, den rsync erreicht"),
    ],
)
def test_a_wrong_target_is_told_with_its_line(
    tiny: TinyEdition, target: dict[str, object], field: str, message: str
) -> None:
    """Before anything is sent: `check` names the field in the edition's language, and the password is not repeated."""
    tiny.yaml("policy", POLICY | {"deploy": [{"id": "live", **target}]})
    (problem,) = translate_problems(tiny.root, run_checks(tiny.root).errors)
    assert problem.field == field
    assert problem.message == message
    assert "secret" not in str(problem)

from __future__ import annotations

from tests.cli.program import kuratorium
from tests.editions import TinyEdition


def test_test_and_lint_run_make(tiny: TinyEdition):
    """`test` and `lint` run the Makefile's targets in the edition's root, with arguments and exit code."""
    tiny.write("Makefile", 'test:\n\t@echo "testing $(ARGS) in $$PWD"; exit 3\nlint:\n\t@echo linting\n')
    ran = kuratorium(tiny.root / "curation", "test", "--", "-k", "one or two")
    assert "testing -k one or two in " in ran.stdout.replace("'", "")
    assert str(tiny.root) in ran.stdout
    assert ran.returncode == 2  # GNU make's exit code for a target that failed
    assert kuratorium(tiny.root, "lint").stdout == "linting\n"


def test_a_missing_make_is_reported(tiny: TinyEdition):
    """Without make, the message says that it is not installed."""
    ran = kuratorium(tiny.root, "lint", PATH="/nowhere")
    assert ran.returncode == 2
    assert "make ist nicht installiert" in ran.stderr

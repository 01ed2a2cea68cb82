import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium.desk import editor
from kuratorium.errors import UsageError
from tests import terminal

OPEN = "import sys; from pathlib import Path; from kuratorium.desk import editor; editor.open_file(Path(sys.argv[1]))"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "'/my editors/vi' -e"}, ["/my editors/vi", "-e"]),
        ({}, []),
    ],
)
def test_visual_comes_before_editor(environment, words):
    """$VISUAL takes precedence over $EDITOR; arguments are split as in a shell."""
    assert editor.find_editor_command(environment) == words


def test_unbalanced_quotes_are_reported():
    """A variable that cannot be split into words is a usage error, which names the variable."""
    with pytest.raises(UsageError, match=r"\$EDITOR is not a valid command"):
        editor.find_editor_command({"EDITOR": "vi 'x"})


def test_editor_runs_at_a_terminal(tmp_path: Path):
    """At a terminal the editor opens the file, and the program waits until it ends."""
    file = tmp_path / "a note.md"
    writer = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'w').write('written')\""
    code, screen = terminal.run([sys.executable, "-c", OPEN, str(file)], VISUAL=writer)
    assert (code, screen) == (0, "")
    assert file.read_text() == "written"


def test_an_editor_that_does_not_start_is_reported(tmp_path: Path):
    """The message names the editor and the file that it should have opened."""
    code, screen = terminal.run([sys.executable, "-c", OPEN, str(tmp_path / "n.md")], VISUAL="no-such-editor")
    assert code == 1
    assert 'UsageError: your editor "no-such-editor" does not start' in screen.replace("\n", "")


def test_no_editor_without_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a script no editor is started."""
    monkeypatch.setenv("VISUAL", f"touch {tmp_path}/opened")
    subprocess.run([sys.executable, "-c", OPEN, "x"], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert not (tmp_path / "opened").exists()

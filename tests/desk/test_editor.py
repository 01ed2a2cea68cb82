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
    """$VISUAL is asked first, then $EDITOR; arguments are split as a shell does."""
    assert editor.find_editor_command(environment) == words


def test_unbalanced_quotes_are_told():
    """A variable that no shell could split is the user's mistake, and named."""
    with pytest.raises(UsageError, match=r"\$EDITOR is no command"):
        editor.find_editor_command({"EDITOR": "vi 'x"})


def test_editor_runs_at_a_terminal(tmp_path: Path):
    """At a terminal the editor is run on the file and waited for."""
    file = tmp_path / "a note.md"
    writer = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'w').write('written')\""
    code, said = terminal.run([sys.executable, "-c", OPEN, str(file)], VISUAL=writer)
    assert (code, said) == (0, "")
    assert file.read_text() == "written"


def test_editor_that_is_not_there_is_told(tmp_path: Path):
    """An editor that does not start is named, and so is the file that waits for it."""
    code, said = terminal.run([sys.executable, "-c", OPEN, str(tmp_path / "n.md")], VISUAL="no-such-editor")
    assert code == 1
    assert "UsageError: your editor «no-such-editor» does not start" in said.replace("\n", "")


def test_no_editor_without_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a script nothing is opened."""
    monkeypatch.setenv("VISUAL", f"touch {tmp_path}/opened")
    subprocess.run([sys.executable, "-c", OPEN, "x"], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert not (tmp_path / "opened").exists()

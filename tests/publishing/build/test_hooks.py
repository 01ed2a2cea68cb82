import pytest

from kuratorium.publishing.build import hooks
from kuratorium.publishing.build.hooks import PublishedChanges
from kuratorium.publishing.build.run import build_site
from tests.editions import TinyEdition


def test_a_step_sees_only_the_files_that_changed(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs when the site is in place; what it missed because it failed it sees the next time, with the rest."""
    seen: list[PublishedChanges] = []
    broken = [False]

    def step(changes: PublishedChanges) -> None:
        assert all((changes.output / path).exists() for path in changes.written)
        assert not any((changes.output / path).exists() for path in changes.deleted)
        if broken[0]:
            raise OSError("no room for an index")
        seen.append(changes)

    monkeypatch.setitem(hooks.HOOKS, "index", step)
    note = tiny.note("aendert-sich", summary="Bleibt.")
    build_site(tiny.root)
    assert "notizen/aendert-sich.html" in seen.pop().written
    build_site(tiny.root)
    assert seen == []
    broken[0] = True
    note.write_text(note.read_text() + "\nEin Nachsatz.\n")
    with pytest.raises(OSError, match="no room"):
        build_site(tiny.root)
    broken[0] = False
    other = tiny.root / "content/pages/impressum.md"
    other.write_text(other.read_text() + "\nEin Nachsatz.\n")
    build_site(tiny.root)
    (changes,) = seen
    assert set(changes.written) >= {"notizen/aendert-sich.html", "feed.xml", "impressum.html"}
    assert "index.html" not in changes.written
    note.unlink()
    build_site(tiny.root)
    assert seen[-1].deleted == ("notizen/aendert-sich.html",)

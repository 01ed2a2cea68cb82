from kuratorium.desk.check import run_checks
from tests.editions import PODCAST, POLICY, TinyEdition


def test_check_warns_of_what_apple_does_not_play(tiny: TinyEdition) -> None:
    """Opus is heard on the page and in other apps, so it is no error; without a podcast it is none at all."""
    audio = {"url": "https://ton.example/1.opus", "bytes": 1000, "type": "audio/ogg"}
    event = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
    tiny.talk("abend", series={"id": "abende", "position": 1}, event=event, media={"audio": audio})
    tiny.yaml("policy", POLICY | {"podcast": PODCAST})
    found = run_checks(tiny.root)
    assert not found.errors
    (problem,) = found.warnings
    assert (problem.field, problem.message) == ("media.audio", "Apple Podcasts does not play audio/ogg")
    tiny.yaml("policy", POLICY)
    assert not run_checks(tiny.root).warnings

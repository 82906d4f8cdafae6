"""The fonts that are kept: whole, or made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import typefaces
from analysis.publish import memory
from analysis.publish.execution import _safe_place


@pytest.mark.parametrize(
    "damage",
    [
        lambda face: face.write_bytes(b""),
        lambda face: face.write_bytes(face.read_bytes()[::-1]),
        Path.unlink,
        lambda face: face.with_name("other.ttf").write_bytes(b"x"),
        lambda face: (face.parent / typefaces._DIGESTS).write_text("{"),
        lambda face: [path.unlink() for path in face.parent.iterdir()],
    ],
)
def test_a_font_that_is_not_what_was_made_is_made_anew(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "face.ttf").write_bytes(b"a face")

    folder = tmp_path / "static"
    for _ in range(2):
        typefaces._filled(folder, make)
    assert len(made) == 1
    damage(folder / "face.ttf")
    for _ in range(2):
        assert typefaces._filled(folder, make) == folder
        assert (folder / "face.ttf").read_bytes() == b"a face"
    assert len(made) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["static"]


def test_without_a_home_nothing_is_remembered_and_fonts_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_cache_path", nobody)
    assert memory.recall("x") is None
    memory.remember("x", memory.Memory(memory.Contents(None, None, None, (), (), {}), {}))
    folder = typefaces._made.__wrapped__("test", lambda folder: (folder / "x.ttf").touch())
    assert (folder / "x.ttf").exists()


def test_of_half_run_notebooks_the_newest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    places = [_safe_place() for _ in range(30)]
    assert len(list(tmp_path.iterdir())) == 20
    assert places[-1].exists()

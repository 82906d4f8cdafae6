"""How many reports a fleet makes at once where nobody says: as many as a machine's share gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.publish import capacity

GIB = 2**30


@pytest.mark.parametrize(
    ("groups", "files", "jobs"),
    [
        ("", {}, 64),
        ("0::/\n", {"cpu.max": "max 100000", "memory.max": "max"}, 64),
        ("0::/\n", {"cpu.max": "250000 100000"}, 2),
        ("0::/\n", {"cpu.max": "50000 100000"}, 1),
        ("0::/\n", {"memory.max": str(4 * GIB)}, 5),
        ("0::/\n", {"memory.max": str(GIB // 4)}, 1),
        # A group within one that has less.
        ("0::/user/job\n", {"user/cpu.max": "300000 100000", "user/job/cpu.max": "max 1"}, 3),
        # The first version, of which a container sees its own group as the root.
        ("4:cpu:/docker/0a1b\n5:memory:/docker/0a1b\n",
         {"cpu/cpu.cfs_quota_us": "400000", "cpu/cpu.cfs_period_us": "100000",
          "memory/memory.limit_in_bytes": str(2**63 - 4096)}, 4),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 64),
        ("of another kind\n", {"cpu.max": "?"}, 64),
    ],
)  # fmt: skip
def test_a_container_makes_as_many_as_its_share_gives(
    groups: str, files: dict[str, str], jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in {**files, "meminfo": f"MemAvailable: {64 * GIB // 1024} kB\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "own").write_text(groups)
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path)
    monkeypatch.setattr(capacity, "_OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(capacity, "_MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(capacity, "available_cpus", lambda: 64)
    assert capacity.reports_at_once() == jobs

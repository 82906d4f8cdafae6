"""The files around the code agree with each other: dependencies, lock, conda, notebooks, guide."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

DEPENDENCIES = [
    Requirement(text)
    for text in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
]
BUILD = [Requirement(text) for text in PROJECT["build-system"]["requires"]]

# Where conda-forge has a package under another name.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
# What conda-forge does not have; pip brings it there.
NOT_ON_CONDA = {
    "axe-playwright-python",
    "cronsim",
    "fontpkg-public-sans",
    "scoringrules",
    "standardwebhooks",
    "ziamath",
}


def pinned() -> dict[str, list[tuple[Requirement, int]]]:
    """Name -> its pins in the lock (one a platform or Python at most), each with its hashes."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", LOCK, flags=re.MULTILINE)):
        requirement, *hashes = entry.replace("\\\n", "").split("--hash=")
        pin = Requirement(requirement.strip())
        found.setdefault(canonicalize_name(pin.name), []).append((pin, len(hashes)))
    return found


def bounds(requirements: list[Requirement]) -> dict[str, str]:
    return {requirement.name: str(requirement.specifier) for requirement in requirements}


@pytest.mark.parametrize("dependency", DEPENDENCIES + BUILD, ids=lambda d: d.name)
def test_lock_pins_every_dependency_at_a_version_that_satisfies_it(dependency: Requirement):
    pins = pinned()[canonicalize_name(dependency.name)]
    for pin, _ in pins:
        (version,) = pin.specifier
        assert version.operator == "=="
        assert dependency.specifier.contains(version.version, prereleases=True)


def test_lock_has_hashes_for_every_pin():
    without = [name for name, pins in pinned().items() if not all(hashes for _, hashes in pins)]
    assert len(pinned()) > len(DEPENDENCIES)
    assert without == []


def test_lock_names_no_address():
    assert re.findall(r"\S*://\S*|^-\S+|\S+ @ \S+", LOCK, re.MULTILINE) == []


def test_conda_environment_has_the_same_packages_and_bounds():
    conda = [text for text in CONDA["dependencies"] if isinstance(text, str)]
    (pip,) = (entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict))
    expected = {
        CONDA_NAMES.get(name, name): bound
        for name, bound in bounds(DEPENDENCIES).items()
        if name not in NOT_ON_CONDA
    }
    python = PROJECT["project"]["requires-python"]
    assert bounds([Requirement(text) for text in conda]) == expected | {"python": python, "pip": ""}

    assert pip[-1] == "--editable ."
    assert bounds([Requirement(text) for text in pip[:-1]]) == {
        name: bound for name, bound in bounds(DEPENDENCIES).items() if name in NOT_ON_CONDA
    }


def test_there_are_notebooks():
    assert "brief" in [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path: Path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [c["id"] for c in cells if c.get("outputs") or c.get("execution_count")] == []


def test_commit_hook_strips_notebooks_as_make_does():
    (options,) = re.findall(r"^STRIP := (.+)$", MAKEFILE, re.MULTILINE)
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = {hook["id"]: hook["entry"] for hook in hooks["repos"][0]["hooks"]}
    assert entries["nbstripout"] == f".venv/bin/nbstripout {options}"


def test_targets_named_in_the_guide_exist():
    named = set(re.findall(r"`make (\w+)", GUIDE))
    assert {"test", "check", "lab", "lock"} <= named
    assert named - set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE)) == set()


def test_places_named_in_the_guide_exist():
    places = set(re.findall(r"`((?:src|data|notebooks|\.ci)/[\w./-]*)`", GUIDE))
    assert len(places) > 5
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_a_layer_imports_only_from_layers_before_it():
    layers = ("record", "measures", "display", "publish", "schedule", "deliver")
    upward = []
    for number, layer in enumerate(layers, start=1):
        above = {*layers[number:], "cli"}
        for path in (ROOT / "src" / "analysis" / layer).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            imported = re.findall(r"^ *(?:from|import) analysis\.(\w+)", text, re.MULTILINE)
            upward += [(f"{layer}/{path.name}", name) for name in imported if name in above]
    assert upward == []


def test_citation_gives_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]
    assert citation["license"] == PROJECT["project"]["license"]


def test_files_that_run_are_executable():
    scripts = [ROOT / ".ci" / "run", *(ROOT / "scripts").iterdir()]
    assert len(scripts) > 1
    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []

"""Write a record of very many attacks: seeded, valid, and of much the same kind as the real one.

    python benchmarks/big_record.py ROWS FOLDER [--parquet] [--seed N] [--spread SPREAD]

All other files are copies of the real ones, but that no strike answers an attack. Rows of attacks
draw their facts from those of the real record, one real row for each, so that sites, targets,
weapons, outcomes and claims go together as they do there; days, counts, sources and notes are drawn
anew. One row in ten is a later version of another.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parents[1] / "data"

#: First and last day of the attacks, by spread.
SPREADS = {
    "wave": ("2023-10-18", "2024-06-16"),
    "one-day": ("2024-01-29", "2024-01-29"),
    "twenty-years": ("2023-10-18", "2043-10-17"),
    "many-sites": ("2023-10-18", "2024-06-16"),
}
MANY_SITES = 5_000

REVISED = 0.1
DAY = np.timedelta64(1, "D")

#: What a row takes from a row of the real record.
FACTS = [
    *("date_precision", "site_id", "target", "weapons", "outcome", "casualties_of"),
    *("casualties_qualifier", "claimed_by", "attributed_to", "confirmation", "publisher"),
]
NOTES = [
    "No damage reported; statement ",
    "Two drones, both shot down near the perimeter; statement ",
    "Rockets fell outside the base, police found the launcher; report ",
    "Monitors report explosions; officials have not commented; report ",
]


def main() -> None:
    """Write the record that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", type=int, help="rows of the table of attacks")
    parser.add_argument("folder", type=Path, help="a folder to make")
    parser.add_argument("--parquet", action="store_true", help="attacks as Parquet, not CSV")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--spread", choices=SPREADS, default="wave")
    asked = parser.parse_args()
    write(asked.folder, asked.rows, asked.seed, asked.spread, parquet=asked.parquet)


def write(
    folder: Path, rows: int, seed: int = 0, spread: str = "wave", *, parquet: bool = False
) -> Path:
    """Write a record into a new folder, `attacks` with so many rows."""
    folder.mkdir(parents=True)
    for path in [*DATA.glob("*.csv"), *DATA.glob("*.toml")]:
        shutil.copy(path, folder)
    _unlink_strikes(folder / "responses.csv")
    chance = np.random.default_rng(seed)
    sites = add_sites(folder / "sites.csv", chance) if spread == "many-sites" else None
    table = attacks(rows, chance, *SPREADS[spread], sites=sites)
    if parquet:
        (folder / "attacks.csv").unlink()
        table.replace("", None).to_parquet(folder / "attacks.parquet", index=False)
    else:
        table.to_csv(folder / "attacks.csv", index=False, lineterminator="\n")
    return folder


def _unlink_strikes(path: Path) -> None:
    """Let no strike answer an attack: those of the real record are not there."""
    strikes = pd.read_csv(path, dtype=str, keep_default_na=False)
    strikes.assign(in_response_to="").to_csv(path, index=False, lineterminator="\n")


def add_sites(path: Path, chance: np.random.Generator) -> np.ndarray:
    """Add places in Iraq and Syria to the table of sites; return their ids."""
    added = pd.DataFrame({"site_id": [f"outpost-{number}" for number in range(MANY_SITES)]})
    added["name"] = [f"Outpost {number}" for number in range(MANY_SITES)]
    added["aliases"] = ""
    in_iraq = chance.random(MANY_SITES) < 0.5
    added["country"] = np.where(in_iraq, "IRQ", "SYR")
    added["lat"] = chance.uniform(34.5, 36.5, MANY_SITES).round(2)
    added["lon"] = chance.uniform(np.where(in_iraq, 42, 37), np.where(in_iraq, 45, 41)).round(2)
    added["kind"] = "garrison"
    added["source_url"] = "https://example.org/outposts"
    added.to_csv(path, mode="a", header=False, index=False, lineterminator="\n")
    return added["site_id"].to_numpy()


def attacks(
    rows: int,
    chance: np.random.Generator,
    first: str,
    last: str,
    sites: np.ndarray | None = None,
) -> pd.DataFrame:
    """Rows of attacks as the file has them, all text, in the order in which they were reported."""
    revisions = int(rows * REVISED)
    things = _first_versions(rows - revisions, chance, first, last, sites)
    both = pd.concat([things, _later_versions(things, revisions, chance)], ignore_index=True)
    ordered = both.sort_values("reported_on", kind="stable", ignore_index=True)
    days = {name: ordered[name].dt.strftime("%Y-%m-%d") for name in ("reported_on", "event_date")}
    return ordered.assign(**days)[_columns()]


def _columns() -> list[str]:
    return list(pd.read_csv(DATA / "attacks.csv", nrows=0).columns)


def _first_versions(
    count: int, chance: np.random.Generator, first: str, last: str, sites: np.ndarray | None
) -> pd.DataFrame:
    real = pd.read_csv(DATA / "attacks.csv", dtype=str, keep_default_na=False)
    real = real.drop_duplicates("attack_id").reindex(columns=FACTS, fill_value="")
    things = real.iloc[chance.integers(len(real), size=count)].reset_index(drop=True)
    if sites is not None:
        on_land = things["target"] == "us-coalition-forces"
        things.loc[on_land, "site_id"] = chance.choice(sites, int(on_land.sum()))
    span = (np.datetime64(last) - np.datetime64(first)) // DAY + 1
    things["event_date"] = np.datetime64(first, "s") + chance.integers(span, size=count) * DAY
    late = np.minimum(chance.geometric(0.6, count) - 1, 30)
    things["reported_on"] = things["event_date"] + pd.to_timedelta(late, unit="D")
    place = things["event_date"].dt.strftime("%Y-%m-%d") + "-" + things["site_id"] + "-"
    things["attack_id"] = place + (place.groupby(place).cumcount() + 1).astype(str)
    return things.assign(**_counts(things, chance), **_words(count, chance))


def _counts(things: pd.DataFrame, chance: np.random.Generator) -> dict[str, np.ndarray]:
    """Munitions and casualties, as text; most of them not reported."""
    munitions = chance.integers(1, 12, len(things)).astype(str)
    hurt = (things["casualties_of"] != "").to_numpy()
    return {
        "munitions": np.where(chance.random(len(things)) < 0.3, munitions, ""),
        "killed": np.where(hurt, (chance.random(len(things)) < 0.02).astype(int).astype(str), ""),
        "injured": np.where(hurt, chance.integers(1, 9, len(things)).astype(str), ""),
    }


def _words(count: int, chance: np.random.Generator) -> dict[str, object]:
    """A source for each row, and a note for most."""
    pages = pd.Series(np.arange(count)).astype(str)
    return {
        "source_url": "https://www.example.org/news/middle-east/" + pages + "-attack-reported",
        "note": (pd.Series(chance.choice(NOTES, count)) + pages).where(
            chance.random(count) < 0.9, ""
        ),
    }


def _later_versions(things: pd.DataFrame, count: int, chance: np.random.Generator) -> pd.DataFrame:
    """Further reports of some of the things: later, and leaving out some of what was known."""
    later = things.iloc[chance.choice(len(things), count, replace=False)].reset_index(drop=True)
    days = pd.to_timedelta(chance.integers(1, 40, count), unit="D")
    silent = chance.random(count) < 0.5
    return later.assign(
        reported_on=later["reported_on"] + days,
        outcome=np.where(silent, "", later["outcome"]),
        injured=np.where(silent, "", later["injured"]),
        confirmation=np.where(chance.random(count) < 0.3, "official", later["confirmation"]),
        source_url=later["source_url"] + "-update",
        note="Count revised; an official confirms it.",
    )


if __name__ == "__main__":
    main()

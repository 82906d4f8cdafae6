"""Write a delivery of very many events in ACLED's form: seeded, invented from rows of the record.

    python benchmarks/big_delivery.py ROWS FILE [--seed N]

Each event takes the place of an attack of the record, a few kilometres off, and what it was made
with; its day, id and text are drawn anew, and half of them name another party than US forces.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parents[1] / "data"

KINDS = {"drone": "Air/drone strike", "rocket": "Shelling/artillery/missile attack"}
COUNTRIES = {"IRQ": "Iraq", "SYR": "Syria", "JOR": "Jordan", "YEM": "Yemen"}
TARGETS = ("Military Forces of the United States (2021-2025)", "Military Forces of Syria")
FIRST, DAYS = np.datetime64("2021-01-20"), 1_900


def write(file: Path, rows: int, seed: int = 0) -> Path:
    """Write so many events; return the file."""
    random = np.random.default_rng(seed)
    attacks = pd.read_csv(DATA / "attacks.csv", dtype="str", keep_default_na=False)
    sites = pd.read_csv(DATA / "sites.csv").set_index("site_id")
    drawn = attacks.iloc[random.integers(len(attacks), size=rows)].reset_index(drop=True)
    places = sites.loc[drawn["site_id"]].reset_index()
    days = FIRST + random.integers(DAYS, size=rows).astype("timedelta64[D]")
    told = days + np.timedelta64(7, "D")
    targets = np.array(TARGETS)[random.integers(2, size=rows)]
    weapons = drawn["weapons"].str.partition("+")[0]
    pd.DataFrame(
        {
            "event_id_cnty": places["country"] + pd.Series(range(rows)).astype("str"),
            "event_date": days.astype("str"),
            "time_precision": 1,
            "sub_event_type": weapons.map(KINDS).fillna("Shelling/artillery/missile attack"),
            "actor1": "Islamic Resistance in Iraq",
            "inter1": "Political militia",
            "actor2": targets,
            "inter2": "External/Other forces",
            "country": places["country"].map(COUNTRIES).fillna(places["country"]),
            "location": places["name"],
            "latitude": (places["lat"] + random.uniform(-0.05, 0.05, rows)).round(4),
            "longitude": (places["lon"] + random.uniform(-0.05, 0.05, rows)).round(4),
            "geo_precision": 1,
            "source": "Reuters",
            "notes": "On that day, " + weapons + "s were fired at " + places["name"] + ".",
            "fatalities": 0,
            "timestamp": told.astype("datetime64[s]").astype("int64"),
        }
    ).to_csv(file, index=False)
    return file


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    write(asked.file, asked.rows, asked.seed)


if __name__ == "__main__":
    main()

"""Where the project lies that this package is part of: its record, notebooks, reports and map."""

from __future__ import annotations

from pathlib import Path

#: The folder with src/, notebooks/, data/ and reports/.
CHECKOUT = Path(__file__).resolve().parents[2]

#: Land and borders that maps draw and places are held against; see data/geo/README.md.
COUNTRIES = CHECKOUT / "data" / "geo" / "countries.geojson"

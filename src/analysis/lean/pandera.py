"""pandera for the frames of pandas alone; and without hypothesis, which would make up examples."""

import pandas as pd

from analysis.lean import without

with without("dask.dataframe", "geopandas", "hypothesis"):
    import pandera.pandas as pa

    # What would be looked for at the first use of a model is looked for now.
    class _First(pa.DataFrameModel):
        column: str = pa.Field(isin=["any"])

    _First.validate(pd.DataFrame({"column": ["any"]}))

__all__ = ["pa"]

"""Simulation studies: do the measures tell the truth where the truth is known?"""

import pandas as pd

#: The campaign of the real record that the studies take rates from, and its first day, on which the
#: series that they make begin too.
CAMPAIGN = "gaza-war"
START = pd.Timestamp("2023-10-17")

"""The wave of attacks that reports are about: officials count it from 17 October 2023."""

import pandas as pd

from analysis.parameters import WAVE_START as FIRST_DAY

WAVE_START = pd.Timestamp(FIRST_DAY)

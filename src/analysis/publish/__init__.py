"""Publishing: run a report's notebook, export it, and put it into the archive whole or not at all.

`run.run(order)` is the story; `exporters` is what `jupyter nbconvert` and JupyterLab use.
"""

from pathlib import Path

#: The folder of the project that this package is part of: src/, notebooks/, data/, reports/.
CHECKOUT = Path(__file__).resolve().parents[3]

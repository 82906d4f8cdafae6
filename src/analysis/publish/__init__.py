"""Publishing: run a report's notebook, export it, and put it into the archive whole or not at all.

`run.run(order)` is the story; `exporters` is what `jupyter nbconvert` and JupyterLab use.
"""

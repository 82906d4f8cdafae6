"""Imported for what it does: the exporters make a first page, which takes longer than the others.

Processes that are forked from one that has imported this need not make theirs.
"""

from analysis.publish.run import exporters

exporters()

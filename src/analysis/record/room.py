"""The memory that a record takes, given back once it is not needed."""

from __future__ import annotations

import pyarrow as pa


def give_back() -> None:
    """Let the system have what Arrow has freed, and would keep for what may come."""
    pa.default_memory_pool().release_unused()

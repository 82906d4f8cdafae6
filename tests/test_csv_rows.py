"""A long CSV text is read block by block and parsed meanwhile; it is the same as all at once."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.record import csv_rows

FIELD = st.sampled_from(["", "a", "Ain al-Asad", '"a, b"', '"said ""no"""', "é", "12", "b" * 40])
ROW = st.lists(FIELD, min_size=3, max_size=3).map(",".join)
#: A field too many, a space at an end, an open quotation mark, a blank line, a line break within.
ODD = st.sampled_from(["a,b,c,d", " a,b,c", 'a,"b,c', "", ",,", '"a\nb",c,d', "\x00,b,c"])


@given(lines=st.lists(ROW | ROW | ROW | ODD, max_size=30))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_are_read_as_the_whole(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()
    whole, odd = csv_rows.rows_of(content, 3, line=2)
    with monkeypatch.context() as patch:
        patch.setattr(csv_rows, "_BLOCK", 64)
        in_blocks, odd_in_blocks = csv_rows.rows_of(content, 3, line=2)
    assert odd_in_blocks == odd
    pd.testing.assert_frame_equal(in_blocks, whole)
    assert list(in_blocks.index) == list(whole.index)

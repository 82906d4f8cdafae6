"""The measures: pure functions from frames of the record to small frames, numbers and facts."""

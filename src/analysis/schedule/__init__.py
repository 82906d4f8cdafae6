"""The schedule: what is owed at which moment, made once, and written down.

`config` reads brinkwatch.toml, `slots` works out moments, `ledger` remembers (its `tables`, and
the `notes` in it), `due.due(...)` is the story of `brinkwatch due`, `progress` says what may become
of a slot, `triggers` and `calling` whether something has happened that calls for a report (`facts`
are what it states), `corrections` finds published editions whose rows have changed, `freshness`
sees whether the record is kept up, `retention` removes what need not be kept, `health` knows all
that can be wrong, and `status` tells it with what happened.
"""

"""The schedule: what is owed at which moment, made once, and written down.

`config` reads brinkwatch.toml, `slots` works out moments, `ledger` remembers, `due.due(...)` is
the story of `brinkwatch due`, `freshness` sees whether the record is kept up, `retention` removes
what need not be kept, `status` tells what happened.
"""

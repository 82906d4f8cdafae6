"""The schedule: what is owed at which moment, made once, and written down.

`config` reads brinkwatch.toml, `slots` works out moments, `ledger` remembers, `due.due(...)` is
the story of `brinkwatch due`, `retention` removes what need not be kept, `status` tells what
happened.
"""

"""The pieces of a page: sentences, figures, map, tables, and the evidence behind them."""

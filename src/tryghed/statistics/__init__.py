"""Estimates with their uncertainty: shares, intervals, comparisons, families of tests, ranks.

The sums come from `queries/estimate/`; here they are folded into design-based variances. `docs/methods.md` says which
formula is where, and which R call it equals.
"""

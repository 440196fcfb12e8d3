"""The store: accepted answers in DuckDB generations, and the SQL files that read them.

`warehouse` publishes a wave, `query` loads and checks SQL files, `reader` runs them on the current generation,
`adhoc` runs what an analyst types, in a child process with limits. Nothing outside this package imports duckdb.
"""

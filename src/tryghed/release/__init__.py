"""The gate: what may be shown, and nothing else, reaches a page."""

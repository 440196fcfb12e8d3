"""Finished files and how they are handed over."""

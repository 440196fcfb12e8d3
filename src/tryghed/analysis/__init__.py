"""What an analyst asks at the terminal: numbers with their uncertainty, flagged and marked as unreleased.

`question` knows what is asked, `reading` what the store holds behind it, `remarks` what must be told beside it. The
others answer, each for the commands its first line names.
"""

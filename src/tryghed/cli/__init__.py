"""The command line: thin commands over the pipeline; words on stderr, data on stdout."""

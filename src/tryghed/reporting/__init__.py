"""Released numbers become pages: words, figures, maps, tables and PDF."""

"""The intake station: delivered files in, accepted waves out."""

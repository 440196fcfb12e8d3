"""The definition files of a project, as frozen models."""

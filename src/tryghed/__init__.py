"""tryghed: from raw safety-survey and health-profile files to district reports that can be trusted."""

from importlib.metadata import version

__version__ = version("tryghed")

"""The recipes: named sets of values, each as what it changes of the default, by dotted field name.

A recipe is data: it imports nothing, and config.py turns it into a configuration. One file a published design.
"""

from . import spider

CHANGES: dict[str, dict[str, object]] = {**spider.CHANGES}
"""Recipe -> dotted field name -> value, for every field in which it differs from the default."""

SUMMARIES: dict[str, str] = {**spider.SUMMARIES}
"""Recipe -> what it is, in one line."""

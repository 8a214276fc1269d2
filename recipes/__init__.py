"""The recipes: named sets of values, each as what it changes of the default, by dotted field name.

A recipe is data: it imports nothing, and config.py turns it into a configuration. One file a published design.
"""

from . import arctic, gemma, multi_turn, rubric, spider, sql_r1

_DESIGNS = (spider, sql_r1, arctic, rubric, gemma, multi_turn)

CHANGES: dict[str, dict[str, object]] = {
    name: changes for design in _DESIGNS for name, changes in design.CHANGES.items()
}
"""Recipe -> dotted field name -> value, for every field in which it differs from the default."""

SUMMARIES: dict[str, str] = {name: line for design in _DESIGNS for name, line in design.SUMMARIES.items()}
"""Recipe -> what it is, in one line."""

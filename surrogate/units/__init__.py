"""Units: the pieces of a text that are kept or removed, with their exact places in it.

A text is never altered: a :class:`Document` holds it as it was given, and the half-open character spans of its units.
Everything that is not white space belongs to exactly one unit, except where units are values in a frame: in JSON, and
where the user gives the spans, what stands between the units is always kept.
"""

from surrogate.units.document import Document
from surrogate.units.nesting import mixed, nest
from surrogate.units.splitting import MAX_UNITS, UNIT_KINDS, from_spans, split_units

__all__ = ["Document", "MAX_UNITS", "UNIT_KINDS", "from_spans", "mixed", "nest", "split_units"]

"""Score a PMML document by PMML4S, in a process of its own: the Java machine ends with it.

It is run as a file, by a Python that is shut off from folders and environment, and imports nothing of this package.
"""

from __future__ import annotations

import json
import sys

__all__ = ["main"]


def main(document: str, table: str) -> None:
    """Write the predicted class of each row of a table (CSV of 0 and 1) to standard output, as JSON; null: none.

    Parameters
    ----------
    document, table : str
        Paths.
    """
    import pandas
    from pypmml import Model, PMMLContext

    # The Java machine inside this process: the other way listens on a port.
    PMMLContext.getOrCreate(gateway="jpype")
    said = Model.fromFile(document).predict(pandas.read_csv(table))["predicted_surrogate_class"]
    json.dump([one if isinstance(one, str) else None for one in said], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``python -m surrogate``."""

import sys

from surrogate.cli import main

if __name__ == "__main__":
    sys.exit(main())

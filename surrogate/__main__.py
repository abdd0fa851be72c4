"""``python -m surrogate``."""

from surrogate.cli import run

if __name__ == "__main__":
    run()

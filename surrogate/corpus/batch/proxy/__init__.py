"""The corpus proxy of a batch: fitted once to a sample of the texts, and used where a row's own answers allow it."""

"""The rows of a batch: what one says, the files that hold them, and the index by which a change is found."""

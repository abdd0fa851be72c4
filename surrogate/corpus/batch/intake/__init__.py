"""The input of a batch: rows of any format, read one at a time and cut into parts by content."""

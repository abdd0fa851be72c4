"""What became of all rows of a batch, and what moved since an earlier one."""

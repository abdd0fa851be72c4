"""Who does the work of a batch: what a worker does with a part, and how parts reach workers and survive them."""

"""Whether anybody touched a batch: digests, manifest, signatures, and its full reports."""

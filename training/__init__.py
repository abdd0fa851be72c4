"""Scripts that train the two shipped language models; not part of the installed package."""

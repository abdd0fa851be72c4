"""Scripts that train the shipped language models; not part of the installed package."""

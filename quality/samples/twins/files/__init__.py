"""Write the files of the twin sets."""

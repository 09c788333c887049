"""For every field, what is just right in it and what is just wrong."""

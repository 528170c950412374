"""The memory of an nginx with the modules, against one without."""

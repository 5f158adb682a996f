"""Who did what, when, on whose behalf and why: the record that is only ever added to."""

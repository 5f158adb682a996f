"""Changing who decides: versions of a policy as drafts, reviewed by a second person, released, rolled back, moved as text."""

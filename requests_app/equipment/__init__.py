"""Equipment: classes, symptoms, labels, where it stands, and what is reported about it."""

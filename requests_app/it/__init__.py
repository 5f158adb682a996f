"""IT: the services that are offered and the outages that are known."""

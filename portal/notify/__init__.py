"""The notices of a person: a row written with the event, delivered after it."""

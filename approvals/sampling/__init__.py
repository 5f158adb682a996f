"""The monthly sample: of what standing orders decided alone, some is shown to a head afterwards."""

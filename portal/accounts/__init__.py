"""People, places and what a role allows where."""

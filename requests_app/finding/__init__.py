"""Finding things by words: how words are compared, what is indexed, and what somebody's words find."""

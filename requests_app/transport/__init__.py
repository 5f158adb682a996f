"""Moves: what moves and how, precautions, and the way back."""

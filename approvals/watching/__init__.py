"""Ways around a rule that can be seen: split requests, decisions for each other, and duties that do not go together."""

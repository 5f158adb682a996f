"""Half a year of the demonstration hospitals, played through the verbs as one queue against the stand-in Odoo."""

"""The demonstration hospital: CSV files, and the code that adds what is missing of them and changes nothing."""

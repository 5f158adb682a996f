"""What a page costs beside a floor that does the least: `make bench`. docs/benchmarks.md says how to read it."""

"""From results files to a report: what is read, then computed, then shown."""

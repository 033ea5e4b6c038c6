"""From results files to scores."""

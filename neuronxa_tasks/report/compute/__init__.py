"""From scores to tables and statistics."""

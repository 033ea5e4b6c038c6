"""From tables to text, figures, a page and files."""

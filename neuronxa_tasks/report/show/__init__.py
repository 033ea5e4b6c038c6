"""From a `Report` to text, page, figures and files; nothing is computed that a table should hold."""

"""From values to the tables of a `Report`: no charts, no HTML, no text for people."""

"""Where texts, languages and questions come from."""

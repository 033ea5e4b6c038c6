"""One module per language, each with a function `realise`."""

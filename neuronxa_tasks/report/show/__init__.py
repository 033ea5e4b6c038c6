"""From a `Report` to text, page, figures and files, with nothing but what its tables hold."""

"""What makes the data that the package ships, run from the root of the repository."""

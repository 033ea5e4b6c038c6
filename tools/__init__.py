"""What makes the data that the package ships, and what attacks it, run from the project's root."""

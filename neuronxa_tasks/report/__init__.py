"""Reports made from results files: tables, correlations, figures and a page."""

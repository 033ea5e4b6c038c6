"""From results files to plain values, which say what each file says and no more."""

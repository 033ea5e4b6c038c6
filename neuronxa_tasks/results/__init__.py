"""What results files hold, as models that the writer and the reader share."""

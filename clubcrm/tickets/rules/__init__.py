"""What follows from facts alone about questions, complaints, articles and calls."""

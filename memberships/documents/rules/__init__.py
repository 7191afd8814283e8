"""Rules room: kinds of documents, their placeholders, the small markup, signatures."""

"""The page of the till and the API of sales."""

"""Views room of the stock: counts."""

"""Views room of buying and of the shelf's overview."""

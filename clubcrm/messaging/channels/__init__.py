"""Ways out of the house: each channel turns a letter into a receipt and knows no table."""

"""What the bar sells and what it is made of: products, prices, recipes."""

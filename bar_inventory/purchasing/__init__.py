"""Goods that come in: suppliers, orders, deliveries, and what will be needed."""

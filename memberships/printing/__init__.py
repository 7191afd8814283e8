"""Receipts and reports on the printers of counters."""

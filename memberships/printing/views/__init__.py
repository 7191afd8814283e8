"""Pages of printers."""

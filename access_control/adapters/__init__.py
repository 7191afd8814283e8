"""Vendor packets turned into scans and answers, and nothing else: no store, no web, no clock."""

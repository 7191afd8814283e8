"""Views of plans, contracts and blocks: pages of the staff, and the API."""

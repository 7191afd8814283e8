"""Views of a member's own pages by link, and of his questions at the desk."""

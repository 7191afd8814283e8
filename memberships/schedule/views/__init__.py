"""Views room: pages and doors of classes and guests."""

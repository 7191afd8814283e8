"""Views room: texts and letterhead in the settings, kept documents as files."""

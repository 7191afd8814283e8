"""Rules of messages: quiet hours, channels, text with placeholders, what a failure means."""

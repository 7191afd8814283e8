"""Views room: waivers to sign, certificates to keep, and the rules for both."""

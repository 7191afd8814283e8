"""A turnstile terminal in software: speaks the ZKTeco push dialect over real HTTP.

It shares no code with the server side of the gate, so that each checks the other.
"""

"""The attendance dialect of push terminals: hello, uploads, heartbeats and commands as text."""

"""The public form door: what somebody fills in on any page of the web becomes an inquiry."""

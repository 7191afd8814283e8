"""Price quotes for leads: several plans to choose from, a last day, and an answer by link."""

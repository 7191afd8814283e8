"""Forms below advertisements: a page of Facebook or Instagram tells that somebody filled one in."""

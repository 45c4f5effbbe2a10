"""Our patterns, by name: what fields mask and what rules look for."""

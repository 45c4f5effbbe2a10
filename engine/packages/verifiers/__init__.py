"""Verifiers that go with every package and stand alone: nothing in them is ours but the format."""

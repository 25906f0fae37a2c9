"""Everyday supplier documents drawn by the tests, each with what it says: see `documents.registry`."""

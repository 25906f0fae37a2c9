"""veraPDF, warm, in a process of its own: for ``bin/check`` and tests, not for sending."""

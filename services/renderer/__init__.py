"""The page renderer: report HTML in, one PDF an invoice out, through one Chromium kept warm."""

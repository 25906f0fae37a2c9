"""From any supplier document to the semantic invoice, with the evidence of each field. Plain Python, no Odoo."""

"""The validator: official rules, warm, in a process of their own."""

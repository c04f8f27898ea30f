"""Which rows are the same firm: names, numbers, domains, confidence. Pure functions over text, no database.

Doors: `names.parsed`, `numbers.is_corporate_number`, `domains.key_of`, `scoring.compared`, `linking.best` and `linking.linked`.
"""

"""Pages of imports: the file, its columns, what would change, what was done."""

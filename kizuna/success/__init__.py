"""What the customer-success team works with."""

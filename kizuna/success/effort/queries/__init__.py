"""Read hours: single rows, the week of a person, sums of the team."""

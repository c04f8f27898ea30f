"""Pages of hours: the week, the timer, rows, the team."""

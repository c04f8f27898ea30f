"""What comes in from and goes out to other systems: bundles of whole communities, importers of other products."""

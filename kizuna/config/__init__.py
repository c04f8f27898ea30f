"""The one place that knows everything: settings, urls, schedule, ordered consumers, declarations."""

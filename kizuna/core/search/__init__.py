"""Finding what was written: one index row per post and article, one result per topic, and what was searched in vain.

Words: row (what is indexed), hit (one result), search (what somebody typed, recorded without showing who).
Doors: actions.index, index_many, remove, place_moved; queries.search, similar, searches_without_result, rising_searches.
Design and measurements: docs/search.md.
"""

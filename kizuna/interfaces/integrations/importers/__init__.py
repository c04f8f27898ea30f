"""Bring communities over from other products.

A reader turns files of one format into records (`records`), a line at a time; `staging` puts them in order on disk; `loading`
writes them through the many-forms of the apps' actions. Everything may be run again: what is here already is left alone.
"""

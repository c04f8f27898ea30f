"""Sentence vectors of a machine: one process holds the encoder (`server`), others ask it (`client`), files keep vectors (`store`).

Without Django, so that the process stays small. If it is away, search answers by words alone.
"""

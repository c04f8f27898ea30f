"""The demo: a sample community in Japanese, and a slice of a real support community.

`content` reads the files under `demo/`, `misebako` replays them as history through the ordinary actions, `loading` makes
the two communities and the sign-ins.
"""

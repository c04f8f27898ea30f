"""The one door for mails that arrive: kept first, understood later, handed to whoever wants the address.

Words: arrival, door, route, proof, report (bounce, complaint), automatic. Doors: `actions.keep`, `parsing`, `arrivals.Arrived`, `models`.
"""

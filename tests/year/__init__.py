"""A simulated year of customers: made up, reckoned by an oracle, lived in a real Odoo, compared.

``people.py`` makes the customers up, ``oracle.py`` says from the rules alone what must happen on
which day, ``world.py`` lets it happen by real orders, deliveries and clicks. Only ``people.py`` is
shared; nothing of the oracle comes from the add-ons.
"""

"""A made-up company lives three years in a real Odoo; its figures are worked out a second time.

:mod:`.script` says who buys what and what breaks, :mod:`.world` lets it happen by the methods the
buttons call, :mod:`.tables` reads what is in the database, and the oracles (:mod:`.money`,
:mod:`.goods`, :mod:`.parts`, :mod:`.price`, :mod:`.charge`, :mod:`.cost`, :mod:`.suggestion`,
:mod:`.demand`, :mod:`.chance`) work the figures out from that by arithmetic of their
own. Nothing in the oracles comes from the add-ons.
"""

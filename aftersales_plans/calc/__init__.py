"""Pure arithmetic of plans: dates in, dates out. Imports nothing from Odoo, never asks for today."""

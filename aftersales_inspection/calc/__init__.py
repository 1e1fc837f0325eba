"""Pure arithmetic of visits: windows and slots. Imports nothing from Odoo, never asks for today."""

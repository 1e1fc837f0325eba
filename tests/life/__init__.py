"""A database's life with our add-ons: installed, upgraded, uninstalled, looked at in between."""

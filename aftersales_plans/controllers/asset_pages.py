from .customer_pages import CustomerPages


class AssetPages(CustomerPages):
    """What a customer has of us, in the portal (requirements 45, 50)."""

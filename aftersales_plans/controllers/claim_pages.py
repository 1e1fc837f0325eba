from .customer_pages import CustomerPages


class ClaimPages(CustomerPages):
    """Claims in the portal (requirement 47)."""

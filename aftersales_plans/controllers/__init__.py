from . import customer_pages

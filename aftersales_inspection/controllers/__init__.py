from . import visit_pages

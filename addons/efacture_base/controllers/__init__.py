from . import documents
from . import portal_invoice

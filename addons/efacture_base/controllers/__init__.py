from . import documents
from . import partner_template
from . import portal
from . import portal_invoice
from . import webhook

from . import partner_template
from . import portal

from . import base_partner_merge
from . import efacture_company_lookup
from . import efacture_contact_method
from . import efacture_contact_proposal
from . import efacture_partner_import
from . import account_move_preview
from . import account_move_send_wizard

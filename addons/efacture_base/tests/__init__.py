from . import test_install
from . import test_partner_account
from . import test_partner_contact
from . import test_partner_directory
from . import test_partner_identity
from . import test_partner_register
from . import test_semantic
from . import test_partner_import

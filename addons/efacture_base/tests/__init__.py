from . import test_install
from . import test_semantic
from . import test_send
from . import test_report

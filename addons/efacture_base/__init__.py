from . import stdnum_tables  # first: the factur-x library reads stdnum's tables when imported
from . import models
from . import controllers
from . import wizard
from .hooks import pre_init_hook, uninstall_hook

"""Give python-stdnum its data files back inside Odoo.

Odoo 19 imports `stdnum` through a patching hook (odoo/_monkeypatches) that leaves the package with a
loader which cannot open resources: every number that needs a table (IBAN) then fails on import.
"""

from importlib.machinery import SourceFileLoader

import stdnum


def restore_loader() -> None:
    """Put an ordinary source loader back where the hook left a bare one. Safe to call again."""
    spec = stdnum.__spec__
    if not hasattr(spec.loader, "get_resource_reader"):
        spec.loader = SourceFileLoader(spec.name, spec.origin)


restore_loader()

"""Services of this host: one long-lived process each, ``python -m services.<name>``."""

import os
import sys

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PURE = os.path.join(_ROOT, "addons", "efacture_base")
if _PURE not in sys.path and os.path.isdir(_PURE):
    sys.path.insert(0, _PURE)

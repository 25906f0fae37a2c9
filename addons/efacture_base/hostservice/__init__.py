"""Client side of the services of this host (validator, renderer), and how one is started.

A service is one long-lived process per host and installation, on a Unix socket in a private
folder. Nothing here imports odoo. See ``docs/developer.md``, "hostservice".
"""

from .client import ServiceClient
from .protocol import (
    HostServiceError,
    ServiceBusy,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
)

__all__ = [
    "HostServiceError",
    "ServiceBusy",
    "ServiceClient",
    "ServiceError",
    "ServiceTimeout",
    "ServiceUnavailable",
]

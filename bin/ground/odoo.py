"""`bin/odoo ARGS…`: Odoo's own command line with this environment's settings."""

import os
import sys

from . import odoo_server, paths
from .cluster import server
from .main import entry


@entry
def main(argv: list[str]) -> int:
    # The tests' databases live in a cluster of their own: EFACTURE_CLUSTER=postgres-test reaches them.
    name = os.environ.get("EFACTURE_CLUSTER", "postgres")
    postgres = server(name, durable=name == "postgres")
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    postgres.start()
    config = odoo_server.write_config(postgres, f"shell-{name}")
    arguments = odoo_server.command(config, *argv)
    os.execv(sys.executable, arguments)


if __name__ == "__main__":
    sys.exit(main())

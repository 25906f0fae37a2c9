"""The demo company of `bin/run`: loaded once into a template database."""


def load(env) -> None:
    """Fill a database that has our addons installed."""
    env.ref("base.main_company").name = "Démonstration"


def sandbox_parameters(sandbox: dict) -> dict[str, str]:
    """System parameters that aim the demo database at the loopback platforms."""
    return {}

"""The demo company's account at the loopback platform."""


def load_platform(env) -> None:
    """The addresses are placeholders: `bin/run` writes the real ports at each start."""
    platform = env["efacture.platform"].create(
        {
            "name": "Plateforme de démonstration",
            "connector": "afnor",
            "environment": "sandbox",
            "flow_base_url": "http://127.0.0.1:9/flow-service",
            "directory_base_url": "http://127.0.0.1:9/directory-service",
            "token_url": "http://127.0.0.1:9/oauth2/token",
        }
    )
    env["efacture.account"].create(
        {
            "name": "Compte de démonstration",
            "platform_id": platform.id,
            "company_id": env.company.id,
            "client_id": "demo",
            "client_secret": "demo",
            "state": "active",
        }
    )


def sandbox_parameters(sandbox: dict) -> dict[str, str]:
    """System parameters that aim the demo database at the loopback platforms."""
    return {
        "efacture.company_register_url": sandbox["register"]["url"],
        "efacture.vies_url": sandbox["vies"]["url"],
    }


def sandbox_platform(sandbox: dict) -> dict[str, str]:
    """Columns of the demo platform for this start."""
    pa = sandbox["pa"]
    return {
        "flow_base_url": pa["flow_url"],
        "directory_base_url": pa["directory_url"],
        "token_url": pa["token_url"],
    }

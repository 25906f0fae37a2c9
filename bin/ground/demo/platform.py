"""The demo company's account at the loopback platform."""

import json
import os


def load_platform(env) -> None:
    """The addresses are placeholders: `aim` writes the real ones when the sandbox runs."""
    platform = env["efacture.platform"].create(
        {
            "name": "Plateforme de démonstration",
            "connector": "afnor",
            "environment": "sandbox",
            **_addresses({"flow_url": "http://127.0.0.1:9/flow", "directory_url": "http://127.0.0.1:9/directory",
                          "token_url": "http://127.0.0.1:9/token"}),
        }
    )  # fmt: skip
    account = env["efacture.account"].create(
        {
            "name": "Compte de démonstration",
            "platform_id": platform.id,
            "company_id": env.company.id,
            "client_id": "demo",
            "client_secret": "demo",
        }
    )
    account.state = "active"


def aim(env) -> None:
    """Point the demo database at the running sandbox, described by `$EFACTURE_SANDBOX` (JSON)."""
    sandbox = json.loads(os.environ["EFACTURE_SANDBOX"])
    account = env["efacture.account"].search([("platform_id.environment", "=", "sandbox")], limit=1)
    account.platform_id.write(_addresses(sandbox["pa"]))
    account.write({key: sandbox["pa"][key] for key in ("client_id", "client_secret")})
    parameters = env["ir.config_parameter"]
    parameters.set_param("efacture.company_register_url", sandbox["register"]["url"])
    parameters.set_param("efacture.vies_url", sandbox["vies"]["url"])
    _aim_mail(env, sandbox["mail"])
    # Who can receive is known a moment after the first start, as after an import.
    env["res.partner"].search([("efacture_siren", "!=", False)])._efacture_lookup_later()


def _aim_mail(env, mail: dict) -> None:
    """E-mails of the demonstration end in the sandbox, whatever address they bear."""
    values = {
        "name": "Messagerie de démonstration",
        "smtp_host": mail["smtp_host"],
        "smtp_port": mail["smtp_port"],
        "smtp_encryption": "none",
        "active": True,
    }
    servers = env["ir.mail_server"].with_context(active_test=False)
    server = servers.search([("name", "=", values["name"])], limit=1)
    if server:
        server.write(values)
    else:
        servers.create(values)


def _addresses(pa: dict) -> dict:
    return {
        "flow_base_url": pa["flow_url"],
        "directory_base_url": pa["directory_url"],
        "token_url": pa["token_url"],
    }

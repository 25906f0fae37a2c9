"""Five people: administrator, accountant, manager, the outside accountant, a customer."""

import secrets

GROUPS = {
    "accountant": ["efacture_base.efacture_base_group_accountant", "account.group_account_user"],
    "manager": ["efacture_base.efacture_base_group_manager", "account.group_account_manager"],
    "external_accountant": ["account.group_account_readonly"],
    "customer": ["base.group_portal"],
}
NAMES = {
    "accountant": "Claire Morel (comptable)",
    "manager": "Antoine Girard (responsable)",
    "external_accountant": "Cabinet Orvelle (expert-comptable)",
    "customer": "Atelier Nivelle (client)",
}


def load_users(env) -> None:
    common = {"lang": "fr_FR", "tz": "Europe/Paris", "notification_type": "inbox"}
    if "odoobot_state" in env["res.users"]._fields:
        # Its tour opens over the page, all of it on a phone.
        common["odoobot_state"] = "disabled"
    env["res.lang"]._activate_lang("fr_FR")
    admin = env.ref("base.user_admin")
    admin.write(
        {
            **common,
            "name": "Administratrice",
            "password": "admin",
            "email": "admin@deuxrives.example",
        }
    )
    admin.group_ids += env.ref("account.group_account_manager")
    home = env.ref("efacture_base.account_move_action_sales")
    for login, groups in GROUPS.items():
        wanted = [env.ref(x).id for x in groups if env.ref(x, raise_if_not_found=False)]
        if login != "customer":
            wanted.append(env.ref("base.group_user").id)
        env["res.users"].with_context(no_reset_password=True).create(
            {
                **common,
                "name": NAMES[login],
                "login": login,
                "password": login,
                "email": f"{login}@deuxrives.example",
                "notification_type": "email" if login == "customer" else "inbox",
                "group_ids": [(6, 0, wanted)],
                "action_id": home.id if login in ("accountant", "manager") else False,
            }
        )
    # Nobody signs in as the technical user; its password is nowhere.
    env.ref("base.user_root").password = secrets.token_urlsafe(24)
    env["ir.config_parameter"].set_param("web.base.url.freeze", "False")

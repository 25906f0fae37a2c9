{
    "name": "eFacture: faults on demand",
    "summary": "Kills, stops and breaks the exchange at named points; for the fault suite only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "eFacture",
    "license": "LGPL-3",
    "depends": ["efacture_base"],
    "installable": True,
}

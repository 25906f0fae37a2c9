"""What the client sends and what the sandbox answers, held against the annexes of AFNOR XP Z12-013 (shared material)."""

import json
import re
import uuid

import pytest
from connectors.afnor import AfnorClient, AfnorSettings
from connectors.contract import Document
from connectors.hosts import HostMemory
from connectors.oauth import TokenCache
from connectors.session import Session

from sandbox.companies import by_key, companies

VERSIONS = ("1.1", "1.2", "1.3")


class Annex:
    """An OpenAPI 3.0 description and just enough of JSON Schema to hold a value against it. Fields it does not name are errors."""

    def __init__(self, path):
        self.document = json.loads(path.read_text(encoding="utf-8"))

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def operation(self, method, path):
        """The operation whose template fits the path."""
        for template, operations in self.document["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/:]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return operations[method.lower()]
        raise AssertionError(f"{method} {path} is not in the annex")

    def properties(self, schema):
        """Names and required names of an object, with `allOf` merged."""
        schema = self.resolve(schema)
        names, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            more, needed = self.properties(part)
            names.update(more)
            required |= needed
        return names, required

    def check(self, value, schema, where="$"):
        """Assert that a value fits."""
        schema = self.resolve(schema)
        if "oneOf" in schema and "properties" not in schema:
            return None  # open lists of codes only
        if len(schema.get("allOf", ())) == 1 and "properties" not in schema:
            return self.check(value, schema["allOf"][0], where)
        if "allOf" in schema or schema.get("type") == "object" or "properties" in schema:
            names, required = self.properties(schema)
            assert isinstance(value, dict), f"{where}: an object"
            # Version 1.3 requires a name of its list of webhooks that it does not describe.
            assert not set(value) - set(names) - required, (
                f"{where}: {set(value) - set(names)} not in the annex"
            )
            assert required <= set(value), f"{where}: {required - set(value)} missing"
            for name, item in value.items():
                self.check(item, names.get(name, {}), f"{where}.{name}")
            return None
        kind = schema.get("type")
        if kind == "array":
            assert isinstance(value, list), where
            assert len(value) >= schema.get("minItems", 0), where
            for index, item in enumerate(value):
                self.check(item, schema["items"], f"{where}[{index}]")
        elif kind == "string":
            assert isinstance(value, str), f"{where}: {value!r} is no text"
            if "enum" in schema:  # some lists hold words longer than their own maxLength
                assert value in schema["enum"], f"{where}: {value!r}"
                return None
            assert len(value) <= schema.get("maxLength", 10**9), f"{where}: too long"
            assert "pattern" not in schema or re.search(schema["pattern"], value), (
                f"{where}: {value!r}"
            )
        elif kind == "integer":
            assert isinstance(value, int) and not isinstance(value, bool), where
            assert value <= schema.get("maximum", 10**12), where
        elif kind == "boolean":
            assert isinstance(value, bool), where
        return None


@pytest.fixture(params=VERSIONS)
def annexes(request, shared):
    folder = shared / "specs" / "data" / "afnor-xp-z12-013"
    return request.param, {
        service: Annex(folder / f"{service}-service-{request.param}.0.openapi.json")
        for service in ("directory", "flow")
    }


@pytest.fixture
def client(sandbox, annexes, monkeypatch):
    """A client whose every request and answer is held against the annex."""
    version, described = annexes
    facts = sandbox.facts["pa"]
    base = f"{facts['url']}/{version}"
    settings = AfnorSettings(
        f"{base}/flow-service",
        f"{base}/directory-service",
        facts["token_url"],
        facts["client_id"],
        facts["client_secret"],
        version,
    )
    session = Session(memory=HostMemory())
    real, checked = session.request, []

    def request(method, url, **options):
        answer = real(method, url, **options)
        match = re.match(rf"{re.escape(base)}/(directory|flow)-service(/.*)", url)
        if match:
            annex = described[match[1]]
            operation = annex.operation(method, match[2])
            check_request(annex, operation, options)
            check_answer(annex, operation, answer)
            checked.append((method, match[2]))
        return answer

    monkeypatch.setattr(session, "request", request)
    made = AfnorClient(settings, session, TokenCache())
    made.checked = checked
    return made


def check_request(annex, operation, options):
    if "requestBody" in operation:
        content = annex.resolve(operation["requestBody"])["content"]
        if "application/json" in content:
            annex.check(options["json"], content["application/json"]["schema"])
        else:
            schema = annex.resolve(content["multipart/form-data"]["schema"])
            name, text, kind = options["files"]["flowInfo"]
            assert kind == "application/json" and set(options["files"]) == {"flowInfo", "file"}
            annex.check(json.loads(text), schema["properties"]["flowInfo"])
    named = {annex.resolve(p)["name"]: annex.resolve(p) for p in operation.get("parameters", ())}
    for name, value in (options.get("params") or {}).items():
        annex.check(value, named[name]["schema"], name)
    ours = {
        name
        for name in options["headers"]
        if name.lower().endswith(("request-id", "organization-id"))
    }
    if any(
        annex.resolve(p)["in"] == "header" and "Request" in annex.resolve(p)["name"]
        for p in operation.get("parameters", ())
    ):
        assert ours <= set(named)


def check_answer(annex, operation, answer):
    described = operation["responses"].get(str(answer.status))
    assert described, f"status {answer.status} is not in the annex"
    content = annex.resolve(described).get("content") or {}
    if (
        answer.content
        and answer.headers["content-type"].startswith("application/json")
        and "schema" in content.get("application/json", {})
    ):
        annex.check(answer.json(), content["application/json"]["schema"])


def test_the_directory_speaks_as_the_annex(client):
    for company in companies():
        client.lookup_recipient(siren=company["siren"])
    company = by_key()["routing_codes"]
    siret = company["establishments"][1]["siret"]
    client.lookup_recipient(siret=siret)
    assert client.directory.legal_unit(company["siren"])
    assert client.directory.facility(siret)
    assert client.directory.routing_code(siret, "LOG-01")
    assert client.directory.line(f"{company['siren']}_{siret}_LOG-01")
    assert client.directory.search_legal_units(name="halvea")
    assert client.directory.search_facilities(siren=company["siren"])
    assert client.check_connection().ok
    assert len(client.checked) > len(companies())


def test_the_flow_service_speaks_as_the_annex(client):
    reference = uuid.uuid4().hex
    outcome = client.submit(
        Document(b"<a/>" + reference.encode(), "a.xml", "CII", "CIUS"), reference
    )
    assert outcome.state == "accepted"
    assert client.find_by_tracking(reference)
    assert client.fetch_acks(remote_ids=[outcome.remote_id])
    client.download(outcome.remote_id)
    client.submit(Document(b"<a/>" + reference.encode(), "a.xml", "CII", "CIUS"), reference)
    client.fetch_inbound()
    client.fetch_events()
    assert len(client.checked) >= 7


# Operations of version 1.1 that later versions took away; nobody calls them.
GONE = {
    ("directory", method, path)
    for method, path in (
        ("POST", "/v1/directory-line"),
        ("PATCH", "/v1/directory-line/id-instance:{id-instance}"),
        ("DELETE", "/v1/directory-line/id-instance:{id-instance}"),
        ("POST", "/v1/routing-code"),
    )
}


def described_operations(annexes):
    """(service, method, template) of every operation of a version."""
    return {
        (service, method.upper(), template)
        for service, annex in annexes.items()
        for template, methods in annex.document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }


def test_each_operation_of_the_annex_answers_as_described(sandbox, client, annexes):
    """Called by hand where the client has no use for it; what only version 1.1 had is not there."""
    import requests

    version, described = annexes
    facts = sandbox.facts["pa"]
    token = client.http.tokens.get(client.settings.credentials, client.http.session)
    company = by_key()["routing_codes"]
    siret = company["establishments"][1]["siret"]
    document = Document(b"<a/>" + uuid.uuid4().hex.encode(), "a.xml", "CII", "CIUS")
    flow_id = client.submit(document, uuid.uuid4().hex).remote_id
    hooks = client.create_webhook("https://example.com/hook").ids if version != "1.1" else ("",)
    values = {
        "siren": company["siren"], "siret": siret, "routing-identifier": "LOG-01", "addressing-identifier": f"{company['siren']}_{siret}_LOG-01",
        "flowId": flow_id, "webhookUid": hooks[0],
    }  # fmt: skip
    bodies = {
        "/v1/flows/search": {"where": {"flowDirection": ["Out"]}},
        "/v1/webhooks/{webhookUid}": {"signature": {"algo": "HS256", "key": "a2V5"}},
        "/v1/webhooks": hook_body(version, "https://example.com/other"),
    }
    order = {"DELETE": 1}
    called = set()
    for service, method, template in sorted(
        described_operations(described), key=lambda row: (order.get(row[1], 0), row)
    ):
        if "id-instance" in template or (version == "1.1" and method in ("PATCH", "PUT", "DELETE")):
            continue
        if (service, method, template) in GONE or (method, template) == ("POST", "/v1/flows"):
            continue
        path = re.sub(r"\{([^}]*)\}", lambda match: values[match[1]], template)
        annex = described[service]
        operation = annex.operation(method, path)
        body = bodies.get(template) if method in ("POST", "PATCH") else None
        if method == "POST" and body is None:
            resource = template.split("/")[2]
            body = {"limit": 5, "filters": filters_of(resource, company["siren"], version)}
        if body is not None:
            content = annex.resolve(operation["requestBody"])["content"]["application/json"]
            annex.check(body, content["schema"])
        answer = requests.request(
            method,
            f"{facts['url']}/{version}/{service}-service{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
        )
        assert answer.status_code < 300, (method, template, answer.text)
        check_answer(annex, operation, Seen(answer))
        called.add((service, method, template))
    for hook in client.list_webhooks() if version != "1.1" else ():
        client.delete_webhook(hook)
    assert len(called) >= {"1.1": 9, "1.2": 17, "1.3": 14}[version], called


def filters_of(resource, siren, version):
    operator = "contains" if version == "1.1" else "strict"
    if resource == "routing-code":
        return {"administrativeStatus": {"op": "strict", "value": "A"}}
    return {"siren": {"op": operator, "value": siren}}


def hook_body(version, url):
    if version == "1.3":
        return {
            "callbackUrl": url,
            "flowTypes": ["SupplierInvoice"],
            "flowDirection": "In",
            "ackStatus": "Ok",
        }
    return {
        "callback": {
            "url": url,
            "signature": {"algo": "HS256", "key": "a2V5"},
            "headers": [{"headerName": "X-A", "headerValue": "1"}],
        },
        "metadata": {"flowType": "SupplierInvoice", "flowDirection": "In"},
    }


class Seen:
    """An answer of `requests` in the shape of ours."""

    def __init__(self, answer):
        self.status, self.content = answer.status_code, answer.content
        self.headers = {name.lower(): value for name, value in answer.headers.items()}
        self.json = answer.json


def test_errors_are_shaped_as_the_annex_says(sandbox, client, annexes):
    import requests

    version, described = annexes
    annex = described["flow"]
    base = f"{sandbox.facts['pa']['url']}/{version}/flow-service"
    token = client.http.tokens.get(client.settings.credentials, client.http.session)
    headers = {"Authorization": f"Bearer {token}"}

    def form(info, content=b"<a/>"):
        return {
            "flowInfo": (None, json.dumps(info), "application/json"),
            "file": ("a.xml", content, "application/xml"),
        }

    asked = [
        ("GET", "/v1/flows/nothing", {}, 404),
        ("POST", "/v1/flows/search", {"json": {"where": {}}}, 400),
        ("POST", "/v1/flows", {"files": form({"name": "a"})}, 400),
        ("POST", "/v1/flows", {"files": form({"name": "a", "flowSyntax": "EDI"})}, 422),
    ]
    for fault, status in (
        ("unauthorized", 401),
        ("forbidden", 403),
        ("too_many", 429),
        ("error_500", 500),
        ("unavailable", 503),
    ):
        asked.append(
            (
                "POST",
                "/v1/flows",
                {"files": form({"name": "a", "flowSyntax": "CII"}), "fault": fault},
                status,
            )
        )
    for method, path, options, status in asked:
        fault = options.pop("fault", None)
        sandbox.fault("pa", *([{"fault": fault, "operation": "flow.submit"}] if fault else []))
        answer = requests.request(method, base + path, headers=headers, timeout=5, **options)
        assert answer.status_code == status, (path, answer.text)
        check_answer(annex, annex.operation(method, path), Seen(answer))
        assert answer.json()["errorCode"]


def test_a_notification_is_shaped_as_the_annex_says(sandbox, client, annexes):
    import threading
    import time
    from http.server import BaseHTTPRequestHandler, HTTPServer

    version, described = annexes
    if version == "1.1":
        assert "/v1/webhooks" not in described["flow"].document["paths"]
        return
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            calls.append(
                (
                    dict(self.headers),
                    json.loads(self.rfile.read(int(self.headers["Content-Length"]))),
                )
            )
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client.create_webhook(f"http://127.0.0.1:{server.server_port}/")
    sandbox.post("pa", "send", {})
    end = time.monotonic() + 10
    while not calls:
        assert time.monotonic() < end
        time.sleep(0.02)
    for hook in client.list_webhooks():
        client.delete_webhook(hook)
    server.shutdown()
    server.server_close()
    headers, flow = calls[0]
    annex = described["flow"]
    (callback,) = annex.document["components"]["callbacks"]["WebhookCallback"].values()
    annex.check(
        flow,
        annex.resolve(callback["post"]["requestBody"])["content"]["application/json"]["schema"],
    )
    for parameter in map(annex.resolve, callback["post"]["parameters"]):
        assert parameter["name"] in headers
    assert len(client.checked) >= 3


def test_the_register_uses_the_names_of_the_published_description(sandbox, shared):
    """The description is YAML; its names are enough to see that none of ours is made up."""
    import requests

    text = (shared / "specs" / "data" / "recherche-entreprises.openapi.yml").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r"^\s+([a-z_0-9]+):\s*$", text, re.MULTILINE)) | set(
        re.findall(r"- name: ([a-z_]+)", text)
    )
    url = sandbox.facts["register"]["url"] + "/search"
    for key in ("one_line", "routing_codes", "non_diffusible", "sole_trader", "blank_record"):
        body = requests.get(
            url, params={"q": by_key()[key]["establishments"][0]["siret"]}, timeout=5
        ).json()
        assert body["results"]
        names = set(body) | {name for row in body["results"] for name in row}
        for row in body["results"]:
            names |= (
                set(row["siege"])
                | set(row["complements"])
                | {n for place in row["matching_etablissements"] for n in place}
            )
        assert names <= named, names - named


def test_the_vies_description_agrees_with_the_shared_one(shared):
    """Same namespaces, operations, elements in the same order: an envelope of one is an envelope of the other."""
    from connectors.vies import WSDL
    from lxml import etree
    from zeep import Client

    ours = Client(str(WSDL))
    theirs = Client(str(shared / "specs" / "data" / "vies-checkvat.local.wsdl"))
    for operation, values in (
        ("checkVat", {"countryCode": "BE", "vatNumber": "1"}),
        (
            "checkVatApprox",
            {
                "countryCode": "BE",
                "vatNumber": "1",
                "requesterCountryCode": "FR",
                "requesterVatNumber": "2",
            },
        ),
    ):
        envelopes = [
            etree.tostring(c.create_message(c.service, operation, **values), method="c14n")
            for c in (ours, theirs)
        ]
        assert envelopes[0] == envelopes[1]
        names = [
            [
                name
                for name, _element in c.get_element(
                    f"{{urn:ec.europa.eu:taxud:vies:services:checkVat:types}}{operation}Response"
                ).type.elements
            ]
            for c in (ours, theirs)
        ]
        assert names[0] == names[1]

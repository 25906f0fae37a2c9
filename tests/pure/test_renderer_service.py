"""The renderer as a service: started by the first use, looks travel once, a fault has a name."""

import io
import os
import signal

import pytest
from hostservice import ServiceClient, ServiceError, ServiceTimeout, ServiceUnavailable, renderer
from hostservice.renderer import BATCH, Look, Page, render, state
from hostservice.report_pages import join, split_pages, stylesheet_urls
from pages import A4, CSS, invoice, report, texts
from pypdf import PdfReader

LOOK = Look((CSS,), {"/web/static/fonts/./x/unused.woff": b"not a font"})


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A renderer of these tests' own."""
    folder = tmp_path_factory.mktemp("run")
    folder.chmod(0o700)
    before = os.environ.get("EFACTURE_RUN_DIR")
    os.environ["EFACTURE_RUN_DIR"] = str(folder)
    yield ServiceClient("renderer")
    ServiceClient("renderer").stop()
    if before is None:
        del os.environ["EFACTURE_RUN_DIR"]
    else:
        os.environ["EFACTURE_RUN_DIR"] = before


class Watched(ServiceClient):
    """A client that remembers how much it sent."""

    def __init__(self):
        super().__init__("renderer")
        self.sent = []

    def call(self, op, params=None, blobs=(), timeout=30.0):
        self.sent.append(len(blobs))
        return super().call(op, params, blobs, timeout)


def test_the_first_invoice_starts_the_service(service):
    [pdf] = render([report("<p>FIRST</p>")], paper=A4, look=LOOK, service=service)
    assert "FIRST" in texts(pdf.content)[0] and pdf.page_count == 1 and pdf.warnings == ()
    ready, version = state(service)
    assert ready and version.startswith("Chrome/")


def test_stylesheets_and_fonts_travel_once(service):
    client, look = Watched(), Look((CSS, b".once{color:red}"))
    for _time in range(3):
        render([report("<p>x</p>")], paper=A4, look=look, service=client)
    assert client.sent[0] == 1 and client.sent[1] >= 2, (
        "the first time what is missing is sent along"
    )
    assert client.sent[2:] == [1, 1]


def test_a_large_batch_is_cut_in_calls_and_keeps_its_order(service):
    client = Watched()
    made = [invoice(2, word=f"n{number:03d}x")[0] for number in range(BATCH + 5)]
    drawn = render(made, paper=A4, look=LOOK, service=client)
    assert len(client.sent) == 2
    for number, pdf in enumerate(drawn):
        assert f"n{number:03d}x0001" in texts(pdf.content)[0]


def test_a_killed_worker_is_replaced_and_forgets_nothing_that_matters(service):
    render([report("<p>x</p>")], paper=A4, look=LOOK, service=service)
    os.kill(service.status()["workers"][0]["pid"], signal.SIGKILL)
    for _attempt in range(3):
        try:
            [pdf] = render([report("<p>AGAIN</p>")], paper=A4, look=LOOK, service=service)
            break
        except ServiceError:
            continue  # the job that met the death of the worker is told so
    assert "AGAIN" in texts(pdf.content)[0]


def test_a_job_past_its_time_is_a_timeout_not_a_document(service):
    page, _words = invoice(4000)
    with pytest.raises((ServiceTimeout, ServiceError)):
        render([page], paper=A4, look=LOOK, timeout=0.5, service=service)
    [pdf] = render([report("<p>NEXT</p>")], paper=A4, look=LOOK, service=service)
    assert "NEXT" in texts(pdf.content)[0]


def test_without_a_service_there_is_no_document(tmp_path, monkeypatch):
    monkeypatch.setenv("EFACTURE_RUN_DIR", str(tmp_path))
    tmp_path.chmod(0o755)
    with pytest.raises(ServiceUnavailable):
        render([report("<p>x</p>")], paper=A4, look=LOOK)
    assert state()[0] is False


# -- Odoo's way of handing pages over -----------------------------------------------------------------


def test_each_body_gets_its_own_header_and_footer():
    bodies = [
        f'<html><head><link rel="stylesheet" href="/web/assets/1/a.min.css"/><link rel="icon" href="/i.png"/>'
        f'</head><body><div class="article" data-oe-lang="fr_FR">{n}</div></body></html>'
        for n in range(3)
    ]
    header = (
        '<html><body><div id="minimal_layout_report_headers"><div class="header">h0</div>'
        '<div class="header">h1</div><div class="header">h2</div></div></body></html>'
    )
    footer = '<html><body><div id="minimal_layout_report_footers"></div></body></html>'
    pages = split_pages(bodies, header, footer)
    assert [page.header for page in pages] == [f'<div class="header">h{n}</div>' for n in range(3)]
    assert {page.footer for page in pages} == {""} and {page.lang for page in pages} == {"fr-FR"}
    assert stylesheet_urls(bodies[0]) == ("/web/assets/1/a.min.css",)
    assert split_pages(["<p>x</p>"], None, None) == [Page("<p>x</p>")]


def test_the_joined_pdf_has_the_outline_odoo_cuts_by(service):
    made = render(
        [invoice(2)[0], invoice(60)[0], invoice(1)[0]], paper=A4, look=LOOK, service=service
    )

    reader = PdfReader(io.BytesIO(join(made)))
    root, starts = reader.trailer["/Root"], []
    node = root["/Outlines"]["/First"]
    while True:
        starts.append(root["/Dests"][node["/Dest"]][0])
        if "/Next" not in node:
            break
        node = node["/Next"]
    assert starts == [0, 1, 1 + made[1].page_count]
    assert len(reader.pages) == sum(pdf.page_count for pdf in made)
    assert join(made[:1]) == made[0].content


def test_long_documents_go_a_few_at_a_time(service):
    client = Watched()
    long = report("<p>" + "word " * 200_000 + "</p>")
    assert len(list(renderer._batches([long] * 5))) == 3
    short = report("<p>x</p>")
    render([short] * 3, paper=A4, look=LOOK, service=client)
    assert len(client.sent) == 1

"""Invoice reports drawn by the page renderer: header, footer, text layer, ready for PDF/A-3."""

import base64
import logging
import posixpath
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, unquote, urlsplit

from odoo import models
from odoo.addons.base.models.report_paperformat import PAPER_SIZES
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import file_open, split_every
from odoo.tools.mimetypes import guess_mimetype

from ..hostservice import renderer, report_pages
from ..hostservice.protocol import HostServiceError, ServiceError

_logger = logging.getLogger(__name__)


class RendererAway(UserError):
    """The renderer does not answer now: nothing is said of the document itself."""


BATCH = 20  # invoices handed to the renderer while Odoo writes the next ones
_SIZES = {size["key"]: (size["width"], size["height"]) for size in PAPER_SIZES if "width" in size}
_IMAGE = re.compile(r"""(<img\b[^>]*?\bsrc=)(["'])(?!data:)([^"']+)\2""", re.IGNORECASE)
_STYLE_URL = re.compile(
    r"""url\(\s*(&quot;|&#39;|["']?)(?!data:)([^)"'&]+)\1\s*\)""", re.IGNORECASE
)
_CSS_URL = re.compile(r"""url\(\s*(['"]?)(?!data:)([^'")]+)\1\s*\)""", re.IGNORECASE)
_BUNDLE = re.compile(r"^/web/assets/(?:[^/]+/)*([^/]+\.css)$")
_FONTS = (".woff2", ".woff", ".ttf", ".otf")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_looks = {}  # (database, stylesheet addresses, which carry their version) → Look


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # -- which reports are drawn here -----------------------------------------------------------

    def _efacture_uses_renderer(self, report_ref=False):
        """Whether a report is drawn by our renderer instead of wkhtmltopdf.

        Invoices are, in a company that has not kept wkhtmltopdf; the others too where this
        machine has no wkhtmltopdf at all.
        """
        # sudo: a customer of the portal prints too, and may not read the company's settings
        if self.env.company.sudo().efacture_pdf_engine != "chromium":
            return False
        report = self._get_report(report_ref) if report_ref else self
        return report.model == "account.move" or self._efacture_native_state() != "ok"

    def _efacture_native_state(self):
        """What Odoo says of wkhtmltopdf on this machine, our renderer left aside."""
        return super().get_wkhtmltopdf_state()  # pylint: disable=super-method-mismatch

    # EXTENDS 'base'
    def get_wkhtmltopdf_state(self):
        state = self._efacture_native_state()
        if state != "ok" and self.env.company.sudo().efacture_pdf_engine == "chromium":
            return "ok"
        return state

    # EXTENDS 'base'
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if not self._efacture_uses_renderer(report_ref):
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )
        paper_format = (self._get_report(report_ref) if report_ref else self).get_paperformat()
        paper = self._efacture_paper(paper_format, landscape, specific_paperformat_args)
        zoom = 1.0 if paper_format.disable_shrinking else renderer.ZOOM
        job = self._efacture_render_job(list(bodies), header, footer, paper, zoom)
        return report_pages.join(self._efacture_checked(job()))

    # -- one PDF an invoice -----------------------------------------------------------------------

    def _efacture_render_pdfs(self, report_ref, res_ids, tagged=False):
        """The pages of several records, each as a PDF of its own (not yet PDF/A).

        Never in HTML, in tests too.

        :param report_ref: as for `_render_qweb_pdf`
        :param list res_ids: records of the report's model, each once
        :param bool tagged: with structure for screen readers (PDF/A-3a)
        :return: {res_id: RenderedPdf}, in the order asked
        :raises UserError: the renderer is not there, or a document cannot be drawn
        """
        return self._efacture_start_pdfs(report_ref, res_ids, tagged)()

    def _efacture_start_pdfs(self, report_ref, res_ids, tagged=False):
        """Write the HTML of several records and hand it over; a function that waits for the PDFs.

        The renderer draws while the caller does something else (writes the XML, say): twice as
        fast on two processors. Arguments, result and errors of that function are those of
        `_efacture_render_pdfs`.
        """
        res_ids = list(res_ids)
        if not self._efacture_uses_renderer(report_ref):
            return lambda: self._efacture_native_pdfs(report_ref, res_ids)
        report = self._get_report(report_ref).with_context(debug=False, webp_as_jpg=True)
        paper_format = report.get_paperformat()
        zoom = 1.0 if paper_format.disable_shrinking else renderer.ZOOM
        lane = ThreadPoolExecutor(1, thread_name_prefix="efacture-render")
        waiting = []
        for ids in split_every(BATCH, res_ids, list):
            content = self.with_context(debug=False, webp_as_jpg=True)._render_qweb_html(
                report_ref, ids, data={"report_type": "pdf", "debug": False}
            )[0]
            bodies, found_ids, header, footer, arguments = report._prepare_html(
                content, report_model=report.model
            )
            if found_ids != ids:
                raise UserError(
                    self.env._(
                        "The report “%(report)s” does not say which part belongs to which "
                        "invoice, so its pages cannot be separated. Ask your administrator to "
                        "restore the standard layout (Settings ▸ Companies ▸ Document Layout).",
                        report=report.name,
                    )
                )
            paper = self._efacture_paper(paper_format, self.env.context.get("landscape"), arguments)
            job = self._efacture_render_job(bodies, header, footer, paper, zoom, tagged)
            # The thread only waits on the service's socket: it never touches the cursor.
            waiting.append((ids, lane.submit(job)))
        lane.shutdown(wait=False)

        def collect():
            results = {}
            for ids, future in waiting:
                results.update(zip(ids, self._efacture_checked(future.result()), strict=True))
            return results

        return collect

    def _efacture_native_pdfs(self, report_ref, res_ids):
        """The same by wkhtmltopdf, one by one: its batches need a patched build."""
        drawing = self.with_context(force_report_rendering=True, report_pdf_no_attachment=True)
        return {
            res_id: renderer.RenderedPdf(
                drawing._render_qweb_pdf_prepare_streams(report_ref, None, res_ids=[res_id])[
                    res_id
                ]["stream"].getvalue(),
                0,
            )
            for res_id in res_ids
        }

    def _efacture_render_job(self, bodies, header, footer, paper, zoom, tagged=False):
        """A function without arguments, free of the ORM, that gives the PDFs or the error."""
        pages = report_pages.split_pages(bodies, header, footer)
        looks, cache = {}, {}
        embed = self._efacture_embed_pictures
        groups = {}
        for number, (body, page) in enumerate(zip(bodies, pages, strict=True)):
            urls = report_pages.stylesheet_urls(body)
            if urls not in looks:
                looks[urls] = self._efacture_look(urls)
            complete = renderer.Page(
                embed(page.body, cache),
                embed(page.header, cache),
                embed(page.footer, cache),
                page.lang,
            )
            groups.setdefault(urls, []).append((number, complete))

        def job():
            results = [None] * len(pages)
            try:
                for urls, numbered in groups.items():
                    drawn = renderer.render(
                        [page for _number, page in numbered],
                        paper=paper,
                        look=looks[urls],
                        zoom=zoom,
                        tagged=tagged,
                    )
                    for (number, _page), pdf in zip(numbered, drawn, strict=True):
                        results[number] = pdf
            except HostServiceError as error:
                return error
            return results

        return job

    def _efacture_checked(self, result):
        """The PDFs of a job, or the error as a sentence for people."""
        if isinstance(result, ServiceError):
            raise UserError(
                self.env._(
                    "This document could not be drawn: %(reason)s. Check its texts and pictures "
                    "(Settings ▸ Companies ▸ Document Layout), then try again.",
                    reason=result,
                )
            ) from result
        if isinstance(result, HostServiceError):
            raise RendererAway(
                self.env._(
                    "The PDF could not be made now: the page renderer of this server does not "
                    "answer (%(reason)s). Nothing was sent; try again in a moment, and if it lasts "
                    "ask your administrator to start the eFacture services.",
                    reason=result,
                )
            ) from result
        for pdf in result:
            for warning in pdf.warnings:
                _logger.warning("Report drawn without a part of it: %s", warning)
        return result

    # -- what Odoo's pages refer to -----------------------------------------------------------------

    def _efacture_paper(self, paper_format, landscape=False, arguments=None):
        """The sheet of a print, as `_build_wkhtmltopdf_args` understands the same settings."""
        arguments = arguments or {}
        if landscape is None and arguments.get("data-report-landscape"):
            landscape = arguments["data-report-landscape"]
        if paper_format.format == "custom" and paper_format.page_width and paper_format.page_height:
            width, height = float(paper_format.page_width), float(paper_format.page_height)
        else:
            width, height = _SIZES.get(paper_format.format) or _SIZES["A4"]
        if landscape or paper_format.orientation == "Landscape":
            width, height = height, width
        top = float(arguments.get("data-report-margin-top", paper_format.margin_top) or 0)
        bottom = float(arguments.get("data-report-margin-bottom", paper_format.margin_bottom) or 0)
        spacing = float(
            arguments.get("data-report-header-spacing", paper_format.header_spacing) or 0
        )
        return renderer.Paper(
            width=width,
            height=height,
            top=top,
            right=paper_format.margin_right,
            bottom=bottom,
            left=paper_format.margin_left,
            header_top=max(0.0, top - spacing),
            header_line=paper_format.header_line,
        )

    def _efacture_look(self, urls):
        """Stylesheets and fonts of report pages; read once per process and version of the bundle."""
        key = (self.env.cr.dbname, urls)
        look = _looks.get(key)
        if look is None or any("/debug/" in url for url in urls):
            found = [self._efacture_stylesheet(url) for url in urls]
            sheets = tuple(css for css in found if css)
            files = {}
            for css in sheets:
                for _quote, url in _CSS_URL.findall(css.decode("utf-8", "replace")):
                    path = urlsplit(url).path
                    if (
                        path.endswith((*_FONTS, *_PICTURES))
                        and "#" not in url
                        and (data := self._efacture_file(path))
                    ):
                        files[url] = data
            if len(_looks) >= 8:
                _looks.clear()
            look = _looks[key] = renderer.Look(sheets, files)
        return look

    def _efacture_stylesheet(self, url):
        """Content of a stylesheet link; None for one that is not ours to read."""
        path = urlsplit(url).path
        attachment = (
            # a bundle is public, but an ordinary user cannot search attachments of views
            self.env["ir.attachment"]
            .sudo()
            .search([("url", "=", path), ("public", "=", True)], limit=1)
        )
        if attachment:
            if attachment.file_size and not attachment.raw:
                raise UserError(
                    self.env._(
                        "The stylesheet of your reports is missing on this server, so the invoice "
                        "would come out without its layout. Ask your administrator to restore the "
                        "file store, or to regenerate the assets (debug menu ▸ Regenerate Assets)."
                    )
                )
            return attachment.raw
        if found := _BUNDLE.match(path):
            name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(
                found[1], path.startswith("/web/assets/debug/")
            )
            if kind == "css":
                bundle = self.env["ir.qweb"]._get_asset_bundle(
                    name, css=True, js=False, rtl=rtl, autoprefix=autoprefix
                )
                return bundle.css().raw if bundle.stylesheets else b""
        return self._efacture_file(path)

    def _efacture_file(self, path):
        """A file of a module's `static` folder, or of a public attachment by its address; or None."""
        path = posixpath.normpath(unquote(path))
        parts = path.strip("/").split("/")
        if len(parts) > 2 and parts[1] == "static":
            try:
                with file_open(
                    "/".join(parts), "rb", filter_ext=(*_FONTS, *_PICTURES, ".css")
                ) as file:
                    return file.read()
            except (OSError, ValueError):
                return None
        attachment = (
            # public by its own flag: the same answer as its address gives to anybody
            self.env["ir.attachment"]
            .sudo()
            .search([("url", "=", path), ("public", "=", True)], limit=1)
        )
        return attachment.raw or None

    def _efacture_embed_pictures(self, content, cache):
        """A page whose pictures by Odoo address are inside it: the renderer fetches nothing."""
        if not content:
            return content

        def data_uri(address):
            if address not in cache:
                picture = self._efacture_picture(address.replace("&amp;", "&"))
                cache[address] = (
                    f"data:{guess_mimetype(picture, 'image/png')};base64,{base64.b64encode(picture).decode()}"
                    if picture
                    else None
                )
            return cache[address]

        def image(match):
            uri = data_uri(match[3])
            return f"{match[1]}{match[2]}{uri}{match[2]}" if uri else match[0]

        def style(match):
            uri = data_uri(match[2])
            return f"url({uri})" if uri else match[0]

        content = _IMAGE.sub(image, content)
        return _STYLE_URL.sub(style, content) if "url(" in content else content

    def _efacture_picture(self, address):
        """Bytes of a picture of this database or of a module; None for any other address."""
        parts = urlsplit(address)
        own = urlsplit(self._get_report_url() or "").hostname
        if parts.hostname and parts.hostname != own:
            return None
        path, arguments = parts.path, dict(parse_qsl(parts.query))
        try:
            if path.startswith("/report/barcode"):
                steps = [unquote(step) for step in path.split("/")[3:] if step]
                kind = arguments.pop("barcode_type", None) or steps[0]
                value = arguments.pop("value", None) or "/".join(steps[1:])
                return self.barcode(kind, value, **arguments)
            if path.startswith("/web/image"):
                return self._efacture_image(path, arguments)
        except (AccessError, MissingError, UserError, ValueError, LookupError, OSError) as error:
            _logger.warning("Picture %s is left out of the report: %s", path, error)
            return None
        return self._efacture_file(path) if path.endswith(_PICTURES) else None

    def _efacture_image(self, path, arguments):
        """What `/web/image/…` gives to the current user."""
        steps = path.split("/")[3:]
        steps = [step for step in steps if step]
        xmlid = arguments.get("xmlid")
        model, res_id, field = (
            arguments.get("model", "ir.attachment"),
            arguments.get("id"),
            arguments.get("field", "raw"),
        )
        if steps and (number := re.match(r"(\d+)(?:-|$)", steps[0])):
            res_id = number[1]
        elif (
            steps and "." in steps[0] and (len(steps) < 2 or not re.match(r"\d+(?:-|$)", steps[1]))
        ):
            xmlid = steps[0]
        elif len(steps) >= 3:
            model, res_id, field = steps[0], re.match(r"\d+", steps[1])[0], steps[2]
        record = self.env["ir.binary"]._find_record(
            xmlid, model, res_id and int(res_id), arguments.get("access_token"), field=field
        )
        if record._name == "ir.attachment":
            return record.raw
        if record._fields[field].type != "binary":
            raise ValueError(f"{field} holds no picture")
        record._check_field_access(record._fields[field], "read")
        # without `bin_size` a binary field gives its content
        return base64.b64decode(record.with_context(bin_size=False)[field] or b"")

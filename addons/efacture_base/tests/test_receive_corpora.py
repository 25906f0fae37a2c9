import logging
import os

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import corpora_received as corpora
from .receive_common import ReceiveCase

_logger = logging.getLogger(__name__)
STEP = 23  # a sample in every run, all with --full


@tagged("post_install", "-at_install")
class TestReceiveCorpora(ReceiveCase):
    """Files that nobody here wrote: each becomes a bill equal to it, or the difference has its reason."""

    def test_examples_become_bills_equal_to_them(self):
        rows = corpora.manifest()
        if rows is None:
            self.skipTest("the shared corpora are not beside the project")
        full = os.environ.get("EFACTURE_TEST_FULL")
        corpora.prepare_company(self.env)
        results = []
        with mute_logger("factur-x"):  # it warns of odd values in the files
            for row in rows if full else rows[::STEP]:
                results.append(corpora.judge_alone(self.env, row))
        judged = [row for row in results if row.state == "to_check"]
        self.assertGreater(len(judged), 0.8 * len(results))
        for row in results:
            with self.subTest(file=row.file):
                self.assertFalse([item for item in row.differences if not item[3]])
                self.assertNotEqual(row.told, "bill", "Odoo refused a bill that was read")
                if row.valid:
                    self.assertEqual(row.state, "to_check")
        _logger.info(
            "EFACTURE-COUNT corpora received: %s files, %s bills, %s with differences",
            len(results),
            len(judged),
            sum(bool(row.differences) for row in judged),
        )

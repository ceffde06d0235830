"""`report.html`: one file that needs no network and no script, for a phone, a printer, and eyes that see no colour."""

from framing.evaluation.page.document import report_page

__all__ = ["report_page"]

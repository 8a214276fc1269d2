"""report.html: one file that shows what each stage of a run changed, made from the run's own files."""

from text2sql.html_report.page import write

__all__ = ["write"]

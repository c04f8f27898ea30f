"""Read the service board."""

from kizuna.success.service.queries.backlog import Backlog, backlog_of
from kizuna.success.service.queries.board import Board, Party, PersonFigures, board_of
from kizuna.success.service.queries.rows import PARTS, categories, figures_visible_to, is_counting, page_of, rows_of
from kizuna.success.service.queries.span import BoardFilter, Span, span_of
from kizuna.success.service.queries.values import Share, Times, share, times

__all__ = [
    "PARTS",
    "Backlog",
    "Board",
    "BoardFilter",
    "Party",
    "PersonFigures",
    "Share",
    "Span",
    "Times",
    "backlog_of",
    "board_of",
    "categories",
    "figures_visible_to",
    "is_counting",
    "page_of",
    "rows_of",
    "share",
    "span_of",
    "times",
]

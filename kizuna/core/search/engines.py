"""The inverted index: FTS5 on SQLite, `tsvector` with GIN on PostgreSQL. Two columns of tokens, words and grams.

Only which rows hold a token is asked of it; ranking happens in Python (`relevance`), so that both databases answer alike.
No parser of theirs ever sees a text: tokens are made by `base.text.tokens` and stored whole. This is the one place of the
app with SQL that differs by database.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from django.db import connection

from kizuna.base.text import tokens

WORDS, GRAMS = "words", "grams"
Fragment = tuple[str, list[Any]]


class Held(NamedTuple):
    """Tokens that a row must all hold in one column; with `beginnings` a Latin one may also begin a longer word."""

    column: str
    tokens: Sequence[str]
    beginnings: bool = False


class Source(NamedTuple):
    """What stands after FROM to read rows `r`, and the column of their ids by which it can go in order."""

    sql: str
    parameters: list[Any]
    row_id: str = "r.id"


# One piece of a query: any of these will do. A row matches when it has every piece.
Piece = Sequence[Held]
# (row id, word tokens, gram tokens)
Entry = tuple[int, Sequence[str], Sequence[str]]


class Engine(Protocol):
    """What the index can do. Fragments are SQL that selects one column `id`, with its parameters.

    Ids are made of times (`rows.row_id_of`), so that greater ones are newer. `since` is an id: `rows_with` gives newer
    rows only. `newest_holding` is told in about how many rows the token stands.
    """

    def add(self, entries: Iterable[Entry]) -> None: ...

    def remove(self, entries: Iterable[Entry]) -> None: ...

    def clear(self) -> None: ...

    def holding(self, column: str, found: Sequence[str], *, beginnings: bool = False) -> Fragment: ...

    def newest_holding(self, column: str, token: str, *, limit: int, frequency: int) -> Fragment: ...

    def rows_with(self, pieces: Sequence[Piece], *, are_few: bool, since: int | None = None) -> Source: ...

    def frequencies(self, column: str, found: Sequence[str]) -> dict[str, int]: ...

    def create(self) -> list[str]: ...


def engine() -> Engine:
    """Return the engine of the community's database."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


class SQLite:
    """FTS5 without content: removing needs the tokens that were added, which the rows' texts give."""

    def create(self) -> list[str]:
        """Return the statements that make the index."""
        return [
            f"CREATE VIRTUAL TABLE search_index USING fts5(words, grams, content='', detail=column, "
            f'tokenize="{tokens.FTS5_TOKENIZER}")',
            "CREATE VIRTUAL TABLE search_index_terms USING fts5vocab('search_index', 'col')",
        ]

    def add(self, entries: Iterable[Entry]) -> None:
        self._write("INSERT INTO search_index(rowid, words, grams) VALUES (%s, %s, %s)", entries)

    def remove(self, entries: Iterable[Entry]) -> None:
        self._write(
            "INSERT INTO search_index(search_index, rowid, words, grams) VALUES ('delete', %s, %s, %s)", entries
        )

    def _write(self, statement: str, entries: Iterable[Entry]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                statement, [(row, tokens.stored(words), tokens.stored(grams)) for row, words, grams in entries]
            )

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_index(search_index) VALUES ('delete-all')")

    def holding(self, column: str, found: Sequence[str], *, beginnings: bool = False) -> Fragment:
        query = tokens.fts5_all(found, column=column, beginnings=beginnings)
        return "SELECT rowid AS id FROM search_index WHERE search_index MATCH %s", [query]

    def rows_with(self, pieces: Sequence[Piece], *, are_few: bool, since: int | None = None) -> Source:
        """Return what to read rows `r` from, so that only those with every piece come, and newest first without sorting."""
        # CROSS JOIN is SQLite's way to be told which comes first: the index gives its rows one by one, in order.
        matched = "search_index f CROSS JOIN search_searchrow r ON r.id = f.rowid AND f.search_index MATCH %s"
        query = " AND ".join(f"({' OR '.join(map(_fts5, piece))})" for piece in pieces)
        if since is None:
            return Source(matched, [query], row_id="f.rowid")
        return Source(f"{matched} AND f.rowid > %s", [query, since], row_id="f.rowid")

    def newest_holding(self, column: str, token: str, *, limit: int, frequency: int) -> Fragment:
        statement, parameters = self.holding(column, [token])
        # A nested select: ORDER BY and LIMIT may not stand inside a UNION on SQLite.
        return f"SELECT id FROM ({statement} ORDER BY rowid DESC LIMIT %s)", [*parameters, limit]  # noqa: S608

    def frequencies(self, column: str, found: Sequence[str]) -> dict[str, int]:
        marks = ", ".join(["%s"] * len(found))
        statement = f"SELECT term, doc FROM search_index_terms WHERE col = %s AND term IN ({marks})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [column, *found])
            return dict(cursor.fetchall())


def _fts5(held: Held) -> str:
    return f"({tokens.fts5_all(held.tokens, column=held.column, beginnings=held.beginnings)})"


# Each row also holds the number of its era, some six days of ids, as a token in both columns. So GIN alone answers which
# rows of a time hold something; conditions on the key would be weighed against it by a planner that knows nothing of the
# price of a long list of tokens. `~` is in no token of a text.
ERA_BITS = 50
ERAS = """
CREATE OR REPLACE FUNCTION search_eras(first bigint, last bigint)
RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg('''~' || era || '''', ' | ')::tsquery FROM generate_series(first, last) AS era
$$
"""
# The newest rows that hold something, as many eras at a time as should hold enough of them: a frequent token costs what
# its newest rows do, a time without it next to nothing. A rare one is asked for at once.
NEWEST_HOLDING = """
CREATE OR REPLACE FUNCTION search_newest_{column}(wanted tsquery, at_most integer, frequency integer)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 2000
SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  missing integer := at_most;
  found integer;
  oldest bigint;
  upper bigint;
  lower bigint;
  width bigint;
BEGIN
  IF frequency <= at_most THEN
    RETURN QUERY
      WITH held AS MATERIALIZED (SELECT row_id FROM search_index WHERE {column} @@ wanted)
      SELECT row_id FROM held ORDER BY row_id DESC LIMIT at_most;
    RETURN;
  END IF;
  SELECT min(row_id) >> {bits}, max(row_id) >> {bits} INTO oldest, upper FROM search_index;
  width := greatest(1, (upper - oldest + 1) * at_most / frequency);
  WHILE missing > 0 AND upper >= oldest LOOP
    lower := greatest(oldest, upper - width + 1);
    RETURN QUERY
      WITH held AS MATERIALIZED (
        SELECT row_id FROM search_index WHERE {column} @@ wanted AND {column} @@ search_eras(lower, upper))
      SELECT row_id FROM held ORDER BY row_id DESC LIMIT missing;
    GET DIAGNOSTICS found = ROW_COUNT;
    missing := missing - found;
    upper := lower - 1;
  END LOOP;
END $$
"""


class PostgreSQL:
    """`tsvector` columns without positions: a phrase is checked on the folded letters instead.

    The tokens lie apart from the rows (TOAST), because GIN answers nearly everything and only ids are read: thousands of
    them lie on few pages.
    """

    def create(self) -> list[str]:
        """Return the statements that make the index."""
        return [
            "CREATE TABLE search_index (row_id bigint PRIMARY KEY, words tsvector NOT NULL, grams tsvector NOT NULL) "
            "WITH (toast_tuple_target = 128)",
            "ALTER TABLE search_index ALTER words SET STORAGE EXTERNAL, ALTER grams SET STORAGE EXTERNAL",
            "CREATE INDEX search_index_words ON search_index USING gin (words)",
            "CREATE INDEX search_index_grams ON search_index USING gin (grams)",
            ERAS,
            *(NEWEST_HOLDING.format(column=column, bits=ERA_BITS) for column in (WORDS, GRAMS)),
        ]

    def add(self, entries: Iterable[Entry]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_index(row_id, words, grams) VALUES (%s, %s::tsvector, %s::tsvector)",
                [
                    (row, tokens.tsvector_text([*words, _era(row)]), tokens.tsvector_text([*grams, _era(row)]))
                    for row, words, grams in entries
                ],
            )

    def remove(self, entries: Iterable[Entry]) -> None:
        rows = [row for row, _words, _grams in entries]
        if rows:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM search_index WHERE row_id = ANY(%s)", [rows])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE search_index")

    def holding(self, column: str, found: Sequence[str], *, beginnings: bool = False) -> Fragment:
        statement = f"SELECT row_id AS id FROM search_index WHERE {column} @@ %s::tsquery"  # noqa: S608 - our own names
        return statement, [tokens.tsquery_all(found, beginnings=beginnings)]

    def rows_with(self, pieces: Sequence[Piece], *, are_few: bool, since: int | None = None) -> Source:
        """Return what to read rows `r` from, so that only those with every piece come."""
        if since is not None:
            matched, parameters = self._newer_with(pieces, since)
            return Source(f"({matched}) f JOIN search_searchrow r ON r.id = f.row_id", parameters)
        conditions, parameters = [], []
        for piece in pieces:
            conditions.append(f"({' OR '.join(f'{held.column} @@ %s::tsquery' for held in piece)})")
            parameters += [_tsquery(held) for held in piece]
        matched = f"SELECT row_id FROM search_index WHERE {' AND '.join(conditions)}"  # noqa: S608 - our own names
        if (
            are_few
        ):  # else the planner would rather walk all rows by time and test each; OFFSET 0 keeps the select apart
            matched += " OFFSET 0"
        return Source(f"({matched}) f JOIN search_searchrow r ON r.id = f.row_id", parameters)

    def _newer_with(self, pieces: Sequence[Piece], since: int) -> Fragment:
        """Return the newer rows with every piece, one select for each column: an OR would read the tokens of every row."""
        one = (
            "SELECT row_id FROM search_index WHERE {column} @@ %s::tsquery "  # noqa: S608 - our own names
            f"AND {{column}} @@ search_eras(%s, (SELECT max(row_id) >> {ERA_BITS} FROM search_index)) AND row_id > %s"
        )
        unions, parameters = [], []
        for piece in pieces:
            unions.append(" UNION ".join(one.format(column=held.column) for held in piece))
            for held in piece:
                parameters += [_tsquery(held), since >> ERA_BITS, since]
        return " INTERSECT ".join(f"({union})" for union in unions), parameters

    def newest_holding(self, column: str, token: str, *, limit: int, frequency: int) -> Fragment:
        statement = f"SELECT id FROM search_newest_{column}(%s::tsquery, %s, %s) AS newest(id)"  # noqa: S608 - our own names
        return statement, [tokens.tsquery_all([token]), limit, frequency]

    def frequencies(self, column: str, found: Sequence[str]) -> dict[str, int]:
        counts = self._frequent(column)
        rare = [token for token in found if token not in counts]
        if not rare:
            return {token: counts[token] for token in found}
        one = f"SELECT %s AS term, count(*) AS doc FROM search_index WHERE {column} @@ %s::tsquery"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([one] * len(rare)),
                [value for token in rare for value in (token, tokens.tsquery_all([token]))],
            )
            return {token: counts[token] for token in found if token in counts} | dict(cursor.fetchall())

    def _frequent(self, column: str) -> dict[str, int]:
        """Return about how many rows hold the most frequent tokens, as the database's own statistics say."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, c.reltuples FROM pg_stats s "
                "JOIN pg_class c ON c.relname = s.tablename WHERE s.tablename = 'search_index' AND s.attname = %s",
                [column],
            )
            row = cursor.fetchone()
        if not row or not row[0]:
            return {}
        return {token: int(share * row[2]) for token, share in zip(row[0], row[1], strict=False)}


def _era(row: int) -> str:
    return f"~{row >> ERA_BITS}"


def _tsquery(held: Held) -> str:
    return tokens.tsquery_all(held.tokens, beginnings=held.beginnings)

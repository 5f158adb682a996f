"""Records in memory, written through to SQLite: each transaction is whole or absent, also after kill -9."""

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS record (model TEXT, id INTEGER, data TEXT NOT NULL, PRIMARY KEY (model, id));
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""
# The one field of a model by which its rows are found without looking at all of them.
INDEXED = {
    "purchase.order.line": "order_id",
    "stock.picking": "purchase_id",
    "ir.model.data": "name",
    "product.supplierinfo": "product_tmpl_id",
}


class Store:
    """One database. `transaction()` is the only way to change it; one runs at a time."""

    def __init__(self, folder: Path, version: int):
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._disk = sqlite3.connect(folder / f"odoo{version}.sqlite3", check_same_thread=False)
        self._disk.execute("PRAGMA journal_mode=WAL")
        self._disk.executescript(TABLES)
        self.rows: dict[str, dict[int, dict]] = defaultdict(dict)
        self._index: dict[tuple[str, object], set[int]] = defaultdict(set)
        for model, id_, data in self._disk.execute("SELECT model, id, data FROM record ORDER BY id"):
            self._put(model, id_, json.loads(data))
        self._last: dict[str, int] = dict(self._disk.execute("SELECT name, last FROM sequence").fetchall())
        self._before: dict[tuple[str, int], dict | None] = {}
        self._depth = 0
        self.commits = 0
        self.named_at: dict[
            str, int
        ] = {}  # external id -> commit that made it, to see a race as PostgreSQL does

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is committed at the end, or undone by an exception."""
        with self._lock:
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._undo()
                raise
            else:
                if self._depth == 1:
                    self._commit()
            finally:
                self._depth -= 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._lock:
            yield

    def undo_all(self) -> None:
        """Forgets what the running transaction changed, as load() does after a bad row."""
        self._undo()

    def _undo(self) -> None:
        for (model, id_), old in self._before.items():
            self._put(model, id_, old)
        self._before = {}

    def _commit(self) -> None:
        if not self._before:
            return
        self.commits += 1
        with self._disk:
            for (model, id_), old in self._before.items():
                now = self.rows[model].get(id_)
                if now is None:
                    self._disk.execute("DELETE FROM record WHERE model = ? AND id = ?", (model, id_))
                else:
                    self._disk.execute(
                        "INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (model, id_, json.dumps(now))
                    )
                    if model == "ir.model.data" and old is None:
                        self.named_at[f"{now['module']}.{now['name']}"] = self.commits
            self._disk.executemany("INSERT OR REPLACE INTO sequence VALUES (?, ?)", self._last.items())
        self._before = {}

    def _put(self, model: str, id_: int, row: dict | None) -> None:
        """The only place where a row changes, so that the index follows."""
        key = INDEXED.get(model)
        if key and (old := self.rows[model].get(id_)):
            self._index[model, old.get(key)].discard(id_)
        if row is None:
            self.rows[model].pop(id_, None)
            return
        self.rows[model][id_] = row
        if key:
            self._index[model, row.get(key)].add(id_)

    def find(self, model: str, /, **equal: object) -> list[dict]:
        """The rows whose fields have these values, by id."""
        key = INDEXED.get(model)
        rows = self.rows[model]
        among = (
            [rows[id_] for id_ in sorted(self._index[model, equal[key]])] if key in equal else rows.values()
        )
        return [row for row in among if all(row.get(name) == value for name, value in equal.items())]

    def _remember(self, model: str, id_: int) -> None:
        old = self.rows[model].get(id_)
        self._before.setdefault((model, id_), None if old is None else dict(old))

    def next(self, name: str) -> int:
        """The next number of a sequence; like PostgreSQL's, it is not given back by an undone transaction."""
        self._last[name] = self._last.get(name, 0) + 1
        return self._last[name]

    def start_at(self, name: str, number: int) -> None:
        self._last[name] = max(self._last.get(name, 0), number - 1)

    def insert(self, model: str, values: dict, id_: int | None = None) -> int:
        if id_ is None:
            id_ = self.next(model)
        else:
            self.start_at(model, id_ + 1)
        self._remember(model, id_)
        self._put(model, id_, {**values, "id": id_})
        return id_

    def update(self, model: str, id_: int, values: dict) -> None:
        self._remember(model, id_)
        self._put(model, id_, {**self.rows[model][id_], **values})

    def delete(self, model: str, id_: int) -> None:
        self._remember(model, id_)
        self._put(model, id_, None)

    def close(self) -> None:
        with self._lock:
            self._disk.close()

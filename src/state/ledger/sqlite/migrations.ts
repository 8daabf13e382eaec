/**
 * The tables of the ledger, version by version. A version that was released is never changed: a new one is
 * added behind it. What it adds must leave statements of the version before working, since a process of that one may
 * still be writing while the new one starts.
 *
 * @module
 */

/** Each brings the database from the version before it; the first from nothing. */
export const MIGRATIONS: readonly string[] = [
  `
  -- What sums are kept of: see Scope. All of them stay for ever, and are few.
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, names TEXT NOT NULL, UNIQUE (scope, names)
  ) STRICT;

  -- By hours and by days of UTC since 1970. Together for a time, since that is how they are written.
  CREATE TABLE hours (
    scope INTEGER NOT NULL, time INTEGER NOT NULL, series INTEGER NOT NULL,
    calls INTEGER NOT NULL, failed INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL, PRIMARY KEY (scope, time, series)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE days (
    scope INTEGER NOT NULL, time INTEGER NOT NULL, series INTEGER NOT NULL,
    calls INTEGER NOT NULL, failed INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL, PRIMARY KEY (scope, time, series)
  ) STRICT, WITHOUT ROWID;

  -- All that calls are asked for by but their time and their texts, so that one index finds them by all of it.
  CREATE TABLE labels (
    id INTEGER PRIMARY KEY, series INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL,
    UNIQUE (series, outcome, status)
  ) STRICT;

  -- Narrow, so that many can be looked through; ids are times, see call_id.ts.
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY, label INTEGER NOT NULL, request_hash INTEGER NOT NULL,
    cost_usd REAL NOT NULL, costs_elsewhere TEXT, uid TEXT NOT NULL, texts TEXT NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_label ON calls (label);
  CREATE INDEX calls_by_request ON calls (request_hash);
  CREATE TABLE records (id INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE bodies (id INTEGER PRIMARY KEY, bodies TEXT NOT NULL) STRICT;

  CREATE TABLE entities (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO versions VALUES ('entities', 0);
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
    target TEXT NOT NULL, before TEXT, after TEXT
  ) STRICT;
  `,
];

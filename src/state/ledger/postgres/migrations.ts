/**
 * The tables of the ledger in Postgres, version by version. A version that was released is never changed: a new one is
 * added behind it, which leaves statements of the version before working, since other machines may still run that one.
 *
 * @module
 */

/** Each brings the database from the version before it; the first from nothing. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE weir.series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, scope integer NOT NULL, names text NOT NULL,
    UNIQUE (scope, names)
  );
  CREATE TABLE weir.hours (
    scope integer, time integer, series integer,
    calls bigint NOT NULL, failed bigint NOT NULL, input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL, cached_tokens bigint NOT NULL, reasoning_tokens bigint NOT NULL,
    cost_usd double precision NOT NULL, unpriced bigint NOT NULL, estimated bigint NOT NULL,
    PRIMARY KEY (scope, time, series)
  );
  CREATE TABLE weir.days (LIKE weir.hours INCLUDING ALL);
  CREATE TABLE weir.labels (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, series integer NOT NULL,
    outcome text NOT NULL, status integer NOT NULL, UNIQUE (series, outcome, status)
  );
  CREATE TABLE weir.calls (
    ended_ms bigint, uid text COLLATE "C", label integer NOT NULL, request_hash bigint NOT NULL,
    cost_usd double precision NOT NULL, costs_elsewhere text, texts text NOT NULL,
    PRIMARY KEY (ended_ms, uid)
  );
  CREATE INDEX calls_by_label ON weir.calls (label, ended_ms, uid);
  CREATE INDEX calls_by_request ON weir.calls (request_hash);
  CREATE TABLE weir.records (
    ended_ms bigint, uid text COLLATE "C", record text NOT NULL, bodies text,
    PRIMARY KEY (ended_ms, uid)
  );
  CREATE TABLE weir.entities (
    kind text, id text, body text NOT NULL, PRIMARY KEY (kind, id)
  );
  CREATE TABLE weir.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_ms bigint NOT NULL, who text NOT NULL,
    action text NOT NULL, target text NOT NULL, before text, after text
  );
  CREATE INDEX audit_by_time ON weir.audit (at_ms);
  INSERT INTO weir.versions VALUES ('entities', 0);
  `,
];

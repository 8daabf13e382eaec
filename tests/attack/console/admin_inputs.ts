/**
 * The admin API as it describes itself: each parameter with each hostile text, each body with each hostile value,
 * and everybody who may not.
 *
 * @module
 */

import { escaped, HOSTILE_TEXTS } from "../hostile_texts.ts";
import { HOSTILE_VALUES, jsonWith, placesOf, shown, wrongAt } from "../hostile_values.ts";
import { type HostileInput, requestOf, wireOf } from "../hostile_input.ts";
import { SECRETS } from "../judge.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly unknown[];
}

export type AdminDocument = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}>;

interface AdminOperation extends Operation {
  readonly path: string;
  readonly method: string;
}

const BASE = "/admin/v1";
/** It has an answer, or the fault is the caller's. */
const STATUSES = [200, 201, 204, 400, 404, 405, 409, 413, 415];
/** An answer that does not end, and one that ends a session. */
const LEFT_OUT = /^(GET \/events|DELETE \/session|POST \/reload)$/;

/** Bodies that are right, by the path that takes them. */
const BODIES: Readonly<Record<string, object>> = {
  "/keys": {
    name: "a",
    team: "t",
    tags: { a: "b" },
    models: ["m"],
    limits: { v1: 1 },
    budget: { usd: 1, period: "day" },
    expires: "2099-01-01",
  },
  "/keys/{id}": { disabled: true, models: ["m"], budget: { usd: 1, period: "day" } },
  "/keys/{id}/rotate": { grace_seconds: 60 },
  "/teams": { name: "a", budget: { usd: 1, period: "day" } },
  "/teams/{id}": { budget: { usd: 1, period: "day" } },
  // Of nobody who calls.
  "/budgets": { scope: { kind: "team", name: "nobody" }, usd: 1, period: "day" },
  "/budgets/{id}": { usd: 1 },
  "/config/check": { text: "{}" },
  "/playground": { key: "a" },
  "/session": { key: "wrong" },
};

function operationsOf({ paths }: AdminDocument): readonly AdminOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
    }))
  ).filter(({ method, path }) => !LEFT_OUT.test(`${method} ${path}`));
}

const ADMIN = [`authorization: Bearer ${SECRETS.admin}`];

/** A text in place of one parameter, and what is harmless in place of the others. */
function targetOf(
  { path, parameters = [] }: AdminOperation,
  hostile: Parameter,
  text: string,
): string {
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => name === hostile.name ? escaped(text) : "a",
  );
  const isQuery = parameters.some((each) => each === hostile && each.in === "query");
  const name = hostile.name === "tag" ? `tag.${escaped(text)}` : hostile.name;
  return BASE + filled + (isQuery ? `?${name}=${escaped(text)}` : "");
}

function parametersOf(operation: AdminOperation): readonly HostileInput[] {
  const { method, path, parameters = [] } = operation;
  return parameters.flatMap((parameter) =>
    HOSTILE_TEXTS.map(({ name, text }) => ({
      name: `${method} ${path}: ${name} as ${parameter.name}`,
      statuses: STATUSES,
      errors: "openai" as const,
      wire: () =>
        requestOf({
          method,
          target: targetOf(operation, parameter, text),
          headers: ADMIN,
          ...(method !== "GET" && { body: "{}" }),
        }),
    }))
  );
}

function bodiesOf({ method, path }: AdminOperation): readonly HostileInput[] {
  const body = BODIES[path];
  if (body === undefined || method === "GET" || method === "DELETE") return [];
  const input = (name: string, json: string): HostileInput => ({
    name: `${method} ${path}: ${name}`,
    statuses: [...STATUSES, 401],
    errors: "openai",
    wire: () =>
      requestOf({
        method,
        target: BASE + path.replaceAll(/\{\w+\}/g, "a"),
        headers: ADMIN,
        body: wireOf(json),
      }),
  });
  return placesOf(body).flatMap((place, at) => [
    ...wrongAt(body, place, HOSTILE_VALUES).map(({ name, json }) => input(name, json)),
    ...HOSTILE_TEXTS.filter((_, index) => (index + at) % 4 === 0).map(({ name, text }) =>
      input(`${name} for ${shown(place)}`, jsonWith(body, place, JSON.stringify(text)))
    ),
  ]);
}

/** Whoever is nobody, or less than is needed, or another page in the browser of somebody who is. */
function strangersOf(
  { method, path, security }: AdminOperation,
  cookie: string,
): readonly HostileInput[] {
  if (security !== undefined) return [];
  const forged = (change: (value: string) => string) =>
    `cookie: ${cookie.replace(/=(.*)$/, (_, value) => `=${change(value)}`)}`;
  const evil = ["origin: http://evil.invalid", "sec-fetch-site: cross-site"];
  const strangers:
    readonly (readonly [who: string, headers: readonly string[], isReader?: boolean])[] = [
      ["nobody", ["authorization: none"]],
      ["a client", [`authorization: Bearer ${SECRETS.client}`]],
      ["who knows the metrics' key", [`authorization: Bearer ${SECRETS.metrics}`]],
      ["who knows a provider's key", [`authorization: Bearer ${SECRETS.upstream}`]],
      ["who knows half a key", [`authorization: Bearer ${SECRETS.admin.slice(0, -1)}`]],
      ["who names a user", [
        "authorization: none",
        "x-forwarded-user: root",
        "x-forwarded-for: 127.0.0.1",
      ]],
      ["a cookie of an empty value", ["authorization: none", forged(() => "")]],
      ["a cookie with another end", [
        "authorization: none",
        forged((value) => value.replace(/\d{6,}/, "99999999999")),
      ]],
      ["a cookie with another role", [
        "authorization: none",
        forged((value) => value.replace(/write|admin/, "write")) + "x",
      ]],
      ["a cookie with another signature", [
        "authorization: none",
        forged((value) => value.slice(0, -4) + "AAAA"),
      ]],
      ["a cookie without a signature", [
        "authorization: none",
        forged((value) => value.replace(/\.[^.]*$/, ".")),
      ]],
      ...(method === "GET" ? [] : [
        ["another page with the cookie", ["authorization: none", `cookie: ${cookie}`, ...evil]],
        ["another page's form", [
          "authorization: none",
          `cookie: ${cookie}`,
          ...evil,
          "content-type: text/plain",
        ]],
        ["who may only look", [`authorization: Bearer ${SECRETS.reader}`], true],
      ] as const),
    ];
  return strangers.map(([who, headers, isReader = false]) => ({
    name: `${method} ${path}: ${who}`,
    statuses: isReader ? [403, 200, 400, 404] : [401, 403],
    errors: "openai",
    wire: () =>
      requestOf({
        method,
        target: BASE + path.replaceAll(/\{\w+\}/g, "a"),
        headers,
        ...(method !== "GET" && { body: JSON.stringify(BODIES[path] ?? {}) }),
      }),
  }));
}

export function adminInputs(
  document: AdminDocument,
  cookie: string,
): Readonly<Record<string, readonly HostileInput[]>> {
  const operations = operationsOf(document);
  return {
    parameters: operations.flatMap(parametersOf),
    bodies: operations.flatMap(bodiesOf),
    strangers: operations.flatMap((operation) => strangersOf(operation, cookie)),
  };
}

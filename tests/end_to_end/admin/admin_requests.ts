/** What is asked of each address that the admin API describes. */

import { type AdminRequest, READ_KEY } from "../../support/admin.ts";

export function requestsFor(
  { call, key, team, budget }: Readonly<Record<"call" | "key" | "team" | "budget", string>>,
): Readonly<Record<string, AdminRequest & { readonly path: string }>> {
  const empty = { body: {} };
  return {
    "GET /me": { path: "/me" },
    "GET /session": { path: "/session" },
    "POST /session": { path: "/session", body: { key: READ_KEY } },
    "DELETE /session": { path: "/session" },
    "POST /playground": { path: "/playground", body: {} },
    "GET /health": { path: "/health" },
    "GET /usage": { path: "/usage?group=model,day" },
    "GET /calls": { path: "/calls?limit=3&from=2020-01-01T00:00:00Z" },
    "GET /calls/{id}": { path: `/calls/${call}` },
    "GET /keys": { path: "/keys" },
    "POST /keys": { path: "/keys", body: { name: `of-${key.slice(-6)}` } },
    "GET /keys/{id}": { path: `/keys/${key}` },
    "PATCH /keys/{id}": { path: `/keys/${key}`, body: { owner: "kim", tags: { a: "b" } } },
    "POST /keys/{id}/rotate": { path: `/keys/${key}/rotate`, ...empty },
    "DELETE /keys/{id}": { path: `/keys/${key}` },
    "GET /teams": { path: "/teams" },
    "POST /teams": { path: "/teams", body: { name: "ops2", description: "x" } },
    "GET /teams/{id}": { path: `/teams/${team}` },
    "PATCH /teams/{id}": { path: `/teams/${team}`, body: { budget: null } },
    "DELETE /teams/{id}": { path: `/teams/${team}` },
    "GET /budgets": { path: "/budgets" },
    "POST /budgets": {
      path: "/budgets",
      body: {
        scope: { kind: "all" },
        usd: 100,
        period: "month",
        time_zone: "Europe/Berlin",
        mode: "soft",
      },
    },
    "GET /budgets/{id}": { path: `/budgets/${budget}` },
    "PATCH /budgets/{id}": { path: `/budgets/${budget}`, body: { usd: 6 } },
    "DELETE /budgets/{id}": { path: `/budgets/${budget}` },
    "GET /providers": { path: "/providers" },
    "POST /providers/{name}/doctor": { path: "/providers/openai/doctor" },
    "GET /models": { path: "/models" },
    "GET /config": { path: "/config" },
    "POST /config/check": { path: "/config/check", body: "{}" },
    "POST /reload": { path: "/reload" },
    "GET /cache": { path: "/cache" },
    "DELETE /cache": { path: "/cache" },
    "GET /audit": { path: "/audit" },
    "GET /openapi.json": { path: "/openapi.json" },
  };
}

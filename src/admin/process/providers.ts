/** `/providers`: where calls go, how that is now, and what is wrong with it. */

import * as z from "zod";
import type { Administration } from "../../core/administration.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import type { Provider } from "../../core/provider/provider.ts";
import {
  type OperationsParts,
  type ShownFailure,
  stateWord,
} from "../../surfaces/operations/operations.ts";
import { moment, momentOf, pageOf } from "../api/filters.ts";
import { askRecent, type Recent, recentCalls, summarize } from "../calls/recent.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

const failure = z.object({ at: moment, code: z.string() }).nullable();

const shownProvider = z.object({
  name: z.string(),
  address: z.string(),
  is_default: z.boolean(),
  formats: z.record(z.string(), z.array(z.string())).describe("What it speaks, by operation."),
  state: z.enum(["ok", "failing", "unknown"]).describe("By the last request to it."),
  last_failure: failure,
  model_list_failure: failure,
  keys: z.array(z.object({
    name: z.string(),
    state: z.enum(["ok", "cooling"]),
    reason: z.string().optional(),
    retry_after_seconds: z.int().optional(),
  })).describe("Where it has several."),
  cooling: z.array(z.object({
    target: z.string(),
    reason: z.string(),
    code: z.string(),
    retry_after_seconds: z.int(),
  })).describe("Models that are left out for a while."),
  paced: z.array(z.object({
    target: z.string(),
    waiting: z.int(),
    requests_left: z.number().nullable(),
    tokens_left: z.number().nullable(),
    rest_seconds: z.int(),
  })).describe("Models whose limits it has told."),
  recent: recentCalls.nullable().describe("Null while the ledger cannot be reached."),
});

export type ShownProvider = z.output<typeof shownProvider>;

const diagnosis = z.object({
  name: z.string(),
  ok: z.boolean(),
  findings: z.array(z.object({ kind: z.enum(["ok", "note", "problem"]), text: z.string() })),
});

export type ShownDiagnosis = z.output<typeof diagnosis>;

export interface ProviderRouteParts {
  readonly operations: OperationsParts;
  readonly ledger: Pick<Ledger, "store">;
  readonly administration: Administration;
  readonly clock: Clock;
}

export function providerRoutes(parts: ProviderRouteParts): readonly AdminRoute[] {
  return [
    route({
      method: "GET",
      path: "/providers",
      role: "read",
      summary: "Providers, the default first",
      answer: { status: 200, meaning: "All of them", schema: pageOf(shownProvider) },
      handle: async () => {
        const recent = await askRecent(parts.ledger, parts.clock.epochMs());
        const data = parts.operations.providers.map((provider, index) =>
          shown(parts.operations, provider, index === 0, recent)
        );
        return json({ data, next_cursor: null });
      },
    }),
    route({
      method: "POST",
      path: "/providers/{name}/doctor",
      role: "write",
      summary: "Try a provider and its keys, and say what is wrong with it",
      answer: { status: 200, meaning: "What was found", schema: diagnosis },
      handle: async ({ params: { name = "" } }) => {
        const findings = await parts.administration.diagnose(name);
        if (findings === undefined) {
          const message = "There is no provider of this name; GET /admin/v1/providers lists all";
          throw new GatewayError("not_found", message);
        }
        return json({ name, ok: findings.every(({ kind }) => kind !== "problem"), findings });
      },
    }),
  ];
}

function shown(
  { stateOf, cooling, coolingKeys, paced }: OperationsParts,
  { name, target, formats, keys = [] }: Provider,
  isDefault: boolean,
  recent: Recent | undefined,
): ShownProvider {
  const state = stateOf(name);
  const isIts = ({ target }: { readonly target: string }): boolean => target.startsWith(`${name}/`);
  const cool = coolingKeys().filter(({ provider }) => provider === name);
  return {
    name,
    address: target,
    is_default: isDefault,
    formats: Object.fromEntries(
      Object.entries(formats).map(([operation, of]) => [operation, of.map(({ name }) => name)]),
    ),
    state: stateWord(state?.isFailing),
    last_failure: shownFailure(state?.lastFailure),
    model_list_failure: shownFailure(state?.listFailure),
    keys: keys.length < 2 ? [] : keys.map(({ name }) => {
      const left = cool.find(({ key }) => key === name);
      if (left === undefined) return { name, state: "ok" };
      const { reason, retryAfterMs } = left;
      return { name, state: "cooling", reason, retry_after_seconds: secondsOf(retryAfterMs) };
    }),
    cooling: cooling().filter(isIts).map(({ target, reason, code, retryAfterMs }) => ({
      target,
      reason,
      code,
      retry_after_seconds: secondsOf(retryAfterMs),
    })),
    paced: paced().filter(isIts).map(({ target, waiting, requests, tokens, restMs }) => ({
      target,
      waiting,
      requests_left: requests ?? null,
      tokens_left: tokens ?? null,
      rest_seconds: secondsOf(restMs),
    })),
    recent: recent === undefined ? null : summarize(recent, ({ upstream }) => upstream === name),
  };
}

function shownFailure(failed: ShownFailure | undefined): z.output<typeof failure> {
  return failed === undefined ? null : { at: momentOf(failed.epochMs), code: failed.code };
}

function secondsOf(durationMs: number): number {
  return Math.ceil(durationMs / 1_000);
}

/** `GET /calls` and `GET /calls/{id}`: single calls, as the log has them. */

import * as z from "zod";
import { type AttemptRecord, type CallRecord, shownUsd } from "../../core/ledger/call_record.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { TEXT_SEARCH_CALLS } from "../../core/ledger/ledger_store.ts";
import { OUTCOME_KINDS } from "../../core/outcome.ts";
import { askStore } from "../api/ask_store.ts";
import {
  filterOf,
  filterParameters,
  moment,
  momentOf,
  pageOf,
  pageParameters,
  pageSize,
} from "../api/filters.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

const query = z.strictObject({
  ...filterParameters,
  outcome: z.enum(OUTCOME_KINDS).optional(),
  status: z.string().regex(
    /^[1-5](?:\d\d|xx)?$/i,
    "must be a status such as 404, or 4xx for all that begin so",
  ).transform((text) => Number(text.replace(/xx$/i, ""))).optional(),
  text: z.string().min(1).max(200).optional().describe(
    `Looked for in ids, names, codes and causes of the newest ${TEXT_SEARCH_CALLS} calls of the window.`,
  ),
  ...pageParameters,
});

const cost = {
  cost: z.number().nullable().describe("US dollars; null where nobody knows."),
  cost_estimated: z.boolean(),
};

const call = z.looseObject({
  id: z.string().describe("Of this call alone."),
  ended_at: moment,
  team: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  ...cost,
}).describe("Beside these, the members of the call's line in the log, by their names there.");

export type ShownCall = z.output<typeof call>;

const attemptSchema = z.object({
  provider: z.string(),
  model: z.string(),
  key: z.string().nullable().describe("Name of the provider's key, where it has several."),
  sent_ms: z.number().describe("From the call's arrival."),
  ended_ms: z.number().describe("From the call's arrival."),
  status: z.int().nullable(),
  outcome: z.string(),
  cause: z.string().nullable(),
  ...cost,
});

export type ShownAttempt = z.output<typeof attemptSchema>;

const wholeCall = call.extend({
  tries: z.array(attemptSchema).describe("Each request to a provider."),
  bodies: z.object({
    request: z.string().optional(),
    forwarded: z.string().optional(),
    answer: z.string().optional(),
  }).nullable().describe("Where the configuration has them kept."),
});

export type WholeCall = z.output<typeof wholeCall>;

export function callRoutes({ store }: Pick<Ledger, "store">): readonly AdminRoute[] {
  return [
    route<z.output<typeof query>>({
      method: "GET",
      path: "/calls",
      role: "read",
      summary: "Calls, the newest first",
      query,
      answer: {
        status: 200,
        meaning: "A page of calls",
        schema: pageOf(call).extend({
          is_partial: z.boolean().describe(
            "There are older calls that the text was not looked for in.",
          ),
        }),
      },
      handle: async ({ query: { outcome, status, text, limit, cursor, ...filter } }) => {
        const { calls, nextCursor, isPartial } = await askStore(store.calls({
          ...filterOf(filter),
          ...(outcome !== undefined && { outcome }),
          ...(status !== undefined && { status }),
          ...(text !== undefined && { text }),
          ...(cursor !== undefined && { cursor }),
          limit: pageSize(limit),
        }));
        return json({
          data: calls.map(shownCall),
          next_cursor: nextCursor ?? null,
          is_partial: isPartial,
        });
      },
    }),
    route({
      method: "GET",
      path: "/calls/{id}",
      role: "read",
      summary: "A call with its attempts, and its bodies where they are kept",
      answer: { status: 200, meaning: "The call", schema: wholeCall },
      handle: async ({ params: { id = "" } }) => {
        const found = await askStore(store.call(id));
        if (found === undefined) {
          throw new GatewayError(
            "not_found",
            "The ledger has no call of this id, or none any more",
          );
        }
        return json({
          ...shownCall(found),
          tries: found.attempts.map(shownAttempt),
          bodies: found.bodies ?? null,
        });
      },
    }),
  ];
}

function shownCall(
  { uid, endedMs, line, team, tags, costUsd, isEstimated }: CallRecord,
): JsonObject {
  return {
    ...line,
    id: uid,
    ended_at: momentOf(endedMs),
    ...(team !== undefined && { team }),
    ...(tags !== undefined && { tags: { ...tags } }),
    cost: shownUsd(costUsd),
    cost_estimated: isEstimated,
  };
}

function shownAttempt(attempt: AttemptRecord): ShownAttempt {
  const { provider, model, key, sentMs, endedMs, status, outcome, cause, cost } = attempt;
  return {
    provider,
    model,
    key: key ?? null,
    sent_ms: sentMs,
    ended_ms: endedMs,
    status: status ?? null,
    outcome,
    cause: cause ?? null,
    cost: shownUsd(cost.usd),
    cost_estimated: cost.isEstimated,
  };
}

/** `/cache`: the answers that are kept to be given again. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { noteOf, type NoteParts } from "../api/note.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

export interface CacheRouteParts extends NoteParts {
  /** `undefined` where none are kept. */
  readonly answers: {
    readonly held: { readonly count: number; readonly bytes: number } | undefined;
    readonly purge: () => boolean | Promise<boolean>;
  } | undefined;
}

const shownCache = z.object({
  enabled: z.boolean(),
  answers: z.number().nullable().describe(
    "Held by the thread that answers; null where Redis holds them.",
  ),
  bytes: z.number().nullable().describe("Memory that they take, about."),
});

export function cacheRoutes(parts: CacheRouteParts): readonly AdminRoute[] {
  const { answers } = parts;
  return [
    route({
      method: "GET",
      path: "/cache",
      role: "read",
      summary: "What is held of the answers that are given again",
      answer: { status: 200, meaning: "What this thread holds", schema: shownCache },
      handle: () => {
        if (answers === undefined) return json({ enabled: false, answers: 0, bytes: 0 });
        const { count = null, bytes = null } = answers.held ?? {};
        return json({ enabled: true, answers: count, bytes });
      },
    }),
    route({
      method: "DELETE",
      path: "/cache",
      role: "write",
      summary: "Forget all answers that are kept, in all threads",
      answer: {
        status: 200,
        meaning: "None of them is given again",
        schema: z.object({ purged: z.literal(true), warning: z.string().optional() }),
      },
      handle: async ({ caller }) => {
        if (await answers?.purge() === false) {
          throw new GatewayError(
            "overloaded",
            "Redis, which keeps the answers, cannot be reached; nothing was forgotten, try again",
            { code: "cache_unreachable" },
          );
        }
        return json({ purged: true, ...await noteOf(parts, caller, "cache.purge", "cache") });
      },
    }),
  ];
}

/** `GET /events`: what happens now, as server-sent events. */

import * as z from "zod";
import { type Ledger, LEDGER_EVENTS } from "../../core/ledger/ledger.ts";
import type { EventViewers } from "./event_viewers.ts";
import { type AdminRoute, route } from "../api/route.ts";

const EVENT_TYPES: readonly string[] = LEDGER_EVENTS;
const TYPES = `must be types with commas between, of ${EVENT_TYPES.join(", ")}`;

const query = z.strictObject({
  types: z.string().transform((text) => text.split(","))
    .refine((types) => types.every((type) => EVENT_TYPES.includes(type)), TYPES)
    .optional().describe("Types of events with commas between; all if not given."),
});

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  // Nginx would gather events before it hands them on.
  "x-accel-buffering": "no",
};

export function eventsRoute(
  { events }: Pick<Ledger, "events">,
  viewers: EventViewers,
): AdminRoute {
  return route<z.output<typeof query>>({
    method: "GET",
    path: "/events",
    role: "read",
    summary: "What happens now: calls as they run, budgets, providers, keys, reloads",
    query,
    answer: {
      status: 200,
      meaning: "Server-sent events until either side ends it; each has `type`, `at` and `data`",
      mediaTypes: ["text/event-stream"],
    },
    handle: ({ request: { method }, query: { types } }) => {
      if (method === "HEAD") return new Response(null, { headers: HEADERS });
      const wants = (type: string): boolean => types === undefined || types.includes(type);
      return new Response(viewers.open(events, wants), { headers: HEADERS });
    },
  });
}

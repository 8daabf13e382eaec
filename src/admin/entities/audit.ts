/** `GET /audit`: who changed what. */

import * as z from "zod";
import type { Ledger } from "../../core/ledger/ledger.ts";
import { askStore } from "../api/ask_store.ts";
import { moment, momentOf, pageOf, pageParameters, pageSize } from "../api/filters.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

const query = z.strictObject(pageParameters);

const entry = z.object({
  at: moment,
  who: z.string(),
  action: z.string().describe("Such as `key.create`."),
  target: z.string().describe("Id of what was changed."),
  before: z.looseObject({}).nullable(),
  after: z.looseObject({}).nullable(),
});

export type ShownEntry = z.output<typeof entry>;

export function auditRoute({ store }: Pick<Ledger, "store">): AdminRoute {
  return route<z.output<typeof query>>({
    method: "GET",
    path: "/audit",
    role: "read",
    summary: "Changes, the newest first",
    query,
    answer: { status: 200, meaning: "A page of changes", schema: pageOf(entry) },
    handle: async ({ query: { limit, cursor } }) => {
      const { entries, nextCursor } = await askStore(store.audit(pageSize(limit), cursor));
      return json({
        data: entries.map(({ atMs, ...rest }) => ({ at: momentOf(atMs), ...rest })),
        next_cursor: nextCursor ?? null,
      });
    },
  });
}

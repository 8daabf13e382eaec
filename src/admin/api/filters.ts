/** Parameters that several addresses have. */

import * as z from "zod";
import type { CallFilter } from "../../core/ledger/ledger_store.ts";

/** `tag.project=x` asks for the calls whose tag `project` is `x`. */
export const TAG_PARAMETER = "tag.";

const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;
const MAX_NAME_CHARACTERS = 300;

export const name = z.string().min(1).max(MAX_NAME_CHARACTERS);

/** A number as a query writes it. */
export function countParameter(least: number, most: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d{1,9}$/, message).transform(Number)
    .refine((number) => number >= least && number <= most, message) as z.ZodType<number, string>;
}

const limitParameter = countParameter(1, MAX_PAGE).optional()
  .describe(`Entries of a page, 1 to ${MAX_PAGE}; ${DEFAULT_PAGE} if not given.`);

const cursorParameter = z.string().min(1).max(1_000).optional()
  .describe("Where to go on: what `next_cursor` said.");

export const pageParameters = { limit: limitParameter, cursor: cursorParameter };

/** How many entries a page has. */
export function pageSize(limit: number | undefined): number {
  return limit ?? DEFAULT_PAGE;
}

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a date such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z",
}).transform((text) => Date.parse(text));

export const filterParameters = {
  from: time.optional().describe("From this time on; a date is its beginning in UTC."),
  until: time.optional().describe("Before this time."),
  key: name.optional().describe("Name of the key that called."),
  team: name.optional(),
  model: name.optional().describe("As it was asked for."),
  provider: name.optional(),
  surface: name.optional().describe("The API that was called, by its name in the log."),
  tag: z.tuple([name, z.string().max(MAX_NAME_CHARACTERS)]).optional()
    .describe("Written as `tag.NAME=VALUE`."),
};

const filter = z.object(filterParameters);

export function filterOf(
  { from, until, key, team, model, provider, surface, tag }: z.output<typeof filter>,
): CallFilter {
  return {
    ...(from !== undefined && { fromMs: from }),
    ...(until !== undefined && { untilMs: until }),
    ...(key !== undefined && { key }),
    ...(team !== undefined && { team }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(surface !== undefined && { surface }),
    ...(tag !== undefined && { tag }),
  };
}

/** A list in pages; `next_cursor` is `null` on the last. */
export function pageOf<Entry extends z.ZodType>(entry: Entry): z.ZodObject<{
  data: z.ZodArray<Entry>;
  next_cursor: z.ZodNullable<z.ZodString>;
}> {
  return z.object({ data: z.array(entry), next_cursor: z.string().nullable() });
}

/** One page of what is sorted by a text of each, after the one that the cursor is. */
export function pageAfter<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  limit: number,
  cursor: string | undefined,
): { readonly data: readonly Item[]; readonly nextCursor: string | null } {
  const sorted = items.map((item) => ({ item, text: textOf(item) }))
    .toSorted((left, right) => left.text < right.text ? -1 : left.text > right.text ? 1 : 0);
  const rest = cursor === undefined ? sorted : sorted.filter(({ text }) => text > cursor);
  const page = rest.slice(0, limit);
  return {
    data: page.map(({ item }) => item),
    nextCursor: rest.length > limit ? page.at(-1)?.text ?? null : null,
  };
}

/** A moment as it is written. */
export const moment = z.iso.datetime().describe("A time in UTC.");

export function momentOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** `POST /playground`: lets the console's playground call models for some minutes. */

import * as z from "zod";
import { CONSOLE_NAME, type KeyOptions } from "../../access/keys/api_keys.ts";
import type { ConsoleTokens } from "../../access/console/console_tokens.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { EntityBook } from "../entities/entity_book.ts";
import { moment, momentOf, name } from "../api/filters.ts";
import { keysIn } from "../entities/key_form.ts";
import { noteOf, type NoteParts } from "../api/note.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

export interface PlaygroundRouteParts extends NoteParts {
  /** `undefined` where nobody may change anything. */
  readonly tokens: ConsoleTokens | undefined;
  readonly book: EntityBook;
  readonly fileKeys: readonly KeyOptions[];
}

const asked = z.strictObject({
  key: name.optional().describe("Name of the key as which is called; else it is `console`."),
});

const token = z.object({
  token: z.string().describe("What models are called with, as with any API key."),
  principal: z.string(),
  expires_at: moment,
});

export type ShownToken = z.output<typeof token>;

export function playgroundRoute(parts: PlaygroundRouteParts): AdminRoute {
  const { tokens, book, fileKeys } = parts;
  const isKnown = async (wanted: string): Promise<boolean> =>
    fileKeys.some(({ name }) => name === wanted) ||
    keysIn(await book.read()).some(({ key, isWithdrawn }) => !isWithdrawn && key.name === wanted);
  return route<Record<string, never>, z.output<typeof asked>>({
    method: "POST",
    path: "/playground",
    role: "write",
    summary: "Make a token for some minutes that calls models as the console, or as a named key",
    body: asked,
    isBodyOptional: true,
    answer: { status: 200, meaning: "The token", schema: token },
    handle: async ({ caller, body: { key } }) => {
      if (tokens === undefined) throw new Error("Somebody writes where nobody may");
      if (key !== undefined && !await isKnown(key)) {
        throw new GatewayError(
          "not_found",
          `There is no key "${key}"; GET /admin/v1/keys lists all`,
        );
      }
      const made = tokens.make(key);
      const principal = key ?? CONSOLE_NAME;
      const noted = await noteOf(parts, caller, "playground.open", principal);
      const answer = { token: made.token, principal, expires_at: momentOf(made.expiresMs) };
      return json({ ...answer, ...noted });
    },
  });
}

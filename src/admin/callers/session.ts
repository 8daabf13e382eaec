/** `/session`: the console's user signs in and out. */

import * as z from "zod";
import type { AdminAccess } from "../../access/admin_role.ts";
import type { Sessions } from "../../access/console/sessions.ts";
import { toGatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import { me, showCaller } from "../process/health.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

export interface SessionRouteParts {
  readonly access: AdminAccess;
  readonly sessions: Sessions;
  /** Whether callers of models need a key. */
  readonly needsKey: () => boolean;
}

const signIn = z.strictObject({
  key: z.string().min(1).max(4_096).describe("`ADMIN_API_KEY`, or `ADMIN_READ_API_KEY`."),
});

const session = z.object({
  me: me.nullable().describe("Who asks; null for whoever is not let in."),
  needs_sign_in: z.boolean().describe("A key would let in whoever is not."),
  message: z.string().nullable().describe("Why nobody is let in."),
});

export type ShownSession = z.output<typeof session>;

const ENDED = { status: 204, meaning: "The cookie is set, or taken away" };

export function sessionRoutes(parts: SessionRouteParts): readonly AdminRoute[] {
  const { access, sessions } = parts;
  return [
    route({
      method: "GET",
      path: "/session",
      role: "open",
      summary: "Who asks, answered to everybody",
      answer: { status: 200, meaning: "Who asks, or why nobody is let in", schema: session },
      handle: async ({ request }) => json(await describeSession(parts, request)),
    }),
    route<Record<string, never>, z.output<typeof signIn>>({
      method: "POST",
      path: "/session",
      role: "open",
      summary: "Sign in, for a browser: sets a cookie for twelve hours",
      body: signIn,
      answer: ENDED,
      handle: async ({ request, body: { key } }) => {
        const cookie = sessions.open(await access.holderOf(key, request), request);
        return new Response(null, { status: 204, headers: { "set-cookie": cookie } });
      },
    }),
    route({
      method: "DELETE",
      path: "/session",
      role: "open",
      summary: "Sign out: takes the cookie away",
      answer: ENDED,
      handle: ({ request }) =>
        new Response(null, { status: 204, headers: { "set-cookie": sessions.close(request) } }),
    }),
  ];
}

async function describeSession(
  { access, needsKey }: SessionRouteParts,
  request: HttpRequest,
): Promise<ShownSession> {
  try {
    const caller = await access.callerOf(request);
    return { me: showCaller(caller, needsKey()), needs_sign_in: false, message: null };
  } catch (thrown) {
    const { kind, message } = toGatewayError(thrown);
    return { me: null, needs_sign_in: kind === "unauthenticated", message };
  }
}

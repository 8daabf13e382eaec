/** `/config` and `/reload`: what is in force and where it comes from, and another in its place. */

import * as z from "zod";
import type { Administration, Reload } from "../../core/administration.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { moment, momentOf } from "../api/filters.ts";
import { noteOf, type NoteParts } from "../api/note.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

const changes = {
  changed: z.array(z.string()).describe("Options that differ from what is in force."),
  restart_needed: z.array(z.string()).describe("Those of them that only a restart changes."),
};

const shownReload = z.object({
  at: moment,
  ok: z.boolean(),
  by: z.string(),
  problems: z.string().nullable(),
  ...changes,
});

export type ShownReload = z.output<typeof shownReload>;

const shownConfig = z.object({
  path: z.string().nullable(),
  text: z.string().describe("As `weir check` prints it; secrets are masked."),
  options: z.array(z.object({
    name: z.string(),
    value: z.json(),
    origin: z.string().nullable().describe("What sets it; null for a default."),
  })),
  warnings: z.array(z.string()),
  restart_needed: z.array(z.string()),
  reloads: z.array(shownReload).describe("The newest first."),
});

export type ShownConfig = z.output<typeof shownConfig>;

const checked = z.object({
  ok: z.boolean(),
  problems: z.array(z.object({ place: z.string(), message: z.string() })),
  ...changes,
});

export type ShownCheck = z.output<typeof checked>;

export interface ConfigurationRouteParts extends NoteParts {
  readonly administration: Administration;
}

export function configurationRoutes(parts: ConfigurationRouteParts): readonly AdminRoute[] {
  const { administration } = parts;
  return [
    route({
      method: "GET",
      path: "/config",
      role: "read",
      summary: "The configuration in force, and where each value comes from",
      answer: { status: 200, meaning: "The configuration, without secrets", schema: shownConfig },
      handle: async () => {
        const { needRestart, reloads, ...rest } = await administration.configuration();
        return json({ ...rest, restart_needed: needRestart, reloads: reloads.map(showReload) });
      },
    }),
    route<Record<string, never>, string>({
      method: "POST",
      path: "/config/check",
      role: "write",
      summary: "Say what is wrong with a configuration file, without putting it into force",
      textBody: "The text of the file.",
      answer: {
        status: 200,
        meaning: "What is wrong with it, and what it would change",
        schema: checked,
      },
      handle: async ({ body }) => {
        const { problems, changed, needRestart } = await administration.check(body);
        const ok = problems.length === 0;
        return json({ ok, problems, changed, restart_needed: needRestart });
      },
    }),
    route({
      method: "POST",
      path: "/reload",
      role: "write",
      summary: "Read the configuration anew, as SIGHUP does",
      answer: {
        status: 200,
        meaning: "It is in force",
        schema: z.object({ ok: z.literal(true), ...changes, warning: z.string().optional() }),
      },
      handle: async ({ caller }) => {
        const { problems, changed, needRestart } = await administration.reload(caller.who);
        const after = { ok: problems === null, changed: [...changed] };
        const noted = await noteOf(parts, caller, "configuration.reload", "configuration", after);
        if (problems === null) {
          return json({ ok: true, changed, restart_needed: needRestart, ...noted });
        }
        throw new GatewayError("invalid_request", `Nothing was changed. ${problems}`, {
          status: 422,
          code: "reload_refused",
        });
      },
    }),
  ];
}

function showReload({ atMs, by, problems, changed, needRestart }: Reload): ShownReload {
  return {
    at: momentOf(atMs),
    ok: problems === null,
    by,
    problems,
    changed: [...changed],
    restart_needed: [...needRestart],
  };
}

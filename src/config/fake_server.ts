/** Configuration of the fake LLM server when it runs by itself. */

import * as z from "zod";
import { HOST_TEXT, HOST_TEXT_ERROR } from "../core/text/host_text.ts";
import { parseOptions } from "./parse_options.ts";
import { ConfigError } from "./problems/problem.ts";
import { type Environment, readSettings, type Setting } from "./sources/settings.ts";
import { outlineOf } from "./option_tree.ts";
import { variablesOf } from "./sources/variables.ts";

const fakeServerSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().min(1).max(255).regex(HOST_TEXT, HOST_TEXT_ERROR).default("0.0.0.0").meta({
      variable: "HOST",
    }),
    port: z.int().min(0).max(65_535).default(3500).meta({ variable: "PORT" }),
  }).prefault({}),
});

/** Where `weir fake` listens; the command line's `overrides` win. Throws `ConfigError`. */
export function readFakeServer(
  environment: Environment,
  overrides: readonly Setting[],
): { readonly host: string; readonly port: number } {
  const variables = variablesOf(outlineOf(fakeServerSchema));
  const settings = [...readSettings(environment, variables), ...overrides];
  const { options, problems } = parseOptions(fakeServerSchema, { settings, variables });
  if (options === undefined) throw new ConfigError(problems);
  return options.server;
}

/** Configuration of the fake LLM server when it runs by itself. */

import * as z from "zod";
import { type Environment, readVariables } from "./read_environment.ts";
import { variable } from "./variables.ts";

const fakeServerSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().min(1).max(255).default("0.0.0.0"),
    port: z.int().min(0).max(65_535).default(3500),
  }).prefault({}),
});

const FAKE_VARIABLES = [
  variable("HOST", "server.host"),
  variable("PORT", "server.port", "number"),
];

/** Where `weir fake` listens. Throws `ConfigError`. */
export function readFakeServer(
  environment: Environment,
): { readonly host: string; readonly port: number } {
  return readVariables(environment, FAKE_VARIABLES, fakeServerSchema).server;
}

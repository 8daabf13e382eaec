/** The fake LLM that is built in, for a first try without any key and for rehearsing failures. */

import * as z from "zod";
import type { Provider } from "../core/provider/provider.ts";
import { openaiStyle } from "./openai_style.ts";

export const fakeOptions = z.strictObject({
  enabled: z.enum(["auto", "on", "off"]).default("auto").describe(
    "The built-in fake LLM: `auto` switches it on when no other upstream is.",
  ).meta({ variable: "FAKE" }),
}).prefault({});

/** `baseUrl` is where the embedded server listens. */
export function fake(baseUrl: string, reason: string): Provider {
  // What a prompt tag asks for is what the client is to see.
  return { ...openaiStyle({ name: "fake", baseUrl, reason }), maxRetries: 0 };
}

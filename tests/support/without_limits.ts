/** Starts Weir in front of a provider, for tests that send more than one client may in that time. */

import { type Program, startProgram } from "./program.ts";
import type { Provider } from "./provider.ts";

const NO_LIMITS = {
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
};

/** Without retries too, so that an error comes at once. */
export function startWeirWithoutLimits(
  provider: Provider,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startProgram({
    env: {
      ...NO_LIMITS,
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      MAX_RETRIES: "0",
      ...env,
    },
  });
}

/**
 * gemini-cli, Google's coding agent: speaks Gemini's API.
 *
 * @see {@link https://geminicli.com/docs/get-started/configuration/}
 * @module
 */

import type { Agent } from "./agent.ts";

/** What it prints. */
interface Result {
  readonly response?: string;
  readonly error?: { readonly message: string };
}

export const geminiCli: Agent = {
  name: "gemini-cli",
  packages: ["@google/gemini-cli@0.61.0", "node@24.21.0"],
  program: "gemini",
  env: ({ origin, key }) => ({
    GOOGLE_GEMINI_BASE_URL: origin,
    GEMINI_API_KEY: key,
    // It asks whether to trust its folder, which nobody is there to answer.
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  }),
  files: () => ({
    ".gemini/settings.json": JSON.stringify({
      general: { disableAutoUpdate: true, enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      security: { auth: { selectedType: "gemini-api-key" } },
      telemetry: { enabled: false },
    }),
  }),
  args: (
    { prompt, model },
  ) => ["-p", prompt, "--model", model, "--yolo", "--output-format", "json"],
  answerOf: ({ stdout }) => {
    const { response = "", error }: Result = JSON.parse(stdout);
    return { text: error?.message ?? response, isError: error !== undefined };
  },
};

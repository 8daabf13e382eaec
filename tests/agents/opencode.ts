/**
 * opencode, an open coding agent: speaks chats to providers of one's own.
 *
 * @see {@link https://opencode.ai/docs/config}
 * @module
 */

import type { Agent } from "./agent.ts";

export const opencode: Agent = {
  name: "opencode",
  packages: ["opencode-ai@1.18.33"],
  program: "opencode",
  env: () => ({
    OPENCODE_DISABLE_AUTOUPDATE: "true",
    OPENCODE_DISABLE_MODELS_FETCH: "true",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "true",
  }),
  // All that leads it to Weir comes from whoever launches it.
  files: () => ({}),
  args: ({ prompt }) => ["run", prompt],
  answerOf: ({ stdout }) => ({ text: stdout, isError: stdout.trim() === "" }),
};

/**
 * Codex, OpenAI's coding agent: speaks Responses.
 *
 * @see {@link https://developers.openai.com/codex/config-reference}
 * @module
 */

import type { Agent } from "./agent.ts";

const ANSWER_FILE = "answer.txt";
const CATALOG_FILE = "models.json";

export interface CodexSettings {
  /** Lines of its configuration. */
  readonly settings?: string;
  readonly usesWebSocket?: boolean;
}

/**
 * @param catalog What Weir tells Codex of its models; without it Codex knows none of them, and has no tool
 *   for patches.
 */
export function codexWith(
  catalog: string | undefined,
  { settings = "", usesWebSocket = false }: CodexSettings = {},
): Agent {
  return {
    name: "codex",
    packages: ["@openai/codex@0.171.0"],
    program: "codex",
    env: ({ key }) => ({ WEIR_KEY: key }),
    files: ({ origin }) => ({
      ".codex/config.toml": `model_provider = "weir"
check_for_update_on_startup = false
${catalog === undefined ? "" : `model_catalog_json = "${CATALOG_FILE}"`}
${settings}
[analytics]
enabled = false
[model_providers.weir]
name = "Weir"
base_url = "${origin}/v1"
env_key = "WEIR_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
supports_websockets = ${usesWebSocket}
`,
      ...(catalog !== undefined && { [`.codex/${CATALOG_FILE}`]: catalog }),
    }),
    args: ({ prompt, model, isResumed = false }, home) => [
      "exec",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "--model",
      model,
      "--output-last-message",
      `${home}/${ANSWER_FILE}`,
      ...(isResumed ? ["resume", "--last"] : []),
      prompt,
    ],
    answerOf: async ({ home }) => ({
      text: await Deno.readTextFile(`${home}/${ANSWER_FILE}`),
      isError: false,
    }),
  };
}

export const codex = codexWith(undefined);

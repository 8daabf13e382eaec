/**
 * Claude Code, Anthropic's coding agent: speaks Messages.
 *
 * @see {@link https://code.claude.com/docs/en/llm-gateway}
 * @module
 */

import type { Agent } from "./agent.ts";

/** The last line of standard output. */
interface Result {
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
}

export const claudeCode: Agent = {
  name: "claude-code",
  packages: ["@anthropic-ai/claude-code@2.1.332"],
  program: "claude",
  env: ({ origin, key }) => ({
    ANTHROPIC_BASE_URL: origin,
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    // It asks a gateway for its models only where it is told to.
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_TELEMETRY: "1",
  }),
  files: () => ({}),
  args: ({ prompt, model, tools = [] }) => [
    "-p",
    prompt,
    "--model",
    model,
    "--output-format",
    "json",
    ...(tools.length > 0 ? ["--allowedTools", ...tools] : []),
  ],
  answerOf: ({ stdout }) => {
    const result: Result = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    return { text: result.result, isError: result.is_error, turns: result.num_turns };
  },
};

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

/** Whatever it speaks. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_MAX_RETRIES: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_TELEMETRY: "1",
};

export const claudeCode: Agent = {
  name: "claude-code",
  packages: ["@anthropic-ai/claude-code@2.1.332"],
  program: "claude",
  env: ({ origin, key }) => ({
    ANTHROPIC_BASE_URL: origin,
    ANTHROPIC_AUTH_TOKEN: key,
    ...QUIET,
    // It asks a gateway for its models only where it is told to.
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
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

/** Its mode for Bedrock, where a key of Weir's is what Bedrock calls an API key. */
export const claudeCodeOnBedrock: Agent = {
  ...claudeCode,
  env: ({ origin, key }) => ({
    ...QUIET,
    CLAUDE_CODE_USE_BEDROCK: "1",
    ANTHROPIC_BEDROCK_BASE_URL: origin,
    AWS_BEARER_TOKEN_BEDROCK: key,
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  }),
};

/** Its mode for Vertex, without a login at Google. */
export const claudeCodeOnVertex: Agent = {
  ...claudeCode,
  env: ({ origin, key }) => ({
    ...QUIET,
    CLAUDE_CODE_USE_VERTEX: "1",
    CLAUDE_CODE_SKIP_VERTEX_AUTH: "1",
    ANTHROPIC_VERTEX_BASE_URL: `${origin}/v1`,
    ANTHROPIC_VERTEX_PROJECT_ID: "any-project",
    CLOUD_ML_REGION: "europe-west1",
    ANTHROPIC_CUSTOM_HEADERS: `Authorization: Bearer ${key}`,
  }),
};

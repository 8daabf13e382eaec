/** Claude Code in its modes for Bedrock and Vertex: one turn and a loop with its Bash tool. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_OUTPUT } from "../support/providers/agent_tools.ts";
import { ANTHROPIC_KEY, startAnthropic } from "../support/providers/anthropic.ts";
import { BEDROCK_CLAUDE, BEDROCK_KEY, startBedrock } from "../support/providers/bedrock.ts";
import { startVertex, VERTEX_CLAUDE, VERTEX_PROJECT } from "../support/providers/vertex.ts";
import { type OpenWay, throughWeir } from "../support/messages_ways.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { type Agent, runAgent } from "./agent.ts";
import { claudeCodeOnBedrock, claudeCodeOnVertex } from "./claude_code.ts";

interface Mode {
  readonly agent: Agent;
  /** Its own cloud behind Weir. */
  readonly open: () => Promise<OpenWay<StandIn>>;
  readonly path: RegExp;
  readonly model: string;
}

const MODES: Readonly<Record<string, Mode>> = {
  "Bedrock": {
    agent: claudeCodeOnBedrock,
    model: BEDROCK_CLAUDE,
    path: /^\/model\/.+\/invoke-with-response-stream$/,
    open: () => {
      const standIn = startBedrock();
      return throughWeir<StandIn>(BEDROCK_CLAUDE, {
        BEDROCK_BASE_URL: standIn.origin,
        AWS_BEARER_TOKEN_BEDROCK: BEDROCK_KEY,
      }, standIn);
    },
  },
  "Vertex": {
    agent: claudeCodeOnVertex,
    model: VERTEX_CLAUDE,
    path: /^\/v1\/projects\/.+:streamRawPredict$/,
    open: () => {
      const standIn = startVertex();
      return throughWeir<StandIn>(VERTEX_CLAUDE, {
        VERTEX_PROJECT,
        VERTEX_LOCATION: "europe-west1",
        VERTEX_BASE_URL: standIn.origin,
        VERTEX_CREDENTIALS: standIn.credentials,
      }, standIn);
    },
  },
};

function openAnthropic(model: string): Promise<OpenWay<StandIn>> {
  const standIn = startAnthropic();
  return throughWeir<StandIn>(model, {
    ANTHROPIC_API_KEY: ANTHROPIC_KEY,
    ANTHROPIC_BASE_URL: standIn.origin,
  }, standIn);
}

for (const [cloud, { agent, open, path, model }] of Object.entries(MODES)) {
  const ways = { [cloud]: open, "Anthropic": () => openAnthropic(model) };
  for (const [provider, openWay] of Object.entries(ways)) {
    Deno.test(`Claude Code's mode for ${cloud} at Weir before ${provider}`, async () => {
      await using way = await openWay();
      const said = await runAgent(agent, way, { prompt: "Say something.", model });
      assert(said.text.length > 0);
      const { text, turns } = await runAgent(agent, way, {
        prompt: "Print the number. [tool]",
        model,
        tools: ["Bash"],
      });
      assertEquals(turns, 2);
      assertStringIncludes(text, COMMAND_OUTPUT);
      const messages = way.proxy.passed.filter((request) => path.test(request.path));
      assertEquals(messages.map(({ status }) => status), messages.map(() => 200));
      assert(messages.length >= 3);
    });
  }
}

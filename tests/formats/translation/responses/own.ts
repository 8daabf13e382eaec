/** What Responses alone has words for. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";

const openInN = { type: "function", name: "open", description: "Opens" };
const NAMESPACE = { type: "namespace", name: "N", description: "About N", tools: [openInN] };
const user = { role: "user", content: "Hi" };

const own = (words: JsonObject) => ({ words: { openai_responses: words } });

/** A tool of that name in the form of each. */
const named = (how: string, name: string) => ({
  openai_chat: { [how]: { tools: [{ type: "function", function: { name } }] } },
  anthropic_messages: { [how]: { tools: [{ name }] } },
  chatjimmy: { [how]: { chatOptions: { systemPrompt: new RegExp(`\\n- ${name} `) } } },
  gemini: { [how]: { tools: [{ functionDeclarations: [{ name }] }] } },
  bedrock_converse: { [how]: { toolConfig: { tools: [{ toolSpec: { name } }] } } },
  ollama: { [how]: { tools: [{ type: "function", function: { name } }] } },
});

export const RESPONSES_OWN_TOOLS = {
  "tool in a namespace": {
    ...own({ tools: [NAMESPACE] }),
    approximated: named("as `N__open`, told of N with its first member", "N__open"),
  },
  "tools in the input (`additional_tools`)": {
    ...own({
      input: [{ type: "additional_tools", role: "developer", tools: [openInN] }, user],
    }),
    approximated: named("with the others", "open"),
  },
  "search for tools that the client does": {
    ...own({ tools: [{ type: "tool_search", execution: "client" }] }),
    approximated: named("as a function, `tool_search`", "tool_search"),
  },
  "search for tools that the provider does": own({ tools: [{ type: "tool_search" }] }),
  "`local_shell`": {
    ...own({ tools: [{ type: "local_shell" }] }),
    approximated: named("as a function, `local_shell`", "local_shell"),
  },
  "`shell` on the user's machine": {
    ...own({ tools: [{ type: "shell", environment: { type: "local" } }] }),
    approximated: named("as a function, `shell`", "shell"),
  },
  "`shell` in a container": own({
    tools: [{ type: "shell", environment: { type: "container_auto" } }],
  }),
  "`apply_patch`": {
    ...own({ tools: [{ type: "apply_patch" }] }),
    approximated: named("as a function, `apply_patch`", "apply_patch"),
  },
  "choice: a tool that its provider runs": own({
    tools: [openInN],
    tool_choice: { type: "file_search" },
  }),
  "two tools that would have one name": own({
    tools: [NAMESPACE, { type: "function", name: "N__open" }],
  }),
} satisfies Features;

export const RESPONSES_STATE = {
  "`metadata`, which the answer repeats": {
    ...own({ metadata: { team: onlyOf("openai_responses") } }),
    approximated: {
      openai_chat: { "in the answer alone": { metadata: null } },
      anthropic_messages: { "in the answer alone": { metadata: null } },
      chatjimmy: { "in the answer alone": { metadata: null } },
      gemini: { "in the answer alone": { metadata: null, labels: null } },
      bedrock_converse: { "in the answer alone": { metadata: null, requestMetadata: null } },
      ollama: { "in the answer alone": { metadata: null } },
    },
  },
  "`previous_response_id`": own({ previous_response_id: "resp_1" }),
  "`conversation`": own({ conversation: "conv_1" }),
  "`prompt`": own({ prompt: { id: "pmpt_1" } }),
  "`item_reference`": own({ input: [user, { type: "item_reference", id: "msg_1" }] }),
  "compaction of another provider": own({
    input: [{ type: "compaction", encrypted_content: "gAAA" }, user],
  }),
} satisfies Features;

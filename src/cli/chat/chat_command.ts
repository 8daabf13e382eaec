/** `weir chat`: a conversation with a model, through a gateway that runs. */

import { type Command, EXIT, textOption } from "../command_line/command.ts";
import { KEY_NOTE, RUNNING_OPTIONS } from "../running/running_gateway.ts";
import { type SurfaceName, SURFACES } from "./surface_names.ts";

export const chat: Command = {
  name: "chat",
  summary: "Talk to a model through a running gateway",
  options: [
    {
      name: "surface",
      value: "API",
      meaning: "API to speak: chat (the default), messages, responses or gemini",
      completion: SURFACES,
    },
    { name: "system", value: "TEXT", meaning: "What the model is told beforehand" },
    ...RUNNING_OPTIONS,
  ],
  args: [{ name: "MODEL", isOptional: true, completion: [] }],
  examples: ["weir chat gpt-5", "echo 'Say hello' | weir chat --surface messages"],
  notes: () =>
    `Each line is a turn, and the end of the input (Ctrl-D) the end; what comes from a pipe is one turn.\n` +
    `Without MODEL it is the first of the gateway's list. ${KEY_NOTE}`,
  run: async (invocation) => {
    const { converse } = await import("./converse.ts");
    const [model] = invocation.args;
    const surface = (textOption(invocation, "surface") ?? "chat") as SurfaceName;
    const system = textOption(invocation, "system");
    return await converse(invocation, { model, surface, system }) ? EXIT.done : EXIT.failed;
  },
};

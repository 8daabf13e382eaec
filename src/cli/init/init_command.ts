/** `weir init`: writes a first configuration file from what it finds. */

import { DEFAULT_CONFIG_PATH } from "../../config/sources/find_config.ts";
import { notify, print } from "../../host/system/terminal.ts";
import { type Command, EXIT } from "../command_line/command.ts";

export const init: Command = {
  name: "init",
  summary:
    `Write ${DEFAULT_CONFIG_PATH} from what there is: keys, local servers, other gateways' files`,
  options: [{ name: "print", meaning: "Print it, and write nothing" }],
  args: [],
  examples: ["weir init", "weir init --print"],
  needs: ["write"],
  notes: () =>
    "It looks at the environment, at Ollama and LM Studio on this machine, and for a configuration of\n" +
    "LiteLLM or Portkey in this directory. A file that is there is never overwritten.",
  run: async ({ options }) => {
    const { firstConfig } = await import("./first_config.ts");
    const text = await firstConfig();
    if (options.print === true) {
      print(text);
      return EXIT.done;
    }
    try {
      await Deno.writeTextFile(DEFAULT_CONFIG_PATH, `${text}\n`, { createNew: true });
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      notify(
        thrown instanceof Deno.errors.AlreadyExists
          ? `${DEFAULT_CONFIG_PATH} is there already and stays as it is; weir init --print shows what would be written`
          : `${DEFAULT_CONFIG_PATH} cannot be written: ${thrown.message}; choose another directory, or weir init --print`,
      );
      return EXIT.failed;
    }
    notify(`Wrote ${DEFAULT_CONFIG_PATH}. Look it through, then: weir doctor, and weir serve`);
    return EXIT.done;
  },
};

/** `weir import`: prints what another gateway's configuration is in Weir's words. */

import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { FileError, readSmallFile } from "../../config/sources/read_small_file.ts";
import { notify, print } from "../../host/system/terminal.ts";
import { type Command, EXIT, UsageError } from "../command_line/command.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

const MAX_FILE_BYTES = 4_194_304;

export const importCommand: Command = {
  name: "import",
  summary: "Print the configuration that another gateway's file amounts to",
  options: [],
  args: [{ name: "PROGRAM", completion: ["litellm"] }, { name: "FILE", completion: "files" }],
  examples: ["weir import litellm config.yaml > weir.jsonc"],
  notes: () => "What cannot be carried over is named at the top of the file and on stderr.",
  run: async ({ args: [, path = ""] }) => {
    const config = await readYaml(path);
    const { fromLitellm } = await import("./from_litellm.ts");
    const { writeSketch } = await import("./sketch.ts");
    const sketch = fromLitellm(config);
    print(writeSketch(sketch, [`Made of ${path}, a configuration of LiteLLM.`]));
    for (const line of sketch.left) notify(`Not carried over: ${line}`);
    notify("Look it through, then try it: weir check FILE, weir doctor --config FILE");
    return EXIT.done;
  },
};

/** Reads YAML, of which JSON is a part. Throws `UsageError`. */
export async function readYaml(path: string): Promise<JsonObject> {
  const { parseYaml } = await import("./parse_yaml.ts");
  let value: unknown;
  try {
    value = parseYaml(readSmallFile(path, MAX_FILE_BYTES));
  } catch (thrown) {
    if (thrown instanceof FileError) throw new UsageError(`${path}: ${thrown.message}`);
    const [first] = thrownMessage(thrown).split("\n");
    throw new UsageError(`${path}: is no YAML: ${first}`);
  }
  if (!isJsonObject(value)) throw new UsageError(`${path}: holds no settings`);
  return value;
}

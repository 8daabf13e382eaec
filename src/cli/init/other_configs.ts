/** Configurations of other gateways in this directory. */

import { fromLitellm } from "../import/from_litellm.ts";
import { fromPortkey } from "../import/from_portkey.ts";
import { readYaml } from "../import/import_command.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { notify } from "../../host/system/terminal.ts";
import { UsageError } from "../command_line/command.ts";
import type { Found } from "../import/sketch.ts";

const LITELLM = [
  "litellm_config.yaml",
  "litellm-config.yaml",
  "proxy_server_config.yaml",
  "config.yaml",
  "config.yml",
];
const PORTKEY = ["portkey.json", "portkey-config.json", "conf.json"];

/** The first of each; a file of such a name may be another program's. */
export async function findOtherConfigs(): Promise<readonly Found[]> {
  return [
    ...await find("LiteLLM", LITELLM, (config) => Array.isArray(config.model_list), fromLitellm),
    ...await find("Portkey", PORTKEY, isPortkey, fromPortkey),
  ];
}

function isPortkey({ targets, strategy, provider }: JsonObject): boolean {
  return Array.isArray(targets) || strategy !== undefined || typeof provider === "string";
}

async function find(
  title: string,
  paths: readonly string[],
  isIts: (config: JsonObject) => boolean,
  read: (config: JsonObject) => Found["sketch"],
): Promise<readonly Found[]> {
  for (const path of paths) {
    if (!isFile(path)) continue;
    try {
      const config = await readYaml(path);
      if (isIts(config)) {
        return [{ source: `${path}, a configuration of ${title}`, sketch: read(config) }];
      }
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      notify(`${thrown.message}; it is left out`);
    }
  }
  return [];
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

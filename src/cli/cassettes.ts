/** `weir record` and `weir replay`: the gateway, with its exchanges with providers kept in a file or taken from one. */

import { CassetteError, readCassette } from "../cassettes/cassette_file.ts";
import type { Setting } from "../config/sources/settings.ts";
import {
  type Command,
  EXIT,
  type Invocation,
  textOption,
  UsageError,
} from "./command_line/command.ts";
import { ADDRESS_OPTIONS, CONFIG_OPTION, configRequest } from "./command_line/config_request.ts";
import { serve } from "./serve.ts";

const FILE = { name: "FILE", completion: "files" } as const;

export const record: Command = {
  name: "record",
  summary: "Start the gateway and keep every exchange with a provider in a file",
  options: [
    CONFIG_OPTION,
    ...ADDRESS_OPTIONS,
    { name: "append", meaning: "Add to a file that is there" },
  ],
  args: [FILE],
  examples: ["OPENAI_API_KEY=sk-... weir record llm.cassette"],
  needs: ["write"],
  run: async (invocation) => {
    const [file = ""] = invocation.args;
    if (invocation.options.append !== true && isThere(file)) {
      throw new UsageError(`${file} is there already; name another file, or add --append`);
    }
    return await serveWith(invocation, [setting(["cassettes", "record"], file)]);
  },
};

export const replay: Command = {
  name: "replay",
  summary: "Start the gateway and answer from a recording, without any provider",
  options: [
    CONFIG_OPTION,
    ...ADDRESS_OPTIONS,
    {
      name: "match",
      value: "HOW",
      meaning: "exact: by the request's body; order: the next one to that address",
      completion: ["exact", "order"],
    },
    { name: "pace", value: "PACE", meaning: "instant, recorded, or so many times as fast" },
  ],
  args: [FILE],
  examples: ["weir replay llm.cassette", "weir replay agent.cassette --match order --pace 10"],
  needs: ["write"],
  run: async (invocation) => {
    const [file = ""] = invocation.args;
    const upstreams = upstreamsOf(file);
    const match = textOption(invocation, "match");
    const pace = textOption(invocation, "pace");
    return await serveWith(invocation, [
      ...(upstreams === undefined ? [] : [setting(["upstreams"], upstreams)]),
      setting(["cassettes", "replay"], file),
      setting(["cassettes", "record"], undefined),
      ...(match === undefined ? [] : [setting(["cassettes", "match"], match, "--match")]),
      ...(pace === undefined
        ? []
        : [setting(["cassettes", "pace"], /^[\d.]+$/.test(pace) ? Number(pace) : pace, "--pace")]),
    ]);
  },
};

async function serveWith(invocation: Invocation, added: readonly Setting[]): Promise<number> {
  const request = configRequest(invocation);
  await serve({
    request: { ...request, overrides: [...request.overrides, ...added] },
    isWatching: false,
  });
  return EXIT.done;
}

/** Throws `UsageError` where the file is no recording. */
function upstreamsOf(file: string) {
  try {
    return readCassette(file).title.configuration?.["upstreams"];
  } catch (thrown) {
    throw thrown instanceof CassetteError ? new UsageError(thrown.message) : thrown;
  }
}

function setting(path: readonly string[], value: unknown, name = "FILE"): Setting {
  return { path, value, variable: { name, path, form: "json" } };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

/** A key for the configuration file: shown once and kept nowhere. */

import { keyListOptions } from "../../access/keys/api_keys.ts";
import { formatKey, hashOf, KEY_BYTES } from "../../access/keys/key_form.ts";
import { EXIT, type Invocation, textOption, UsageError } from "../command_line/command.ts";
import { systemClock } from "../../host/runtime.ts";
import { notify, print } from "../../host/system/terminal.ts";

/** Prints the key and the entry of the configuration that knows it. Throws `UsageError`. */
export function makeKey(invocation: Invocation): number {
  const key = formatKey(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  const [, name = ""] = invocation.args;
  const models = textOption(invocation, "models")?.split(",").map((model) => model.trim())
    .filter((model) => model !== "");
  const expires = textOption(invocation, "expires");
  const entry = {
    name,
    hash: hashOf(key),
    ...(models === undefined ? {} : { models }),
    ...(expires === undefined ? {} : { expires }),
  };
  const { error } = keyListOptions.safeParse([entry]);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) {
    const [, option] = issue.path;
    throw new UsageError(`${option === "name" ? "NAME" : `--${String(option)}`}: ${issue.message}`);
  }
  if (expires !== undefined && Date.parse(expires) <= systemClock.epochMs()) {
    throw new UsageError("--expires: is over already; write a later one");
  }
  if (invocation.options.json === true) {
    print(JSON.stringify({ key, entry }, null, 2));
    return EXIT.done;
  }
  print(key);
  print(JSON.stringify(entry, null, 1).replaceAll(/\n */g, " "));
  notify(
    "The first line is the key: give it to its holder, it is shown this once and not stored.\n" +
      'The second line belongs into the list "auth.keys" of the configuration file.',
  );
  return EXIT.done;
}

/** Keys of a gateway that runs, over its admin API. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { notify, print } from "../../host/system/terminal.ts";
import { EXIT, type Invocation, textOption, UsageError } from "../command_line/command.ts";
import { columns } from "../command_line/help.ts";
import { type AdminApi, adminApi } from "../running/admin_api.ts";
import { RunningError } from "../running/running_error.ts";
import type { RunningRequest } from "../running/running_gateway.ts";

const PAGE = 500;
const SHOWN_ONCE = "The first line is the key: give it to its holder, it is shown this once.";

export async function listKeys(invocation: Invocation): Promise<number> {
  using api = adminApi(invocation);
  const keys = await allKeys(api);
  if (invocation.options.json === true) print(JSON.stringify(keys, null, 2));
  else for (const line of columns(keys.map((key) => [String(key.name), inWords(key)]))) print(line);
  return EXIT.done;
}

export async function showKey(invocation: Invocation): Promise<number> {
  using api = adminApi(invocation);
  showOne(invocation, await findKey(api, invocation));
  return EXIT.done;
}

/** Throws `UsageError`, `RunningError`. */
export async function makeServerKey(invocation: Invocation): Promise<number> {
  const [, name = ""] = invocation.args;
  const [expires, team, owner] = ["expires", "team", "owner"].map((option) =>
    textOption(invocation, option)
  );
  const models = textOption(invocation, "models")?.split(",").map((model) => model.trim())
    .filter((model) => model !== "");
  const budget = readBudget(textOption(invocation, "budget"));
  const body = {
    name,
    ...(models !== undefined && { models }),
    ...(expires !== undefined && { expires }),
    ...(team !== undefined && { team }),
    ...(owner !== undefined && { owner }),
    ...(budget !== undefined && { budget }),
  };
  using api = adminApi(invocation);
  return showMade(invocation, await api.ask("/keys", { method: "POST", body }));
}

export async function rotateKey(invocation: Invocation): Promise<number> {
  const grace = textOption(invocation, "grace");
  if (grace !== undefined && !/^\d{1,9}$/.test(grace)) {
    throw new UsageError("--grace: must be a number of seconds, such as 3600");
  }
  using api = adminApi(invocation);
  const { id } = await findKey(api, invocation);
  const body = grace === undefined ? {} : { grace_seconds: Number(grace) };
  return showMade(invocation, await api.ask(`/keys/${id}/rotate`, { method: "POST", body }));
}

/** Does one thing to the key that is named. */
export async function changeKey(
  invocation: Invocation,
  request: RunningRequest,
): Promise<number> {
  using api = adminApi(invocation);
  const { id } = await findKey(api, invocation);
  const changed = await api.ask(`/keys/${id}`, request);
  if (changed.deleted === true) print(`${changed.name} is withdrawn`);
  else showOne(invocation, changed);
  return EXIT.done;
}

/** By its id, or by its name. Throws `RunningError`. */
async function findKey(api: AdminApi, { args: [, name = ""] }: Invocation): Promise<JsonObject> {
  if (/^(?:key_|file:)/.test(name)) return await api.ask(`/keys/${encodeURIComponent(name)}`);
  const { data } = await api.ask(`/keys?name=${encodeURIComponent(name)}`);
  const [found] = Array.isArray(data) ? data.filter(isJsonObject) : [];
  if (found !== undefined) return found;
  throw new RunningError(`The gateway has no key named "${name}"; weir key list shows all`);
}

async function allKeys(api: AdminApi): Promise<readonly JsonObject[]> {
  const keys: JsonObject[] = [];
  let cursor: JsonValue | undefined;
  do {
    const from = typeof cursor === "string" ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await api.ask(`/keys?limit=${PAGE}${from}`);
    if (Array.isArray(page.data)) keys.push(...page.data.filter(isJsonObject));
    cursor = page.next_cursor;
  } while (typeof cursor === "string");
  return keys;
}

/** The key itself is all that goes to stdout, so that a script can take it. */
function showMade({ options }: Invocation, made: JsonObject): number {
  if (options.json === true) {
    print(JSON.stringify(made, null, 2));
    return EXIT.done;
  }
  const { key, previous_until: previousUntil, warning } = made;
  print(String(key));
  notify(SHOWN_ONCE);
  notify(`${made.name} (${made.id}): ${inWords(made)}`);
  if (typeof previousUntil === "string") notify(`The one before is good until ${previousUntil}.`);
  if (typeof warning === "string") notify(warning);
  return EXIT.done;
}

function showOne({ options }: Invocation, key: JsonObject): void {
  if (options.json === true) return print(JSON.stringify(key, null, 2));
  const rows = Object.entries(key).map(([name, value = null]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  for (const line of columns(rows)) print(line);
}

function inWords(key: JsonObject): string {
  const { state, source, models, expires, team, budget } = key;
  return [
    state,
    source === "file" ? "of the configuration" : undefined,
    Array.isArray(models) ? `models ${models.join(",")}` : undefined,
    typeof expires === "string" ? `expires ${expires}` : undefined,
    typeof team === "string" ? `team ${team}` : undefined,
    isJsonObject(budget) ? `budget ${budget.usd}/${budget.period}` : undefined,
  ].filter((part) => part !== undefined).join(", ");
}

/** Whether the period is one the gateway says. */
function readBudget(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const [, usd, period = ""] = /^(\d{1,9}(?:\.\d+)?)\/(\w+)$/.exec(text) ?? [];
  if (usd === undefined) throw new UsageError("--budget: must be dollars and a period: 10/month");
  return { usd: Number(usd), period };
}

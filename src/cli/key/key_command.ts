/** `weir key`: API keys, for the configuration file or of a gateway that runs. */

import { type Command, type Invocation, JSON_OPTION, UsageError } from "../command_line/command.ts";
import { ADMIN_NOTE } from "../running/admin_api.ts";
import { RUNNING_OPTIONS, type RunningRequest } from "../running/running_gateway.ts";
import { makeKey } from "./file_key.ts";
import { changeKey, listKeys, makeServerKey, rotateKey, showKey } from "./server_key.ts";

interface Action {
  /** Options that mean something to it. */
  readonly takes: readonly string[];
  readonly run: (invocation: Invocation) => Promise<number> | number;
}

const RUNNING = [...RUNNING_OPTIONS.map(({ name }) => name), "json"];

const FILE_KEY: Action = { takes: ["models", "expires"], run: makeKey };
const SERVER_KEY: Action = {
  takes: ["server", "models", "expires", "team", "owner", "budget", ...RUNNING],
  run: makeServerKey,
};

const ACTIONS: Readonly<Record<string, Action>> = {
  new: FILE_KEY,
  list: { takes: RUNNING, run: listKeys },
  show: { takes: RUNNING, run: showKey },
  rotate: { takes: ["grace", ...RUNNING], run: rotateKey },
  pause: changing({ method: "PATCH", body: { disabled: true } }),
  resume: changing({ method: "PATCH", body: { disabled: false } }),
  withdraw: changing({ method: "DELETE" }),
};

function changing(request: RunningRequest): Action {
  return { takes: RUNNING, run: (invocation) => changeKey(invocation, request) };
}

export const key: Command = {
  name: "key",
  summary: "Make an API key for the configuration, or make and change those of a running gateway",
  options: [
    {
      name: "server",
      meaning: "With new: make it in the running gateway, where it is good at once",
    },
    {
      name: "models",
      value: "NAMES",
      meaning: "Models that it may call, split by commas; * is any text",
    },
    { name: "expires", value: "DATE", meaning: "From when on it is refused, such as 2030-12-31" },
    { name: "team", value: "NAME", meaning: "Whose calls its calls are summed up with (--server)" },
    { name: "owner", value: "NAME", meaning: "Whom to ask about it (--server)" },
    {
      name: "budget",
      value: "USD/PERIOD",
      meaning: "What it may spend, such as 10/month; day, week, month or ever (--server)",
    },
    {
      name: "grace",
      value: "SECONDS",
      meaning: "With rotate: how long the key before stays good; a day if not given",
    },
    ...RUNNING_OPTIONS,
    JSON_OPTION,
  ],
  args: [
    { name: "ACTION", completion: Object.keys(ACTIONS) },
    { name: "NAME", isOptional: true, completion: [] },
  ],
  examples: [
    "weir key new ci --models 'gpt-*,claude-*' --expires 2030-12-31",
    "weir key new ci --server --team web --budget 10/month",
    "weir key list",
    "weir key rotate ci --grace 3600",
  ],
  notes: () =>
    `new without --server prints a key and its entry for the list auth.keys of the configuration. ${ADMIN_NOTE}`,
  run: (invocation) => {
    const { options, args: [name = "", keyName] } = invocation;
    if (keyName === undefined && name !== "list") {
      throw new UsageError(`Name the key; write: weir key ${name} NAME`);
    }
    const action = name === "new" && options.server === true ? SERVER_KEY : ACTIONS[name];
    if (action === undefined) throw new UsageError(`There is no weir key ${name}`);
    const idle = Object.keys(options).find((option) => !action.takes.includes(option));
    if (idle !== undefined) {
      const hint = SERVER_KEY.takes.includes(idle) && name === "new" ? "; add --server" : "";
      throw new UsageError(`weir key ${name} does nothing with --${idle}${hint}`);
    }
    return action.run(invocation);
  },
};

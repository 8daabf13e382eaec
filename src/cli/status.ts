/** `weir status`: how a running gateway is. */

import type { JsonObject, JsonValue } from "../core/text/json.ts";
import { isJsonObject } from "../core/text/json.ts";
import { print, styled } from "../host/system/terminal.ts";
import { type Command, EXIT, type Invocation, JSON_OPTION } from "./command_line/command.ts";
import { columns } from "./command_line/help.ts";
import { KEY_NOTE, RUNNING_OPTIONS, runningGateway } from "./running/running_gateway.ts";

export const status: Command = {
  name: "status",
  summary: "Tell how a running gateway is: ready or not, providers, cooldowns, calls",
  options: [...RUNNING_OPTIONS, JSON_OPTION],
  args: [],
  examples: ["weir status --port 8080"],
  notes: () => `${KEY_NOTE} Without one, calls are not counted where metrics want one.`,
  run: showStatus,
};

/** Of calls, by how they ended. */
type CallCounts = Readonly<Record<string, number>>;

/** Fails where it is not ready. Throws `RunningError`, `ConfigError`. */
async function showStatus(invocation: Invocation): Promise<number> {
  using gateway = runningGateway(invocation);
  const health = await gateway.get("/health");
  const metrics = await gateway.text("/metrics");
  const calls = metrics === undefined ? undefined : countCalls(metrics);
  if (invocation.options.json === true) {
    print(JSON.stringify({ url: gateway.origin, ...health, calls: calls ?? null }, null, 2));
  } else {
    print(describe(gateway.origin, health, calls));
  }
  return health.status === "stopping" ? EXIT.failed : EXIT.done;
}

function describe(origin: string, health: JsonObject, calls: CallCounts | undefined): string {
  const { status, version, uptime, environment } = health;
  const isReady = status !== "stopping";
  const seconds = typeof uptime === "number" ? Math.round(uptime) : 0;
  return [
    ...columns([
      ["gateway", `${origin}, Weir ${version}, ${environment}, started ${seconds} seconds ago`],
      [
        "state",
        styled(String(status), isReady ? (status === "healthy" ? "green" : "yellow") : "red"),
      ],
      ...listOf(health.upstreams).map((upstream, index): [string, string] => [
        index === 0 ? "providers" : "",
        describeProvider(upstream),
      ]),
      ["cooldowns", describeCooling(health)],
      ["calls", describeCalls(calls)],
    ]),
  ].join("\n");
}

function describeProvider(upstream: JsonObject): string {
  const { name, state, last_failure: lastFailure } = upstream;
  const failure = isJsonObject(lastFailure)
    ? `, last failed at ${lastFailure.timestamp}: ${lastFailure.code}`
    : "";
  return `${name}: ${state}${failure}`;
}

function describeCooling(health: JsonObject): string {
  const cooling = [...listOf(health.cooling), ...listOf(health.cooling_keys)];
  if (cooling.length === 0) return "none";
  return cooling.map((entry) => Object.values(entry).filter((value) => value !== null).join(" "))
    .join("; ");
}

function describeCalls(calls: CallCounts | undefined): string {
  if (calls === undefined) return "not known: /metrics is off or wants a key";
  const entries = Object.entries(calls);
  if (entries.length === 0) return "none yet";
  return entries.map(([outcome, count]) => `${count} ${outcome}`).join(", ");
}

/** The calls of Prometheus's text by their outcome. */
function countCalls(metrics: string): CallCounts {
  const counts: Record<string, number> = {};
  for (const line of metrics.split("\n")) {
    const match = /^weir_calls_total\{[^}]*\boutcome="(\w+)"[^}]*\} (\S+)$/.exec(line);
    const [, outcome, value] = match ?? [];
    if (outcome !== undefined) counts[outcome] = (counts[outcome] ?? 0) + Number(value);
  }
  return counts;
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

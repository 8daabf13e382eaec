/** Calls through every surface to providers of every format, with every fault of the matrix. */

import type { Random } from "../../../src/core/clock.ts";
import { FAULT_SCRIPTS } from "../../faults/fault_scripts.ts";
import type { FaultProvider } from "../../faults/fault_provider.ts";
import { play } from "../../faults/matrix_clients.ts";
import {
  failingFormat,
  FAULTS,
  isHanded,
  isSocket,
  isStream,
  isUnreachable,
  type PlannedCell,
  planOf,
  type SurfaceName,
} from "../../faults/matrix_plan.ts";
import { aliasOf, providerOf, WAITS } from "../../faults/matrix_providers.ts";
import { below } from "../../transport/mutated_responses.ts";
import { KEY } from "../gateway.ts";
import type { SoakClient } from "../http_calls.ts";
import type { Seen } from "../ledger.ts";
import { refusalOf } from "../socket_calls.ts";

/** A gateway has one address for each API, so nobody being there is played where the APIs of chats are asked. */
const CELLS = planOf(FAULTS).filter(({ fault, targets }) =>
  !isUnreachable(fault) || failingFormat(targets) === "chat"
);
const BY_FAULT = Map.groupBy(CELLS, ({ fault }) => fault);
const WELL = BY_FAULT.get("none") ?? [];
const WAITING = CELLS.filter(({ fault }) => WAITS.test(fault));
const QUICK_FAULTS = [...BY_FAULT.keys()].filter((fault) => !WAITS.test(fault));

/** Of all calls, those that nothing is wrong with, and those that wait for a clock of the gateway. */
const WELL_SHARE = 0.5;
const WAITING_SHARE = 0.01;
const MAX_STAY_MS = 10_000;

/** Which surfaces, targets and faults were played. */
export class Coverage {
  readonly #pairs = new Set<string>();
  readonly #faults = new Set<string>();

  add({ fault, surface, targets }: PlannedCell): void {
    this.#pairs.add(pairOf({ surface, targets }));
    this.#faults.add(fault);
  }

  get text(): string {
    return `${this.#pairs.size} of ${PAIRS} pairs of a surface and its targets' formats, ` +
      `${this.#faults.size} of ${BY_FAULT.size} faults`;
  }
}

function pairOf({ surface, targets }: Pick<PlannedCell, "surface" | "targets">): string {
  return `${surface} ${targets}`;
}

const PAIRS = new Set(CELLS.map(pairOf)).size;

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[below(items.length, random)];
  if (item === undefined) throw new Error("There is nothing to pick");
  return item;
}

function pickCell(random: Random): PlannedCell {
  const kind = random();
  if (kind < WELL_SHARE) return pick(WELL, random);
  if (kind < WELL_SHARE + WAITING_SHARE) return pick(WAITING, random);
  return pick(BY_FAULT.get(pick(QUICK_FAULTS, random)) ?? WELL, random);
}

/** Makes one call of the matrix; what comes of it is in the books. */
export async function makeMatrixCall(
  { url, client, ledger, random }: SoakClient,
  faulty: FaultProvider,
  coverage: Coverage,
  id: string,
): Promise<void> {
  const cell = pickCell(random);
  const { surface, fault, targets } = cell;
  const script = FAULT_SCRIPTS[fault];
  // The requests of a socket are numbered after the socket itself.
  const callId = isSocket(surface) ? `${id}-1` : id;
  if (callId !== id) ledger.begin(id, "upgrade");
  ledger.begin(callId, surface);
  coverage.add(cell);
  try {
    const told = await play({
      ...cell,
      id,
      gatewayUrl: url,
      client,
      key: KEY,
      model: aliasOf(providerOf(fault), targets),
      leave: script?.leaves === undefined ? new Promise(() => {}) : reachedOrLate(faulty, id),
      leavesWithContent: script?.leaves === "after_content" && isStream(surface),
      isSlow: script?.isSlowClient ?? false,
      choices: script?.choices,
    });
    if (callId !== id) ledger.end(id, { kind: "complete" });
    ledger.end(callId, seenOf(surface, told));
  } catch (thrown) {
    if (callId === id) throw thrown;
    ledger.withdraw(callId);
    ledger.end(id, refusalOf(thrown));
  } finally {
    faulty.forget(id);
  }
}

/** A call that is refused, or whose thread dies, never reaches its provider. */
async function reachedOrLate(faulty: FaultProvider, id: string): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, MAX_STAY_MS);
  await Promise.race([faulty.reached(id), late.promise]);
  clearTimeout(timer);
}

/** In the words of the books; see `play`. */
function seenOf(surface: SurfaceName, told: string): Seen {
  if (/(?:^| )left$/.test(told)) return { kind: "left" };
  if (told === "broken" || told === "closed") return { kind: "broken" };
  const [, code = "200"] = /^(\d{3}) /.exec(told) ?? [];
  const status = Number(code);
  const isOdd = /(?:^|200 )(?:ended for|wrong content)/.test(told);
  if (isSocket(surface)) return told === "complete" ? { kind: told } : inWords(isOdd, told);
  if (status >= 400) return { kind: "error", status };
  if (isHanded(surface)) return { kind: "answered" };
  if (/^20\d complete$/.test(told)) return { kind: isStream(surface) ? "complete" : "unclear" };
  return inWords(isOdd, told);
}

function inWords(isOdd: boolean, told: string): Seen {
  return isOdd ? { kind: "unclear" } : { kind: "failed", told };
}

/** What neither the matrix nor the mixed traffic asks. */
const FURTHER = [
  {
    kind: "generate",
    path: "/api/generate",
    body: { model: "steady", prompt: "hi", stream: false },
  },
  { kind: "generate_stream", path: "/api/generate", body: { model: "steady", prompt: "hi" } },
  { kind: "tags", path: "/api/tags", body: undefined },
  { kind: "gemini_models", path: "/v1beta/models", body: undefined },
  {
    kind: "count_tokens",
    path: "/v1/messages/count_tokens",
    body: { model: "steady", messages: [{ role: "user", content: "hi" }] },
  },
] as const;

export async function makeFurtherCall(
  { url, client, ledger, random }: SoakClient,
  id: string,
): Promise<void> {
  const { kind, path, body } = pick(FURTHER, random);
  ledger.begin(id, kind);
  try {
    const response = await fetch(url + path, {
      client,
      headers: {
        authorization: `Bearer ${KEY}`,
        "content-type": "application/json",
        "x-request-id": id,
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    await response.text();
    const { status } = response;
    ledger.end(id, status < 400 ? { kind: "answered" } : { kind: "error", status });
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    ledger.end(id, { kind: "broken" });
  }
}

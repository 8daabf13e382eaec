/** Calls in the ledger of a `STATE` folder: what they cost a call, and what the console asks. */

import type { Program } from "../../../tests/support/program.ts";
import { ask, AT_ONCE, CALLS, chat, type Dimension, startWeir } from "../dimension.ts";
import type { Growth } from "../slopes.ts";

const HOUR_MS = 3_600_000;
const SIZES = [10_000, 100_000, 1_000_000];
/** Within which a call is looked for until it is in the ledger, which takes 100 ms. */
const LOOK_MS = 25;

/** What a page of the console asks at once. */
function page(
  name: string,
  calls: number,
  expected: Growth,
  why: string,
  questions: () => readonly string[],
): Dimension {
  return {
    name: `console, ${name}: calls in the ledger`,
    unit: "calls",
    sizes: SIZES,
    expected,
    why,
    start: async (size, { ledgers }, stack) => {
      const weir = await startWeir({ env: { STATE: await ledgers.folderWith(size) } }, stack);
      const call = async (): Promise<void> => {
        await Promise.all(questions().map((question) => ask(`${weir.url}/admin/v1/${question}`)));
      };
      return { size, weir, calls, atOnce: 1, call };
    },
  };
}

function since(ms: number): string {
  return new Date(Math.floor((Date.now() - ms) / HOUR_MS) * HOUR_MS).toISOString();
}

const now = page(
  "Now",
  50,
  "below linear",
  "Of the last hour the newest 500 calls are read for its percentiles, and a ledger of 10,000 calls has 14 in an hour. What was spent in it is read from sums.",
  () => ["health", `usage?group=hour&from=${since(0)}`, "calls?limit=12"],
);

const newest = page(
  "Calls",
  100,
  "flat",
  "The newest fifty are read from the end of the table.",
  () => ["calls?limit=50"],
);

const searched = page(
  "Calls, a text that is in none",
  4,
  "linear",
  "Half a microsecond for each call that is looked through, of which there are 100,000 at the most, the newest.",
  () => ["calls?limit=50&text=nowhere"],
);

const usage = page(
  "Usage of 30 days",
  4,
  "below linear",
  "Sums are kept by the hour, for each key, model and what else tells them apart: as many once each of these has called, however often.",
  () => {
    const from = since(30 * 24 * HOUR_MS);
    return [
      `usage?group=day,model&from=${from}&time_zone=Europe/Berlin&limit=10000`,
      `usage?group=model&from=${from}&limit=500`,
    ];
  },
);

/** The last that is measured with a ledger, because it adds to it. */
const call: Dimension = {
  name: "JSON call, calls in the ledger",
  unit: "calls",
  sizes: SIZES,
  expected: "flat",
  why:
    "It is handed to a thread of the ledger's own and written within a tenth of a second, with the others of that time; that is part of the cost.",
  start: async (size, { provider, ledgers }, stack) => {
    const env = {
      OPENAI_BASE_URL: provider.baseUrl("json", 300),
      STATE: await ledgers.folderWith(size),
    };
    const weir = await startWeir({ env }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    return {
      size,
      weir,
      calls: CALLS / 2,
      atOnce: AT_ONCE,
      call: () => ask(url, request),
      settled: () => isWritten(weir),
    };
  },
};

let marks = 0;

/** Resolves once the ledger has a call that is made now, and so all before it. */
async function isWritten({ url }: Program): Promise<void> {
  const id = `growth-${++marks}`;
  const { headers, ...request } = chat("m");
  await ask(`${url}/v1/chat/completions`, {
    ...request,
    headers: { ...headers, "x-request-id": id },
  });
  while (true) {
    const { status, body } = await fetch(`${url}/admin/v1/calls/${id}`);
    await body?.cancel();
    if (status === 200) return;
    if (status !== 404) throw new Error(`The ledger was asked for ${id} and answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export const LEDGER: readonly Dimension[] = [now, newest, searched, usage, call];

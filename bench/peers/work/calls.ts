/** Calls of an API as fast as a server answers them, whole or streamed. */

import type { Api } from "../apis/api.ts";
import { PIECES } from "../apis/wire.ts";
import type { ServerKind } from "../servers/server.ts";
import { throughputWork } from "./throughput.ts";
import type { WorkItem } from "./work_item.ts";

const PROMPT_BYTES = 500;

export interface Calls {
  readonly name: string;
  readonly title: string;
  readonly servers: readonly ServerKind[];
  readonly client: Api;
  /** What the provider speaks, where that is something else, and every server translates. */
  readonly provider?: Api;
  readonly promptBytes?: number;
  readonly note?: string;
}

/** Answers of JSON. */
export function wholeWork(calls: Calls): WorkItem {
  return callsWork(calls, false);
}

/** Answers in many pieces, as fast as they are taken. */
export function burstWork(calls: Calls): WorkItem {
  const { title } = calls;
  return callsWork({ ...calls, title: `${title}, stream of ${PIECES} pieces at once` }, true);
}

function callsWork(
  { client, provider = client, promptBytes = PROMPT_BYTES, ...work }: Calls,
  isStream: boolean,
): WorkItem {
  const asked = { model: provider.model, promptBytes, isStream };
  const answerOf = ({ burst, whole }: Api) => isStream && burst !== undefined ? burst : whole;
  return throughputWork({
    ...work,
    provider,
    answer: answerOf(provider).wire,
    path: client.path(asked),
    headers: client.headers,
    body: client.body(asked),
    check: answerOf(client).check,
  });
}

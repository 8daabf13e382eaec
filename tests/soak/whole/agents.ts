/** Coding agents as they come from npm, whose requests pass through a machine. */

import { makeHome, programPath } from "../../agents/agent.ts";
import { launch, LAUNCHED, type Launched } from "../../agents/launched.ts";
import { startRecordingProxy } from "../../support/recording_proxy.ts";
import { KEY } from "../gateway.ts";
import type { Machine } from "./machine.ts";

/** What the provider says, and so the agent. */
const SAID = "hello world";
const MODEL = "steady";

/** Those that `deno task agents` has installed. */
export async function installedAgents(): Promise<readonly Launched[]> {
  const found = await Promise.all(LAUNCHED.map(async (launched) => {
    const isThere = await Deno.stat(programPath(launched.agent)).then(() => true, () => false);
    return isThere ? [launched] : [];
  }));
  return found.flat();
}

/** Has it answer once; its requests are in the books. Resolves with what was wrong. */
export async function runAgent(
  launched: Launched,
  { books, url }: Machine,
  prefix: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const name = `agent ${launched.name}`;
  await using proxy = startRecordingProxy(url, () => {
    const id = `${prefix}-${ids.length + 1}`;
    ids.push(id);
    books.begin(id, name);
    return { "x-request-id": id };
  });
  const home = await makeHome();
  try {
    const finished = await launch(launched, { url: proxy.origin, key: KEY, model: MODEL }, home);
    const { code, stdout, stderr } = finished;
    if (code !== 0) return [`${name} ended with ${code}: ${stdout} ${stderr}`];
    const { text, isError } = await launched.agent.answerOf(finished);
    return isError || !text.includes(SAID) ? [`${name} said ${text}: ${stderr}`] : [];
  } finally {
    for (const id of ids) {
      const passed = proxy.passed.find(({ answerHeaders }) =>
        answerHeaders.get("x-request-id") === id
      );
      if (passed === undefined) books.end(id, { kind: "left" });
      else if (passed.status >= 400) books.end(id, { kind: "error", status: passed.status });
      else books.end(id, { kind: "answered" });
    }
    await Deno.remove(home, { recursive: true });
  }
}

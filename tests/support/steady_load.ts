/** Sends chats at a steady pace, whether or not they are answered. */

export interface LoadOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly model: string;
  readonly callsPerSecond: number;
  readonly durationMs: number;
  /** Characters of a prompt, and tokens that its answer may have. */
  readonly promptCharacters: number;
  readonly maxTokens: number;
}

export interface LoadResult {
  /** Answers by their status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** The slowest answer of status 200. */
  readonly slowestMs: number;
}

/** Resolves when the last call is answered. */
export async function sendSteadily(options: LoadOptions): Promise<LoadResult> {
  const { url, model, callsPerSecond, durationMs, promptCharacters, maxTokens } = options;
  const statuses: Record<number, number> = {};
  let slowestMs = 0;
  const call = async (index: number): Promise<void> => {
    const sinceMs = performance.now();
    // Some longer, some shorter.
    const content = "x".repeat(Math.round(promptCharacters * (0.5 + (index * 7 % 11) / 10)));
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model,
        max_tokens: maxTokens,
        messages: [{ role: "user", content }],
      }),
    });
    await response.text();
    const { status } = response;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 200) slowestMs = Math.max(slowestMs, performance.now() - sinceMs);
  };
  const startedMs = performance.now();
  const calls: Promise<void>[] = [];
  while (performance.now() - startedMs < durationMs) {
    const due = Math.floor((performance.now() - startedMs) / 1_000 * callsPerSecond);
    while (calls.length <= due) calls.push(call(calls.length));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(calls);
  return { statuses, slowestMs };
}

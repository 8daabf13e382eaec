/** Clients that spend a budget: calls of five tokens, each of which costs a cent. */

import type { Program } from "../../support/program.ts";

/** The upstream's prices: what 5 tokens of an answer cost is 5 cents, and a prompt nothing. */
export const PRICES = { models: [{ model: "*", input: 0, output: 10_000 }] };
export const CALL_USD = 0.05;

export interface Spent {
  /** Status and code of each answer, and how many there were of it. */
  readonly answers: Readonly<Record<string, number>>;
  readonly usd: number;
}

/** One call; `maxTokens` bounds its output where it is given. */
export async function spend(
  { url }: Program,
  key: string,
  maxTokens?: number,
  stream = false,
): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "fake-model",
      stream,
      messages: [{ role: "user", content: "[tokens=5] Hello" }],
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    }),
  });
  const text = await response.text();
  if (response.status === 200) return "200";
  return `${response.status} ${JSON.parse(text).error.code}`;
}

/** So many calls at once, by turns to each of the programs, whole and streamed. */
export async function burst(
  programs: readonly Program[],
  key: string,
  calls: number,
  maxTokens?: number,
): Promise<Spent> {
  const results = await Promise.all(Array.from({ length: calls }, (_, index) => {
    const program = programs[index % programs.length]!;
    return spend(program, key, maxTokens, index % 3 === 0);
  }));
  const answers: Record<string, number> = {};
  for (const result of results) answers[result] = (answers[result] ?? 0) + 1;
  return { answers, usd: (answers["200"] ?? 0) * CALL_USD };
}

/** A burst, and smaller ones until nothing is granted any more. */
export async function spendAll(
  programs: readonly Program[],
  key: string,
  calls: number,
  maxTokens?: number,
): Promise<readonly Spent[]> {
  const bursts: Spent[] = [];
  while (true) {
    const spent = await burst(programs, key, bursts.length === 0 ? calls : calls / 10, maxTokens);
    bursts.push(spent);
    if (spent.usd === 0) return bursts;
  }
}

export function sumOf(bursts: readonly Spent[]): number {
  return bursts.reduce((sum, { usd }) => sum + usd, 0);
}

/** What both the log and the ledger say of a call, in one text that must be the same. */

export type CallFacts = string;

const MEMBERS = [
  "surface",
  "model",
  "stream",
  "status",
  "outcome",
  "attempts",
  "input_tokens",
  "output_tokens",
  "cost",
] as const;

/** @param line Of the log, or what the admin API shows of a call of the ledger. */
export function factsOf(line: object): CallFacts {
  const members = line as Readonly<Record<string, unknown>>;
  return MEMBERS.map((name) => `${name}=${members[name]}`).join(" ");
}

/** The tags by which a prompt asks the fake LLM for a fault, each with a value that shows it. */

/** A test compares the names with the fake LLM's own table. */
export const FAKE_TAGS: readonly (readonly [tag: string, meaning: string])[] = [
  ["[400]", "The request is too long"],
  ["[401]", "The provider's key is wrong"],
  ["[403]", "Forbidden"],
  ["[404]", "No such model"],
  ["[408]", "Request timeout"],
  ["[413]", "The body is too large"],
  ["[422]", "A field is not accepted"],
  ["[429]", "Rate limit"],
  ["[quota]", "The account has no credit"],
  ["[500]", "Server error"],
  ["[502]", "Bad gateway"],
  ["[503]", "Overloaded"],
  ["[504]", "Gateway timeout"],
  ["[529]", "Overloaded, as Messages has it"],
  ["[retry-after=2]", "The error says when to come again"],
  ["[html]", "The error is an HTML page"],
  ["[slow=3000]", "Three seconds to the first byte"],
  ["[pace=300]", "A slow stream"],
  ["[tokens=200]", "A long answer"],
  ["[comments=3]", "Comments before the stream"],
  ["[cut=3]", "The connection breaks in the middle"],
  ["[stall=3]", "Silence in the middle"],
  ["[malformed=2]", "An event is no JSON"],
  ["[error=3]", "An error in the middle of a stream"],
  ["[empty]", "An empty body"],
  ["[nodone]", "No end mark"],
  ["[nofinish]", "No finish reason"],
  ["[length]", "Cut off by length"],
  ["[echo]", "The request as the answer"],
  ["[reasoning=Let me think.]", "Reasoning first"],
  ['[tool=get_weather {"city":"Oslo"}]', "A tool is called"],
  ["[cache-read=100]", "Tokens read from a cache"],
  ["[cache-write=100]", "Tokens written to a cache"],
];

/** The tag that makes the fake LLM fail as a call did; empty for one that did not. */
export function tagFor(
  { outcome, tries }: {
    outcome: string;
    tries: readonly { status?: number | null; outcome: string }[];
  },
): string {
  const status = tries.findLast(({ outcome }) => outcome !== "complete")?.status ?? undefined;
  const refusal = FAKE_TAGS.find(([tag]) => tag === `[${status}]`);
  if (refusal !== undefined) return refusal[0];
  if (outcome === "timeout") return "[stall=3]";
  if (outcome === "truncated") return "[cut=3]";
  if (outcome === "upstream_error") return "[503]";
  return outcome === "client_gone" ? "[pace=300]" : "";
}

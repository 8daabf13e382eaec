/** The rules over the blocks of a request that clients break, and translations above all. */

import type { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject } from "../../core/text/json.ts";
import { type Block, blocksOf, type CountRequest, refusal } from "./request.ts";

/** Throws `GatewayError` `invalid_request` in Anthropic's words. */
export function checkBlocks({ messages, system }: CountRequest): void {
  if (typeof system !== "string") checkTexts(blocksOf(system), "system");
  let openCalls: ReadonlySet<string> = new Set();
  for (const [index, { role, content }] of messages.entries()) {
    const at = `messages.${index}`;
    const blocks = blocksOf(content);
    // A text without blocks may be empty, though an answer to nothing makes no sense.
    if (typeof content !== "string") checkTexts(blocks, `${at}.content`);
    checkResults(blocks, openCalls, at);
    if (role === "system") continue; // It may stand between a call and its result.
    checkAnswered(blocks, openCalls, at);
    openCalls = callsOf(blocks, at);
  }
  if (openCalls.size > 0) throw unanswered(openCalls, `messages.${messages.length - 1}`);
}

function checkTexts(blocks: readonly Block[], at: string): void {
  for (const [index, { type, text }] of blocks.entries()) {
    if (type !== "text") continue;
    if (text === undefined) throw refusal(`${at}.${index}.text: Field required`);
    if (text === "") throw refusal(`${at}.${index}: text content blocks must be non-empty`);
  }
}

function checkResults(blocks: readonly Block[], calls: ReadonlySet<string>, at: string): void {
  for (const [index, { type, tool_use_id: id }] of blocks.entries()) {
    if (type !== "tool_result" || (id !== undefined && calls.has(id))) continue;
    throw refusal(
      `${at}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ` +
        `${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the ` +
        "previous message.",
    );
  }
}

function checkAnswered(blocks: readonly Block[], calls: ReadonlySet<string>, at: string): void {
  const answered = new Set(blocks.map(({ tool_use_id: id }) => id));
  const left = [...calls].filter((id) => !answered.has(id));
  if (left.length > 0) throw unanswered(left, at);
}

function unanswered(ids: Iterable<string>, at: string): GatewayError {
  return refusal(
    `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
      `${[...ids].join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` ` +
      "block in the next message.",
  );
}

function callsOf(blocks: readonly Block[], at: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [index, { type, id, input }] of blocks.entries()) {
    if (type !== "tool_use") continue;
    const path = `${at}.content.${index}.tool_use`;
    if (id === undefined) throw refusal(`${path}.id: Field required`);
    if (ids.has(id)) throw refusal(`${path}: \`tool_use\` ids must be unique`);
    if (!isJsonObject(input)) throw refusal(`${path}.input: Input should be a valid dictionary`);
    ids.add(id);
  }
  return ids;
}

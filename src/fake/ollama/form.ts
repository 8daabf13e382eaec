/** How an answer is written by Ollama, whole and as a stream, for chats and for texts. */

import { type Answer, FAKE_MODEL } from "../answer.ts";
import { joinTokens } from "../tokens.ts";
import { CREATED_AT } from "./api.ts";

/** The number of nanoseconds that each token takes. */
const TOKEN_NS = 10_000_000;

interface Said {
  readonly content?: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly unknown[];
}

/** Where an object has what it says. */
export type SaidForm = (said: Said) => SaidMembers;
type SaidMembers = Readonly<Record<string, unknown>>;

export const CHAT_FORM: SaidForm = ({ content = "", ...said }: Said): SaidMembers => ({
  message: { role: "assistant", content, ...said },
});

/** Tools have no place in it. */
export const TEXT_FORM: SaidForm = ({ content = "", thinking }: Said): SaidMembers => ({
  response: content,
  ...(thinking === undefined ? {} : { thinking }),
});

/** The objects of a stream, without the last one. Made as they are read. */
export function* objects(
  { reasoning, text, toolCalls }: Answer,
  form: SaidForm,
): Generator<string> {
  for (const thinking of reasoning) yield objectText(form({ thinking }));
  for (const content of text) yield objectText(form({ content }));
  for (const [index, call] of toolCalls.entries()) {
    yield objectText(form({ tool_calls: [callOf(call, index)] }));
  }
}

/** The last object of a stream. */
export function lastObject(answer: Answer, form: SaidForm): string {
  return objectText(form({}), endOf(answer));
}

/** The JSON body. */
export function wholeAnswer(answer: Answer, form: SaidForm): string {
  const { reasoning, text, toolCalls } = answer;
  const said = {
    content: joinTokens(text),
    ...(reasoning.count > 0 ? { thinking: joinTokens(reasoning) } : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls.map(callOf) } : {}),
  };
  return objectText(form(said), endOf(answer));
}

function objectText(
  said: SaidMembers,
  end: SaidMembers = { done: false },
): string {
  return JSON.stringify({ model: FAKE_MODEL, created_at: CREATED_AT, ...said, ...end });
}

/** Calls of tools end with `stop` as well. An answer without a reason is not done. */
function endOf({ finishReason, usage }: Answer): SaidMembers {
  if (finishReason === null) return { done: false };
  const { promptTokens, cacheReadTokens, cacheWriteTokens, completionTokens } = usage;
  const read = promptTokens + cacheReadTokens + cacheWriteTokens;
  return {
    done_reason: finishReason === "length" ? "length" : "stop",
    done: true,
    total_duration: (read + completionTokens) * TOKEN_NS,
    load_duration: 0,
    prompt_eval_count: read,
    prompt_eval_duration: read * TOKEN_NS,
    eval_count: completionTokens,
    eval_duration: completionTokens * TOKEN_NS,
  };
}

function callOf({ name, input, id }: Answer["toolCalls"][number], index: number): unknown {
  return { id: `call_${id}`, function: { index, name, arguments: JSON.parse(input) } };
}

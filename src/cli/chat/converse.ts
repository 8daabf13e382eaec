/** Turns of a conversation, asked of a running gateway one after the other. */

import { readBody } from "../../bytes/read_whole.ts";
import type { ChatEvent, ChatRequest, Message } from "../../core/chat/chat.ts";
import { toGatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, parseJsonObject } from "../../core/text/json.ts";
import { systemClock } from "../../host/runtime.ts";
import { notify, readAll, readLines } from "../../host/system/terminal.ts";
import type { Invocation } from "../command_line/command.ts";
import {
  describeRefusal,
  type RunningGateway,
  runningGateway,
} from "../running/running_gateway.ts";
import { RunningError } from "../running/running_error.ts";
import type { SurfaceName } from "./surface_names.ts";
import { AnswerView } from "./answer_view.ts";
import { CHAT_SURFACES, type ChatSurface } from "./surfaces.ts";

const MAX_EVENT_BYTES = 16_777_216;
const MAX_ERROR_BYTES = 1_048_576;
const MAX_INPUT_CHARACTERS = 16_777_216;

export interface ConversationWish {
  /** `undefined` for the first of the gateway's list. */
  readonly model: string | undefined;
  readonly surface: SurfaceName;
  readonly system: string | undefined;
}

/** Resolves with whether every turn was answered. Throws `RunningError`, `ConfigError`. */
export async function converse(
  invocation: Invocation,
  { model: wanted, surface, system }: ConversationWish,
): Promise<boolean> {
  using gateway = runningGateway(invocation);
  const model = wanted ?? await firstModel(gateway);
  const turns = Deno.stdin.isTerminal() ? readLines(`${model}> `) : readAll(MAX_INPUT_CHARACTERS);
  const messages: Message[] = system === undefined ? [] : [textMessage("system", system)];
  let isGood = true;
  for await (const prompt of turns) {
    if (prompt.trim() === "") continue;
    messages.push(textMessage("user", prompt));
    const view = new AnswerView(systemClock.nowMs());
    const problem = await ask(gateway, CHAT_SURFACES[surface], { model, messages }, view);
    view.close(systemClock.nowMs());
    if (problem === undefined) {
      messages.push(textMessage("assistant", view.text));
    } else {
      isGood = false;
      notify(problem);
      messages.pop(); // What was not answered can be asked again.
    }
  }
  return isGood;
}

/** Shows one answer as it comes; resolves with what went wrong. */
async function ask(
  gateway: RunningGateway,
  { format, pathOf, headers = [] }: ChatSurface,
  { model, messages }: Pick<ChatRequest, "model" | "messages">,
  view: AnswerView,
): Promise<string | undefined> {
  const request = { model, messages, stream: true, natives: [] };
  const encoded = format.encodeRequest(request).body;
  const { status, body } = await gateway.send(pathOf(model), {
    headers,
    body: format.askForUsage?.(encoded) ?? encoded,
  });
  if (status !== 200) {
    const { bytes } = await readBody(body, MAX_ERROR_BYTES);
    return describeRefusal(status, parseJsonObject(new TextDecoder().decode(bytes)));
  }
  const decoder = format.streamDecoder({ choices: 1, maxEventBytes: MAX_EVENT_BYTES });
  const show = (events: readonly ChatEvent[]) => events.forEach((event) => view.show(event));
  try {
    for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) {
      show(decoder.push(chunk));
    }
    show(decoder.flush());
  } catch (thrown) {
    return toGatewayError(thrown).message;
  }
  return view.fault;
}

async function firstModel(gateway: RunningGateway): Promise<string> {
  const { data } = await gateway.get("/v1/models");
  const [first] = Array.isArray(data) ? data.filter(isJsonObject) : [];
  if (typeof first?.id === "string") return first.id;
  throw new RunningError("The gateway lists no models; name one: weir chat MODEL");
}

function textMessage(role: string, text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}

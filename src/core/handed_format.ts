/** What is read along of answers that are handed through. */

import type { ProviderFault, Usage } from "./chat/chat.ts";
import type { JsonObject } from "./text/json.ts";

/** What an answer that is handed through, or one event of its stream, tells of itself. */
export interface HandedFacts {
  /** The stream's own end: the answer is whole. */
  readonly isEnd?: boolean;
  readonly fault?: ProviderFault;
  readonly usage?: Usage;
  /** The model that answers, in the provider's own word. */
  readonly model?: string;
}

/** How answers that are handed through are read along, for one path of an API. */
export interface HandedFormat {
  /** Its streams end with an event of their own, so that one without it was cut off. */
  readonly hasEndEvent: boolean;
  /** @param name The event's type, `message` where it names none. */
  factsOfEvent(name: string, data: string): HandedFacts;
  factsOfWhole(answer: JsonObject): HandedFacts;
}

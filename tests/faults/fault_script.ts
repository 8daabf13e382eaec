/** How it is written down what a failing provider does. */

import { type AnswerPieces, jsonAnswer, LAST_CHUNK, type ProviderWords } from "./words/pieces.ts";

/** One step of a script: text is written. */
export type Step =
  | string
  /** Nothing more until the other side closes. */
  | { readonly stall: true }
  /** The sending side is closed, the other is read on until it closes as well. */
  | { readonly halfClose: true }
  /** Nothing for so long. */
  | { readonly pauseMs: number }
  /** The connection is closed, or reset. */
  | { readonly close: "fin" | "rst" }
  /** The text is written a few characters at a time. */
  | { readonly drip: string };

/** What a try is answered with. */
export interface PlannedAnswer extends AnswerPieces {
  readonly words: ProviderWords;
  readonly wantsStream: boolean;
  /** How often this call has come, this one included. */
  readonly tries: number;
}

export interface FaultScript {
  readonly steps: (answer: PlannedAnswer) => readonly Step[];
  /** The one API that has words for it, where only one has. */
  readonly onlyIn?: "chat" | "messages";
  /** It is about server-sent events. */
  readonly isOfEvents?: true;
  /** When the client leaves: once the upstream has the request, or has sent its opening or content. */
  readonly leaves?: "at_headers" | "before_content" | "after_content";
  /** The client reads, but late. */
  readonly isSlowClient?: boolean;
  /** Choices that the client asks for, where its surface has more than one. */
  readonly choices?: number;
}

type StepsOf = (words: ProviderWords) => readonly Step[];

/** The same for a stream and for JSON, each in its own words. */
export function either(stream: StepsOf, json: StepsOf = wholeAnswer): FaultScript {
  return { steps: ({ words, wantsStream }) => wantsStream ? stream(words) : json(words) };
}

function wholeAnswer({ whole }: ProviderWords): readonly Step[] {
  return [jsonAnswer(whole)];
}

/** A stream of these events that ends as it should. */
export function streamOf({ stream }: ProviderWords, ...events: readonly string[]): string {
  return stream.head + events.join("") + LAST_CHUNK;
}

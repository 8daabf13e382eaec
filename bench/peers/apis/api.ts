/** An API that clients and providers speak: what is asked, and what the upstream answers on the wire. */

import type { Header } from "../servers/server.ts";

export type ApiName =
  | "chat"
  | "messages"
  | "responses"
  | "gemini"
  | "ollama"
  | "completions"
  | "embeddings"
  | "text";

export interface Asked {
  readonly model: string;
  readonly promptBytes: number;
  readonly isStream: boolean;
}

export interface Api {
  readonly name: ApiName;
  /** In titles. */
  readonly title: string;
  /** Of the provider that speaks it. */
  readonly model: string;
  /** What its clients send beyond the content type and their key. */
  readonly headers: readonly Header[];
  path(asked: Asked): string;
  body(asked: Asked): string;
  /** Throws where what a provider got is not a request of this API. */
  checkRequest(path: string, body: string): void;
  readonly whole: Answer;
  /** Many pieces of text at once; not there where nothing is streamed. */
  readonly burst?: Answer;
  /** For the upstream's paced form. */
  readonly paced?: string;
}

export interface Answer {
  /** As it goes onto the wire. */
  readonly wire: string;
  /** Throws where a client did not get all of it. */
  check(text: string): void;
}

/** One that is streamed at the pace of a model as well. */
export type PacedApi = Api & Required<Pick<Api, "burst" | "paced">>;

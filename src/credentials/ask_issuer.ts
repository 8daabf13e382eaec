/** Asks whoever issues credentials, and reads the whole of a small answer. */

import { readBody } from "../bytes/read_whole.ts";
import type { CredentialMeans } from "../core/provider/transport.ts";
import type { HeaderList } from "../core/provider/transport.ts";
import type { Signal } from "../core/http/signal.ts";
import { type JsonObject, parseJsonObject } from "../core/text/json.ts";

export interface Question {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: HeaderList;
  /** Fields of a form. */
  readonly form?: Readonly<Record<string, string>>;
}

const MAX_BYTES = 65_536;
/** Of what an issuer says of a refusal. */
const MAX_REASON_CHARACTERS = 300;

/** The text of an answer with status 200. Rejects for any other, naming the issuer's host and its words. */
export async function askIssuer(
  { method, url, headers = [], form }: Question,
  { send }: CredentialMeans,
  signal: Signal,
): Promise<string> {
  const address = new URL(url);
  const body = form && new TextEncoder().encode(new URLSearchParams(form).toString());
  const response = await send({
    method,
    url: address,
    headers: [
      ["accept", "application/json"],
      ...(form === undefined ? [] : [["content-type", FORM_TYPE]] as const),
      ...headers,
    ],
    ...(body !== undefined && { body }),
  }, signal);
  const { bytes } = await readBody(response.body, MAX_BYTES);
  const text = new TextDecoder().decode(bytes);
  if (response.status === 200) return text;
  throw new Error(
    `${address.host} answered ${response.status}: ${
      reasonOf(text).slice(0, MAX_REASON_CHARACTERS)
    }`,
  );
}

export const FORM_TYPE = "application/x-www-form-urlencoded";

/** The same as a JSON object. */
export async function askIssuerForJson(
  question: Question,
  means: CredentialMeans,
  signal: Signal,
): Promise<JsonObject> {
  const body = parseJsonObject(await askIssuer(question, means, signal));
  if (body === undefined) {
    throw new Error(`${new URL(question.url).host} answered with something else than JSON`);
  }
  return body;
}

function reasonOf(text: string): string {
  const { error_description: description, error, message, Message } = parseJsonObject(text) ?? {};
  const said = [description, message, Message, error].find((word) => typeof word === "string");
  const [, xml] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
  return (typeof said === "string" ? said : xml ?? text).replace(/\s+/g, " ").trim();
}

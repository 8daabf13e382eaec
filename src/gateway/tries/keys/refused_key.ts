/** Tells an upstream that refuses Weir's own key from one that refuses the client's request. */

import { GatewayError } from "../../../core/gateway_error.ts";
import type { Provider } from "../../../core/provider/provider.ts";

/** Codes and types that mean the key, whatever the status they come with (Gemini and xAI say 400). */
const KEY_WORDS = /invalid[ _-]?(api|access)[ _-]?key|api[ _-]?key[ _-]?invalid|authentication/i;
/**
 * How a sentence about the key begins. Only its beginning counts, because what follows may repeat words of
 * the request.
 */
const KEY_SENTENCE =
  /^\W*(the |your )?((incorrect|invalid|wrong|expired|missing|unknown|revoked|disabled) (api|access)[ _-]?(key|token)|(api|access)[ _-]?(key|token)( provided)? (is |was |has )?(not valid|invalid|incorrect|expired|missing|required|revoked|disabled|been))/i;

/**
 * The error for the client where `error` is about the key that Weir has for the upstream; else the same one.
 * A client can do nothing about that key, and would look for the fault in its own.
 */
export function explainRefusedKey(error: GatewayError, provider: Provider): GatewayError {
  const { keySetting } = provider;
  if (keySetting === undefined || !isAboutKey(error)) return error;
  const { status, message } = error;
  const said = `${provider.name} refused the key with ${status} (${message.slice(0, 80)})`;
  return new GatewayError(
    "upstream_auth_failed",
    `The upstream "${provider.name}" does not accept this gateway's own key for it (${status}); ` +
      "whoever runs this gateway must set a valid one: your key and your request are not the cause",
    {
      upstreamStatus: status,
      shouldRetry: false,
      // For the log, which cuts it: what is to be done comes first.
      cause: new Error(`Set ${keySetting}: ${said}`),
    },
  );
}

function isAboutKey({ kind, status, code, type, message }: GatewayError): boolean {
  if (kind !== "upstream_error") return false;
  if (status === 401) return true;
  return (status === 400 || status === 403) &&
    (KEY_WORDS.test(`${code} ${type}`) || KEY_SENTENCE.test(message));
}

/** What callers send to a provider that takes their own credentials. */

import type { Call } from "../../../core/call.ts";
import type { Redact, Redactor } from "../../../core/text/redactor.ts";
import type { HeaderList } from "../../../core/provider/transport.ts";
import type { Target } from "../../../core/provider/provider.ts";

const MASK = "[redacted]";

/** Empty for every other provider. */
export function clientsCredentials(
  { principal: { credentials = [] } }: Pick<Call, "principal">,
  { provider }: Target,
): HeaderList {
  return provider.takesClientsCredentials === true ? credentials : [];
}

/** The same redactor, which also takes out these credentials: the provider may repeat them in its errors. */
export function redactorWithout(redactor: Redactor, credentials: HeaderList): Redactor {
  if (credentials.length === 0) return redactor;
  const secrets = credentials.map(([, value]) => value.replace(/^\w+ +/, ""));
  const without = (redact: Redact): Redact => (text) =>
    redact(secrets.reduce((shown, secret) => shown.replaceAll(secret, MASK), text));
  return {
    forLog: without(redactor.forLog),
    forHeader: without(redactor.forHeader),
    forClient: without(redactor.forClient),
    forClientOfPage: without(redactor.forClientOfPage),
  };
}

/** What callers send to a provider that takes their own credentials. */

import type { Call } from "../../../core/call.ts";
import { type Redact, redactCredentials, type Redactor } from "../../../core/text/redactor.ts";
import type { HeaderList } from "../../../core/provider/transport.ts";
import type { Target } from "../../../core/provider/provider.ts";

/** Empty for every other provider. */
export function clientsCredentials(
  { principal: { credentials = [] } }: Pick<Call, "principal">,
  { provider }: Target,
): HeaderList {
  return provider.takesClientsCredentials === true ? credentials : [];
}

/** The same redactor, which also takes out these credentials: the provider may repeat them in its errors. */
export function redactorWithout(redactor: Redactor, credentials: HeaderList): Redactor {
  const values = credentials.map(([, value]) => value);
  const without = (redact: Redact): Redact => redactCredentials(redact, values);
  return {
    forLog: without(redactor.forLog),
    forHeader: without(redactor.forHeader),
    forClient: without(redactor.forClient),
    forClientOfPage: without(redactor.forClientOfPage),
  };
}

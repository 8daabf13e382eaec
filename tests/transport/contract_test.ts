/**
 * The contract of `Transport` and `ByteSource`, run over each implementation.
 *
 * A case that an implementation does not keep is skipped under a name that says why.
 *
 * @module
 */

import { runCase } from "./contract.ts";
import type { ClientName } from "./contract.ts";
import { cancelCases } from "./cancel_cases.ts";
import { connectionCases } from "./connection_cases.ts";
import { failureCases } from "./failure_cases.ts";
import { framingCases } from "./framing_cases.ts";
import { headerCases } from "./header_cases.ts";
import { tlsCases } from "./tls_cases.ts";
import { uploadCases } from "./upload_cases.ts";

const clientNames: readonly ClientName[] = ["http1", "fetch"];
const cases = [
  ...framingCases,
  ...failureCases,
  ...cancelCases,
  ...connectionCases,
  ...headerCases,
  ...tlsCases,
  ...uploadCases,
];

for (const clientName of clientNames) {
  for (const contractCase of cases) {
    const reason = contractCase.except?.[clientName];
    Deno.test({
      name: `${clientName} ${contractCase.name}${reason === undefined ? "" : ` (${reason})`}`,
      ignore: reason !== undefined,
      sanitizeResources: contractCase.leaksInRuntime === undefined,
      fn: () => runCase(contractCase, clientName),
    });
  }
}

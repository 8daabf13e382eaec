/** Requests signed with keys of AWS, wherever these come from. */

import type { Credentials } from "../../core/provider/transport.ts";
import { Renewed } from "../renewed.ts";
import type { AwsSources } from "./aws_sources.ts";
import { findKeys } from "./find_keys.ts";
import { type AwsKeys, type SigningScope, signRequest } from "./sigv4.ts";

/** Statuses that keys which have been replaced are answered with. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

export function awsCredentials(sources: AwsSources, scope: SigningScope): Credentials {
  const keys = new Renewed<AwsKeys>((means, signal) => findKeys(sources, means, signal));
  return {
    authorize: async (request, means, signal) => {
      const value = await keys.get(means, signal);
      return {
        request: signRequest(request, value, scope, means.clock.epochMs()),
        answered: (status) =>
          REFUSED.has(status) && sources.accessKeyId === undefined && keys.drop(value, means),
      };
    },
  };
}

/** Whether a request names one host, and so one path. */

import type { HttpRequest } from "./http.ts";

const HOST = /^[\w.:[\]-]+$/;

/** HTTP/1.0 has no Host. What stands in one beside a host could choose the path of whoever reads it next. */
export function namesOneHost({ host }: Pick<HttpRequest, "host">): boolean {
  return host === "" || HOST.test(host);
}

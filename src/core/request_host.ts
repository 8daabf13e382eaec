/** Whether a request names one host, and so one path. */

const HOST = /^[\w.:[\]-]+$/;
const HOST_AND_PATH = /^[\w.:[\]-]*(\/|$)/;

/**
 * The server puts the Host in front of the target as it is, so a slash in it would choose the path. A
 * target that is a whole address names a host as well, which may be another one.
 */
export function namesOneHost({ url, headers }: Pick<Request, "url" | "headers">): boolean {
  const host = headers.get("host") ?? "";
  const address = url.slice(url.indexOf("//") + 2);
  // HTTP/1.0 has no Host, and HTTP/2 has it in the address alone.
  if (host === "") return HOST_AND_PATH.test(address);
  if (!HOST.test(host)) return false;
  const next = address[host.length];
  if (next !== undefined && next !== "/") return false;
  return address.startsWith(host) || address.toLowerCase().startsWith(host.toLowerCase());
}

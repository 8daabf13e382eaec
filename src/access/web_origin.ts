/**
 * Reads where a browser says that a request comes from.
 *
 * @see {@link https://fetch.spec.whatwg.org/#origin-header}
 * @module
 */

/**
 * Whether an `Origin` can be that of a web page, as far as it is not sure to be none: programs with a
 * browser inside, and extensions of browsers, have schemes of their own, which no page can have.
 */
export function isWebOrigin(origin: string): boolean {
  return !/^(?!https?:)[a-z][a-z\d+.-]*:\/\//i.test(origin);
}

/**
 * Whether a request comes from a page that was served by the host it goes to.
 *
 * The browser itself says so only where no DNS answer can have made another host of it: over TLS and to
 * loopback addresses. Where it does not say, host and origin are compared, and names are no proof: the
 * owner of a page can let its name lead here, once the page is loaded (DNS rebinding).
 */
export function isSameOrigin(origin: string, headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const host = headers.get("host")?.toLowerCase();
  return host !== undefined && isAddress(host) && origin.toLowerCase() === `http://${host}`;
}

/** Whether a host, with or without a port, is no name that anybody could own. */
function isAddress(host: string): boolean {
  return /^(localhost|(\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\])(:\d+)?$/.test(host);
}

/** What `STATE` names: a folder of this machine, or a Postgres for many. */

const POSTGRES = /^postgres(?:ql)?:\/\//i;

export function isPostgresAddress(state: string): boolean {
  return POSTGRES.test(state);
}

/** Whether an address of Postgres can be understood: it names a host, and what it holds beside is of it. */
export function isWholeAddress(state: string): boolean {
  const url = URL.parse(state);
  if (url === null || url.hostname === "" || url.hash !== "") return false;
  return /^\/[^/]{1,63}$/.test(url.pathname);
}

/** The address as it may be shown: without who asks, and what else it says. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  return url === null ? "Postgres" : `postgres://${url.host}${url.pathname}`;
}

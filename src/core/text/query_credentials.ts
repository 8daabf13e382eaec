/**
 * Credentials in the query of an address: `key`, as Google's clients send it, is taken for an API key. What
 * is found is also what is taken out again, in whatever way its name is spelt.
 *
 * @module
 */

const KEY = "key";
/** Names of credentials that are no API key of Weir's, and which nobody but an upstream would read. */
const OTHER_CREDENTIALS: ReadonlySet<string> = new Set([
  "access-token",
  "access_token",
  "api-key",
  "api_key",
  "apikey",
  "authorization",
  "x-api-key",
  "x-goog-api-key",
]);
/** Every escape that hides another escape: some reader may undo them all. */
const NESTED_ESCAPE = /%(25)+(?=[0-9a-f]{2})/gi;
/** As keys look; a space is in what came twice. */
const VISIBLE = /^[\x21-\x7e]{1,4096}$/;

/** The API keys in an address, whether or not they are valid; those that are no text of a key are left out. */
export function keysInQuery(url: string): readonly string[] {
  const start = url.indexOf("?");
  if (start < 0) return [];
  return fieldsOf(url.slice(start + 1))
    .filter((field) => nameOf(field) === KEY)
    .map((field) => decode(field.split("=").slice(1).join("=")))
    .filter((value) => VISIBLE.test(value));
}

/** A query, or an address, without its keys; itself where it has none. */
export function withoutQueryKeys(address: string): string {
  const start = address.indexOf("?");
  if (start < 0) return address;
  const parts = address.slice(start + 1).split(/([&;])/);
  let kept = "";
  for (let index = 0; index < parts.length; index += 2) {
    const field = parts[index] ?? "";
    if (nameOf(field) === KEY) continue;
    kept += (kept === "" ? "?" : parts[index - 1] ?? "&") + field;
  }
  return parts.some((field) => nameOf(field) === KEY) ? address.slice(0, start) + kept : address;
}

/** Whether a query has credentials that are not taken out. */
export function hasOtherCredentials(query: string): boolean {
  return fieldsOf(query.slice(1)).some((field) => OTHER_CREDENTIALS.has(nameOf(field)));
}

function fieldsOf(query: string): readonly string[] {
  return query.split(/[&;]/);
}

function nameOf(field: string): string {
  const [name = ""] = field.split("=", 1);
  return decode(name.replace(NESTED_ESCAPE, "%").replaceAll("+", " ")).trim().toLowerCase();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads the parameters of the catalog's requests. All throw `invalid_request` naming the parameter. */

import { GatewayError } from "../../../core/gateway_error.ts";

const MAX_CHARACTERS = 200;

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly fallback: number;
}

/** How many are asked for: 1 to 100, whoever asks for more gets as many. */
export function readLimit(query: URLSearchParams, fallback: number): number {
  return readWhole(query, "limit", { least: 1, most: 100, fallback });
}

/** How many are skipped. */
export function readOffset(query: URLSearchParams): number {
  return readWhole(query, "offset", { least: 0, most: 1_000_000, fallback: 0 });
}

/** Words in lower case, each to be found; none where the parameter is absent or blank. */
export function readWords(query: URLSearchParams, name: string): readonly string[] {
  return readText(query, name).toLowerCase().split(/\s+/).filter((word) => word !== "");
}

/** Empty where the parameter is absent or blank. */
export function readText(query: URLSearchParams, name: string): string {
  const text = query.get(name)?.trim() ?? "";
  if (text.length > MAX_CHARACTERS) {
    throw invalid(name, `must have at most ${MAX_CHARACTERS} characters`);
  }
  return text;
}

/** Of a parameter that must be there and not blank. */
export function readRequiredText(query: URLSearchParams, name: string): string {
  const text = readText(query, name);
  if (text === "") {
    throw new GatewayError("invalid_request", `${capitalized(name)} is required`, {
      param: name,
      code: "missing_required_parameter",
    });
  }
  return text;
}

function readWhole(query: URLSearchParams, name: string, bounds: Bounds): number {
  const { least, most, fallback } = bounds;
  const text = query.get(name);
  if (text === null) return fallback;
  // Clients of OpenRouter's ask for up to 1,000 to get all: the answer says how many there are.
  const value = /^\d+$/.test(text) ? Math.min(Number(text), most) : Number.NaN;
  if (value >= least) return value;
  throw invalid(name, `must be a whole number from ${least} to ${most}`);
}

function invalid(name: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${capitalized(name)} ${what}`, {
    param: name,
    code: "invalid_value",
  });
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

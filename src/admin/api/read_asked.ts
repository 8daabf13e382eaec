/** Reads what a request brings by the schemas of its route, and says in a sentence what is wrong with it. */

import * as z from "zod";
import { expectationOf } from "../../config/problems/expectation.ts";
import { namedOptions, schemaAt, treeOf } from "../../config/option_tree.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import { readBody } from "../../surfaces/request/read_body.ts";
import { type BodyLimits, readJsonRequest } from "../../surfaces/request/read_json_body.ts";
import { TAG_PARAMETER } from "./filters.ts";
import type { AdminRoute } from "./route.ts";

export const MAX_BODY_BYTES = 1_048_576;
/** Parameters that may come several times. */
const LIST_PARAMETERS: ReadonlySet<string> = new Set(["group", "types"]);
/** One for all: a schema is compiled when it first reads something, which takes longer than most answers. */
const NO_PARAMETERS = z.strictObject({});

/** The query by the route's schema. Throws `invalid_request`. */
export function readQuery({ query }: AdminRoute, given: URLSearchParams): unknown {
  const read: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name);
    if (LIST_PARAMETERS.has(name)) read[name] = values.join(",");
    else if (values.length > 1) {
      throw invalid(`The parameter "${shown(name)}" is there twice`, name);
    } else if (query !== undefined && name.startsWith(TAG_PARAMETER)) {
      if (read["tag"] !== undefined) throw invalid("Only one tag can be asked for at once", name);
      read["tag"] = [name.slice(TAG_PARAMETER.length), values[0]];
    } else read[name] = values[0];
  }
  return parse(query ?? NO_PARAMETERS, read, "parameter");
}

/** The body by the route's schema. Throws or rejects as `readJsonRequest` does. */
export async function readAsked(
  { body, isBodyOptional, textBody }: AdminRoute,
  request: HttpRequest,
  limits: BodyLimits,
): Promise<unknown> {
  if (textBody !== undefined) {
    const bytes = await readBody(request, "identity", limits);
    return new TextDecoder().decode(bytes);
  }
  if (body === undefined) return undefined;
  if (isBodyOptional && (request.body === null || request.lengthBytes === 0)) {
    return parse(body, {}, "member");
  }
  const { json } = await readJsonRequest(request, limits);
  return parse(body, json, "member");
}

/** Throws `invalid_request` whose `param` is what is at fault. */
export function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  what: "member" | "parameter",
): Output {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data as Output;
  const [issue] = error.issues;
  if (issue === undefined) throw invalid("The request is not valid", "");
  if (issue.code === "unrecognized_keys") {
    const [name = ""] = issue.keys;
    const path = [...issue.path.map(String), name];
    const names = Object.keys(namedOptions(schemaAt(path.slice(0, -1), treeOf(schema))));
    const there = names.length === 0 ? "there is none here" : `there are ${names.join(", ")}`;
    throw invalid(`There is no ${what} "${shown(path.join("."))}"; ${there}`, path.join("."));
  }
  const path = issue.path.map(String);
  const name = path.join(".");
  const message = /^(Invalid|Too|Unrecognized)\b/.test(issue.message)
    ? `must be ${expectationOf(schemaAt(path, treeOf(schema)), path.at(-1) ?? "", false)}`
    : issue.message;
  const subject = name === "" ? "The body" : `The ${what} "${shown(name)}"`;
  throw invalid(`${subject} ${message}`, name);
}

export function invalid(message: string, param: string, code = "invalid_request"): GatewayError {
  return new GatewayError("invalid_request", message, {
    code,
    ...(param !== "" && { param: shown(param) }),
  });
}

/** A name of the client's own in a sentence to it. */
function shown(name: string): string {
  return name.slice(0, 200);
}

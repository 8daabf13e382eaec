/** One address of the admin API, as data: it is answered, described and tested by this. */

import type * as z from "zod";
import type { AdminCaller, AdminRole } from "../../access/admin_role.ts";
import type { HttpRequest } from "../../core/http/http.ts";

/** A request that was let in, with what its route has it bring. */
export interface Asked<Query, Body> {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** Who asks; of an open route whoever comes. */
  readonly caller: AdminCaller;
  /** What stands in the path for each `{name}` of it, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** What a route answers where all is well. */
export interface RouteAnswer {
  readonly status: number;
  readonly meaning: string;
  /** Of its JSON. */
  readonly schema?: z.ZodType;
  /** Where it may be something else than JSON. */
  readonly mediaTypes?: readonly string[];
}

export interface AdminRoute<Query = unknown, Body = unknown> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the API's base, such as `/keys/{id}`. */
  readonly path: string;
  /** `open` is for those who have yet to say who they are. */
  readonly role: AdminRole | "open";
  /** What it does, in a few words. */
  readonly summary: string;
  /** Of the query, an object of texts; parameters beside it are refused. */
  readonly query?: z.ZodType<Query>;
  /** Of a JSON body; none is read without. */
  readonly body?: z.ZodType<Body>;
  /** The body may be left out. */
  readonly isBodyOptional?: boolean;
  /** The body is this text instead of JSON. */
  readonly textBody?: string;
  readonly answer: RouteAnswer;
  readonly handle: (asked: Asked<Query, Body>) => Response | Promise<Response>;
}

/** A route whose handler gets what its schemas read. */
export function route<Query = Record<string, never>, Body = undefined>(
  given: AdminRoute<Query, Body>,
): AdminRoute {
  // Whoever calls the handler has parsed both by the schemas that stand beside it.
  return given as AdminRoute;
}

/** A JSON answer that nobody may keep. */
export function json(
  value: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

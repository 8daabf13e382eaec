/**
 * The admin API as an OpenAPI document, made of the schemas that its requests are read by.
 *
 * @see {@link https://spec.openapis.org/oas/v3.1.1.html}
 * @module
 */

import * as z from "zod";
import type { JsonObject } from "../../core/text/json.ts";
import { VERSION } from "../../core/version.ts";
import { type AdminRoute, route, type RouteAnswer } from "./route.ts";
import { TAG_PARAMETER } from "./filters.ts";

const ERRORS = {
  "4XX": { description: "What was wrong with the request", ...inJson({ $ref: refTo("Error") }) },
  "5XX": { description: "Why it could not be answered", ...inJson({ $ref: refTo("Error") }) },
};

const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "type", "code", "param"],
      properties: {
        message: { type: "string", description: "A sentence that says what to do." },
        type: { type: "string" },
        code: { type: ["string", "null"], description: "Stable, for programs." },
        param: { type: ["string", "null"], description: "The parameter or member at fault." },
      },
    },
  },
};

/** Tells all routes, itself included. */
export function openapiRoute(routes: readonly AdminRoute[], base: string): AdminRoute {
  let text: string | undefined;
  const own: AdminRoute = route({
    method: "GET",
    path: "/openapi.json",
    role: "read",
    summary: "This document",
    answer: {
      status: 200,
      meaning: "The document",
      schema: z.looseObject({ openapi: z.string() }),
    },
    handle: () => {
      text ??= JSON.stringify(openapiDocument([...routes, own], base));
      return new Response(text, { headers: { "content-type": "application/json" } });
    },
  });
  return own;
}

function openapiDocument(routes: readonly AdminRoute[], base: string): JsonObject {
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, of]) => [
    path,
    Object.fromEntries(of.map((one) => [one.method.toLowerCase(), operationOf(one)])),
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Weir admin API",
      version: VERSION,
      description: "What a gateway does, what it costs, and what may be changed while it runs.",
    },
    servers: [{ url: base }],
    security: [{ adminKey: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        adminKey: {
          type: "http",
          scheme: "bearer",
          description: "ADMIN_API_KEY, or ADMIN_READ_API_KEY for what changes nothing.",
        },
      },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}

function operationOf(described: AdminRoute): JsonObject {
  const { method, path, role, summary, query, answer } = described;
  return {
    operationId: `${method.toLowerCase()}${
      path.replaceAll(/\W+(\w)/g, (_, letter) => letter.toUpperCase()).replaceAll(/\W/g, "")
    }`,
    summary,
    description: role === "write" ? "Needs ADMIN_API_KEY." : "",
    ...(role === "open" && { security: [] }),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...bodyOf(described),
    responses: { [answer.status]: responseOf(answer), ...ERRORS },
  };
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodType): JsonObject[] {
  const { properties = {}, required = [] } = schemaOf(query, "input");
  return Object.entries(properties as Record<string, JsonObject>).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const about = {
      in: "query",
      required: (required as string[]).includes(name),
      ...(description !== undefined && { description }),
    };
    // Each tag is a parameter of its own.
    if (name === "tag") {
      return {
        name: TAG_PARAMETER.slice(0, -1),
        ...about,
        style: "deepObject",
        schema: { type: "object", additionalProperties: { type: "string" } },
      };
    }
    return { name, ...about, schema: rest };
  });
}

function bodyOf({ body, isBodyOptional, textBody }: AdminRoute): JsonObject {
  if (textBody !== undefined) {
    const content = { "text/plain": { schema: { type: "string", description: textBody } } };
    return { requestBody: { required: true, content } };
  }
  if (body === undefined) return {};
  return { requestBody: { required: isBodyOptional !== true, ...inJson(schemaOf(body, "input")) } };
}

function responseOf({ meaning, schema, mediaTypes = [] }: RouteAnswer): JsonObject {
  const others = mediaTypes.map((type) => [type, { schema: { type: "string" } }]);
  const content = {
    ...(schema === undefined ? {} : inJson(schemaOf(schema, "output")).content),
    ...Object.fromEntries(others),
  };
  return { description: meaning, ...(Object.keys(content).length > 0 && { content }) };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  return rest as JsonObject;
}

function inJson(schema: JsonObject): { content: JsonObject } {
  return { content: { "application/json": { schema } } };
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

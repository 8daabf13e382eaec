/** Where traces go, by the names that OpenTelemetry has given to these settings. */

import * as z from "zod";
import { SECRET } from "../core/text/secret.ts";

const address = z.url({ protocol: /^https?$/, error: "must be an address with http or https" });

/** Values are percent-encoded, as the standard wants them of its variable. */
const headerValue = z.string().max(4_096).regex(/^[\t\x20-\x7e]*$/, "must be printable ASCII")
  .overwrite(decoded);

export const traceOptions = z.strictObject({
  endpoint: address.optional().describe(
    "Address of a collector that takes OTLP over HTTP, such as `http://localhost:4318`; traces go to `/v1/traces` below it. If not set, none are made.",
  ).meta({ variable: "OTEL_EXPORTER_OTLP_ENDPOINT", needsRestart: true }),
  tracesEndpoint: address.optional().describe(
    "The whole address that traces go to, in place of the one below it.",
  ).meta({ variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", needsRestart: true }),
  headers: z.record(z.string().regex(/^[\w.-]{1,200}$/), headerValue.meta(SECRET)).default({})
    .describe("Headers that are sent along, `name=value` each, with percent-encoded values.")
    .meta({
      variable: ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"],
      needsRestart: true,
    }),
  protocol: z.enum(["http/protobuf", "http/json"]).default("http/protobuf").describe(
    "How traces are written.",
  ).meta({
    variable: ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"],
    needsRestart: true,
  }),
  exportTimeoutMs: z.int().min(1).max(600_000).default(10_000).describe(
    "Time allowed for one export, its repetitions included.",
  ).meta({ variable: "OTEL_EXPORTER_OTLP_TIMEOUT", needsRestart: true }),
  exportDelayMs: z.int().min(1).max(600_000).default(5_000).describe(
    "Longest wait of a span that has ended for others to be sent along with.",
  ).meta({ variable: "OTEL_BSP_SCHEDULE_DELAY", needsRestart: true }),
  sample: z.number().min(0).max(1).default(1).describe(
    "Share of the traces that begin here which are sent; of those that a client has begun, its `traceparent` says.",
  ).meta({ variable: "OTEL_TRACES_SAMPLER_ARG", needsRestart: true }),
  serviceName: z.string().min(1).max(255).default("weir").describe(
    "Name of this service in traces.",
  ).meta({ variable: "OTEL_SERVICE_NAME", needsRestart: true }),
  attributes: z.record(z.string().min(1).max(255), z.string().max(1_024).overwrite(decoded))
    .default({}).describe("What else is said of it, `name=value` each.")
    .meta({ variable: "OTEL_RESOURCE_ATTRIBUTES", needsRestart: true }),
}).prefault({});

export type TraceOptions = z.output<typeof traceOptions>;

/** Where traces are sent; `undefined` where none are made. */
export function tracesAddress({ endpoint, tracesEndpoint }: TraceOptions): string | undefined {
  if (tracesEndpoint !== undefined) return tracesEndpoint;
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}

/** What is not encoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

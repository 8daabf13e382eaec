/** Makes traces and sends them to a collector, where the configuration names one. */

import type { Tracer } from "@opentelemetry/api";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { VERSION } from "../core/version.ts";
import type { Log } from "./log/log.ts";
import { type TraceOptions, tracesAddress } from "./trace_options.ts";

/** Spans that wait to be sent at the most; those beyond them are lost, and a line says how many. */
const MAX_WAITING_SPANS = 8_192;

/** The library's word for an export that was taken; a value of it would load the library. */
const SUCCESS = 0;

export interface Traces {
  readonly tracer: Tracer;
  /** Sends what waits. */
  readonly close: () => Promise<void>;
}

/** `undefined` where no traces are made. */
export async function openTraces(
  options: TraceOptions,
  log: Pick<Log, "info" | "warn">,
): Promise<Traces | undefined> {
  const url = tracesAddress(options);
  if (url === undefined) return undefined;
  const library = await import("./trace_library.ts");
  const ignore = (): void => {};
  library.diag.setLogger({
    // Exports that fail are told by ourselves.
    error: ignore,
    warn: (cause) => log.warn("spans were lost", { cause }),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  }, { suppressOverrideMessage: true });
  const Exporter = options.protocol === "http/json"
    ? library.JsonExporter
    : library.ProtobufExporter;
  const { headers, exportTimeoutMs } = options;
  const exporter = new Exporter({ url, headers, timeoutMillis: exportTimeoutMs, keepAlive: true });
  // What a call's requests are spans within is found by the promises that led to them.
  library.context.setGlobalContextManager(new library.AsyncLocalStorageContextManager().enable());
  const provider = new library.TracerProvider({
    resource: library.resourceFromAttributes({
      ...options.attributes,
      "service.name": options.serviceName,
      "service.version": VERSION,
    }),
    sampler: new library.ParentBasedSampler({
      root: new library.TraceIdRatioBasedSampler(options.sample),
    }),
    spanProcessors: [
      new library.BatchSpanProcessor({
        exporter: toldInLog(exporter, log),
        maxQueueSize: MAX_WAITING_SPANS,
        scheduledDelayMillis: options.exportDelayMs,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  });
  return {
    tracer: provider.getTracer("weir", VERSION),
    close: () => provider.shutdown(),
  };
}

/** Says in the log that exports fail, once until they succeed again, and then how many spans were lost. */
function toldInLog(
  exporter: SpanExporter,
  log: Pick<Log, "info" | "warn">,
): SpanExporter {
  let lost = 0;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== SUCCESS) {
          if (lost === 0) log.warn("trace export failed", { cause: result.error?.message });
          lost += spans.length;
        } else if (lost > 0) {
          log.info("trace export works again", { lost_spans: lost });
          lost = 0;
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

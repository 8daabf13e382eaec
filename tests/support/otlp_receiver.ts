/** Receives traces as a collector of OpenTelemetry does: OTLP over HTTP; what comes as JSON is read. */

const WAIT_MS = 60_000;

export type AttributeValue = string | number | boolean | readonly string[];

/** One span as it was received. */
export interface ReceivedSpan {
  /** The instrumentation it is from. */
  readonly scope: string;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it has none. */
  readonly parentSpanId: string;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly hasFailed: boolean;
}

export interface OtlpReceiver extends AsyncDisposable {
  /** What makes the program under test export to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly ReceivedSpan[];
  /** What came, as text: of protobuf the texts within are whole. */
  readonly bodies: readonly string[];
  /** Of the last export. */
  readonly headers: Headers;
  /** Resolves with the spans that match, once there are so many. */
  received(match: (span: ReceivedSpan) => boolean, count: number): Promise<readonly ReceivedSpan[]>;
}

export function startOtlpReceiver(): OtlpReceiver {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  let headers = new Headers();
  const waiting = new Set<() => void>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.text();
      bodies.push(body);
      headers = request.headers;
      const isJson = headers.get("content-type") === "application/json";
      const isOfTraces = new URL(request.url).pathname === "/v1/traces";
      if (isOfTraces && isJson) spans.push(...readSpans(JSON.parse(body)));
      for (const look of waiting) look();
      return Response.json({});
    },
  );
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_SERVICE_NAME: "weir",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    spans,
    bodies,
    get headers() {
      return headers;
    },
    received: (match, count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`Not received in time; there are ${JSON.stringify(spans)}`)),
          WAIT_MS,
        );
        const look = (): void => {
          const found = spans.filter(match);
          if (found.length < count) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

/** The part of an export that is read here. */
interface TraceExport {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly ExportedSpan[];
    }[];
  }[];
}

interface ExportedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: ExportedValue }[];
  readonly status?: { readonly code?: number };
}

type ExportedValue = Readonly<Record<string, unknown>>;

const ERROR = 2;

function readSpans({ resourceSpans }: TraceExport): ReceivedSpan[] {
  const scopes = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
  return scopes.flatMap(({ scope, spans }) =>
    spans.map((span) => ({
      scope: scope.name,
      name: span.name,
      kind: span.kind,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId ?? "",
      startMs: Number(span.startTimeUnixNano) / 1_000_000,
      endMs: Number(span.endTimeUnixNano) / 1_000_000,
      attributes: Object.fromEntries(
        (span.attributes ?? []).map(({ key, value }) => [key, valueOf(value)]),
      ),
      hasFailed: span.status?.code === ERROR,
    }))
  );
}

/** One of `stringValue`, `intValue`, `doubleValue`, `boolValue` and `arrayValue`. */
function valueOf(value: ExportedValue): AttributeValue {
  const [[kind, held] = []] = Object.entries(value);
  if (kind === "arrayValue") {
    const { values } = held as { readonly values: readonly ExportedValue[] };
    return values.map((each) => String(valueOf(each)));
  }
  if (kind === "boolValue") return held === true;
  return kind === "stringValue" ? String(held) : Number(held);
}

/** The spans as a tree, for people: names, times from the first start, and what they say. */
export function drawTrace(spans: readonly ReceivedSpan[]): string {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const draw = (parentSpanId: string, indent: string): string[] =>
    spans.filter((span) => span.parentSpanId === parentSpanId)
      .toSorted((left, right) => left.startMs - right.startMs)
      .flatMap((span) => {
        const times = [span.startMs, span.endMs].map((ms) => (ms - startMs).toFixed(1)).join("..");
        const facts = Object.entries(span.attributes).map(([name, value]) => `${name}=${value}`);
        const head = `${indent}${span.name}  ${times} ms${span.hasFailed ? "  FAILED" : ""}`;
        const lines = facts.map((fact) => `${indent}  | ${fact}`);
        return [head, ...lines, ...draw(span.spanId, `${indent}    `)];
      });
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = new Set(spans.map((span) => span.parentSpanId).filter((id) => !ids.has(id)));
  return [...roots].flatMap((root) => draw(root, "")).join("\n");
}

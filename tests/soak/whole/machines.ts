/** The three machines, and what they depend on. */

import { startMatrixProviders } from "../../faults/matrix_providers.ts";
import { type PostgresServer, startPostgres } from "../../postgres/postgres_server.ts";
import { type RedisServer, startRedis } from "../../redis/redis_server.ts";
import { SETTINGS } from "../gateway.ts";
import { type SoakProviders, startProviders } from "../upstreams.ts";
import { Machine } from "./machine.ts";

/** Anything is allowed that the limited key is not refused, but it is counted. */
const HIGH_LIMIT = "1000000";

export interface Machines extends AsyncDisposable {
  readonly providers: SoakProviders;
  /** Lives through all of it, with one thread; its ledger is locked now and then. */
  readonly steady: Machine;
  /** Another process takes over again and again. */
  readonly restarted: Machine;
  /** Lives through all of it, with two threads that die, on Redis and Postgres that fail. */
  readonly threads: Machine;
  readonly all: readonly Machine[];
  readonly redis: RedisServer | undefined;
  readonly postgres: PostgresServer | undefined;
}

export interface MachineParts {
  readonly redis: boolean;
  readonly postgres: boolean;
}

export async function startMachines(parts: MachineParts): Promise<Machines> {
  await using stack = new AsyncDisposableStack();
  const providers = stack.use(startProviders());
  const matrix = stack.use(startMatrixProviders(providers.faults));
  const redis = parts.redis ? stack.use(await startRedis()) : undefined;
  const postgres = parts.postgres ? stack.use(await startPostgres()) : undefined;
  const faulty = matrix.settings("faulty");
  const env = {
    ...faulty,
    MODEL_ALIASES: `${SETTINGS.MODEL_ALIASES},${faulty["MODEL_ALIASES"]}`,
    UPSTREAM_STEADY_BASE_URL: providers.steady,
    WEIR_SECRET: "a-secret-of-the-soak-0123456789abcdef",
    METRICS_PORT: "0",
    // For a machine that is busy with several gateways.
    FIRST_BYTE_TIMEOUT_MS: "4000",
    FIRST_CONTENT_TIMEOUT_MS: "5000",
    IDLE_TIMEOUT_MS: "5000",
    // Full within moments: what is kept is bounded, and grows no more then.
    RESPONSES_STORE_MAX_BYTES: "1000000",
    RESPONSES_MAX_REMEMBERED: "100",
  };
  const steady = stack.use(await Machine.start({ name: "steady", env }));
  const restarted = stack.use(
    await Machine.start({
      name: "restarted",
      env: { ...env, REUSE_PORT: "on", READINESS_DELAY_MS: "500", DRAIN_TIMEOUT_MS: "60000" },
    }),
  );
  const threads = stack.use(
    await Machine.start({
      name: "threads",
      losesLines: true,
      entry: "tests/end_to_end/workers/mortal_main.ts",
      env: {
        ...env,
        WORKERS: "2",
        RATE_LIMIT_V1_MAX_REQUESTS: HIGH_LIMIT,
        RATE_LIMIT_INFERENCE_MAX_REQUESTS: HIGH_LIMIT,
        ...(redis !== undefined && { RATE_LIMIT_STORE: redis.url }),
        ...(postgres !== undefined && { STATE: await postgres.database() }),
      },
    }),
  );
  const opened = stack.move();
  return {
    providers,
    steady,
    restarted,
    threads,
    all: [steady, restarted, threads],
    redis,
    postgres,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** How connections are kept between calls. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Connection, Socket } from "../../src/transport/connection.ts";
import { ConnectionPool, REST_MS, SILENT_RESTS } from "../../src/transport/connection_pool.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import type { TransportOptions } from "../../src/transport/transport_options.ts";
import { ManualClock } from "./manual_clock.ts";

const url = new URL("https://api.example.com/v1");
const otherUrl = new URL("https://api.example.com:8443/v1");

/** A socket on which nothing comes until the test says so. */
class FakeSocket implements Socket {
  isClosed = false;
  readonly #read = Promise.withResolvers<number | null>();

  read(): Promise<number | null> {
    return this.#read.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.isClosed = true;
    this.#read.resolve(null);
  }

  /** The server says something. */
  talk(): void {
    this.#read.resolve(1);
  }

  /** The server closes its end. */
  end(): void {
    this.#read.resolve(null);
  }
}

class PoolFixture {
  readonly clock = new ManualClock();
  readonly sockets: FakeSocket[] = [];
  readonly pool: ConnectionPool;
  /** What the next connection attempts fail with. */
  failure: GatewayError | undefined;

  constructor(options: Partial<TransportOptions> = {}) {
    this.pool = new ConnectionPool(transportOptions.parse(options), this.clock, () => {
      if (this.failure !== undefined) return Promise.reject(this.failure);
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return Promise.resolve(socket);
    });
  }

  connect(to = url): Promise<Connection> {
    return this.pool.connect(to, new AbortController().signal);
  }

  /** Time for connections to rest. */
  rest(): void {
    this.clock.advance(REST_MS);
  }

  get closed(): boolean[] {
    return this.sockets.map(({ isClosed }) => isClosed);
  }
}

Deno.test("ConnectionPool hands out the connection that was used last, and only to its origin", async () => {
  const fixture = new PoolFixture();
  const { pool } = fixture;
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  assertEquals(first.isReused, false);
  pool.release(first, undefined);
  pool.release(second, undefined);
  fixture.rest();
  assertEquals(pool.takeIdle(otherUrl), undefined);
  assertStrictEquals(pool.takeIdle(url), second);
  assertStrictEquals(pool.takeIdle(url), first);
  assertEquals(first.isReused, true);
  assertEquals(pool.takeIdle(url), undefined);
});

Deno.test("ConnectionPool keeps no more idle connections than it may", async () => {
  const fixture = new PoolFixture({ maxIdleConnectionsPerOrigin: 1 });
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  fixture.pool.release(first, undefined);
  fixture.pool.release(second, undefined);
  assertEquals(fixture.closed, [false, true]);
});

Deno.test("ConnectionPool hands out no connection that is too old", async () => {
  const fixture = new PoolFixture({ idleConnectionMs: 5_000 });
  fixture.pool.release(await fixture.connect(), undefined);
  fixture.pool.release(await fixture.connect(), 3_000);
  fixture.clock.advance(1_999);
  const young = fixture.pool.takeIdle(url) as Connection; // It was there, and rested.
  assertEquals(young.isReused, true);
  fixture.pool.release(young, 3_000);
  fixture.clock.advance(2_000); // A second before its server closes it.
  assertEquals((fixture.pool.takeIdle(url) as Connection).expiresAtMs, 5_000);
  assertEquals(fixture.closed, [false, true]);
});

Deno.test("ConnectionPool does not keep a connection that its server closes within a second", async () => {
  const fixture = new PoolFixture();
  fixture.pool.release(await fixture.connect(), 1_000);
  assertEquals(fixture.closed, [true]);
});

Deno.test("ConnectionPool closes old connections by itself, with one timer that ends", async () => {
  const fixture = new PoolFixture({ idleConnectionMs: 5_000 });
  const connections = [await fixture.connect(), await fixture.connect(otherUrl)];
  for (const connection of connections) fixture.pool.release(connection, undefined);
  fixture.rest();
  assertEquals(fixture.clock.pending, 1);
  fixture.clock.advance(2_000 - REST_MS);
  fixture.pool.release(fixture.pool.takeIdle(url) as Connection, undefined); // It was there.
  fixture.clock.advance(3_000);
  assertEquals(fixture.closed, [false, true]);
  assertEquals(fixture.clock.pending, 1);
  fixture.clock.advance(5_000);
  assertEquals(fixture.closed, [true, true]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("ConnectionPool closes an idle connection whose server ends it", async () => {
  const fixture = new PoolFixture();
  fixture.pool.release(await fixture.connect(), undefined);
  fixture.sockets[0]?.end();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(fixture.closed, [true]);
  assertEquals(fixture.pool.takeIdle(url), undefined);
});

Deno.test("ConnectionPool makes no more connections to an origin than it may", async () => {
  const fixture = new PoolFixture({ maxConnectionsPerOrigin: 2 });
  const first = await fixture.connect();
  const second = await fixture.connect();
  await assertRejects(() => fixture.connect(), GatewayError, "All 2 connections");
  await fixture.connect(otherUrl);
  fixture.pool.discard(second);
  await fixture.connect();
  await assertRejects(() => fixture.connect(), GatewayError, "All 2 connections");
  fixture.pool.release(first, undefined);
  await fixture.connect(); // The idle one makes room.
  assertEquals(fixture.closed, [true, true, false, false, false]);
  await assertRejects(() => fixture.connect(), GatewayError, "All 2 connections");
});

Deno.test("ConnectionPool counts no connection that failed", async () => {
  const fixture = new PoolFixture({ maxConnectionsPerOrigin: 1 });
  fixture.failure = new GatewayError("upstream_unreachable", "Refused");
  for (let count = 0; count < 3; count++) {
    await assertRejects(() => fixture.connect(), GatewayError, "Refused");
  }
  fixture.failure = undefined;
  await fixture.connect();
});

Deno.test("ConnectionPool.close() closes what is idle now, and the rest when it comes back", async () => {
  const fixture = new PoolFixture();
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  fixture.pool.release(first, undefined);
  fixture.pool.close();
  assertEquals(fixture.closed, [true, false]);
  assertEquals(fixture.clock.pending, 0);
  fixture.pool.release(second, undefined);
  assertEquals(fixture.closed, [true, true]);
});

Deno.test("ConnectionPool has a new server's connection rest before it is used again", async () => {
  const fixture = new PoolFixture();
  const connection = await fixture.connect();
  fixture.pool.release(connection, undefined);
  const taken = fixture.pool.takeIdle(url);
  assertEquals(taken instanceof Promise, true);
  assertEquals(fixture.pool.takeIdle(url), undefined); // It is spoken for.
  fixture.rest();
  assertStrictEquals(await taken, connection);
});

Deno.test("ConnectionPool gives nobody a connection on which something came that nobody asked for", async () => {
  const fixture = new PoolFixture();
  fixture.pool.release(await fixture.connect(), undefined);
  const taken = fixture.pool.takeIdle(url);
  fixture.sockets[0]?.talk();
  await Promise.resolve();
  fixture.rest();
  assertEquals(await taken, undefined);
  assertEquals(fixture.closed, [true]);
});

Deno.test("ConnectionPool has connections rest no longer once their server has kept silent", async () => {
  const fixture = new PoolFixture();
  const [connection, other] = [await fixture.connect(), await fixture.connect()];
  for (let count = 0; count < SILENT_RESTS; count++) {
    fixture.pool.release(connection, undefined);
    fixture.rest();
    assertStrictEquals(fixture.pool.takeIdle(url), connection);
  }
  fixture.pool.release(connection, undefined);
  assertStrictEquals(fixture.pool.takeIdle(url), connection);
  fixture.pool.discardTalkative(other);
  fixture.pool.release(connection, undefined);
  const taken = fixture.pool.takeIdle(url);
  assertEquals(taken instanceof Promise, true);
  fixture.rest();
  await taken;
});

Deno.test("ConnectionPool.close() ends a rest, and the wait for it", async () => {
  const fixture = new PoolFixture();
  fixture.pool.release(await fixture.connect(), undefined);
  fixture.pool.release(await fixture.connect(), undefined);
  const taken = fixture.pool.takeIdle(url);
  fixture.pool.close();
  fixture.rest();
  assertEquals(fixture.clock.pending, 0);
  fixture.pool.release(await taken as Connection, undefined);
  assertEquals(fixture.closed, [true, true]);
});

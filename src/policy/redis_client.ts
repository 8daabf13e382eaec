/**
 * The client library of Redis. Imported only once it is needed: it is large, and takes time to load.
 *
 * @module
 */

import { Redis } from "ioredis";
import type { RedisAddress } from "./redis_address.ts";

/** A client that does nothing by itself: it neither waits, queues, sends again nor opens a new connection. */
export function createRedisClient(address: RedisAddress, timeoutMs: number): Redis {
  const { host, port, isTls, username, password, db } = address;
  return new Redis({
    host,
    port,
    db,
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    ...(isTls && { tls: {} }),
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    disconnectTimeout: timeoutMs,
    // The probe says more than INFO, and both that and HELLO may be forbidden to the user.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
  });
}

/** Where limits are counted, as it is configured; for a real Redis see tests/redis. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/problems/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { secretsOf } from "../../src/config/option_tree.ts";
import { showConfig } from "../../src/config/show_config.ts";
import { createLimitStore } from "../../src/limits/create_limit_store.ts";
import {
  createBudgetMemory,
  MemoryBudgetStore,
} from "../../src/limits/budgets/memory/memory_budget_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { readRedisAddress, type RedisAddress } from "../../src/limits/redis/redis_address.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const LOCAL: RedisAddress = {
  host: "redis",
  port: 6379,
  isTls: false,
  username: "",
  password: "",
  db: 0,
};

Deno.test("readRedisAddress() reads what stands in an address", () => {
  const cases: readonly (readonly [text: string, parts: Partial<RedisAddress>])[] = [
    ["redis://redis", {}],
    ["redis://redis/", {}],
    ["redis://redis:7000/12", { port: 7000, db: 12 }],
    ["rediss://redis", { isTls: true }],
    ["redis://:secret@redis", { password: "secret" }],
    ["redis://weir:p%40ss%2Fw@redis:1/2", {
      username: "weir",
      password: "p@ss/w",
      port: 1,
      db: 2,
    }],
    ["redis://[fd00::1]:7000", { host: "fd00::1", port: 7000 }],
    ["redis://127.0.0.1", { host: "127.0.0.1" }],
  ];
  for (const [text, parts] of cases) {
    assertEquals(readRedisAddress(text), { ...LOCAL, ...parts }, text);
  }
});

const UNREADABLE = [
  "",
  "redis",
  "redis:",
  "redis://",
  "redis://:6379",
  "http://redis:6379",
  "redis://secret@redis", // A password without its colon is a user.
  "redis://:%zz@redis",
  "redis://redis/one",
  "redis://redis/1/2",
  "redis://redis/123456",
  "redis://redis?db=1",
  "redis://redis#1",
  "redis://redis:70000",
  "redis://red is",
];

Deno.test("RATE_LIMIT_STORE is refused where it cannot be read, and not shown then", () => {
  for (const text of [...UNREADABLE, "Memory", "redis://:hunter2@redis/x"]) {
    assertEquals(readRedisAddress(text), undefined, text);
    if (text === "") continue; // A variable that is empty is none.
    const error = assertThrows(
      () => readConfig({ environment: { RATE_LIMIT_STORE: text } }),
      ConfigError,
      "must be memory, or an address such as redis://user:password@redis:6379/0",
    );
    assert(!error.message.includes("hunter2"), error.message);
  }
});

Deno.test("The password of RATE_LIMIT_STORE is a secret; memory is none", () => {
  const text = "redis://weir:p%40ssword-7@redis:6379/1";
  const reading = readConfig({ environment: { RATE_LIMIT_STORE: text } });
  assertEquals(secretsOf(reading.config), [text, "p%40ssword-7", "p@ssword-7"]);
  const shown = showConfig(reading);
  assertStringIncludes(shown, '"store": "redis://weir:***@redis:6379/1", // RATE_LIMIT_STORE');
  assert(!shown.includes("ssword-7"), shown);

  for (const environment of [{}, { RATE_LIMIT_STORE: "memory" }]) {
    const reading = readConfig({ environment });
    assertEquals(secretsOf(reading.config), []);
    assertStringIncludes(showConfig(reading), '"store": "memory",');
  }
});

Deno.test("Memory is the process's own store, without anything else", () => {
  const clock = new ManualClock();
  const limits = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), clock);
  const budgets = new MemoryBudgetStore(createBudgetMemory(1, [1, 2, 3, 4]), 0);
  const silent = () => {
    throw new Error("Nothing is to be said");
  };
  const { config } = readConfig({ environment: {} });
  const opened = createLimitStore(config.limits, { limits, budgets }, {
    clock,
    random: Math.random,
    makeId: () => "id",
    log: { debug: silent, info: silent, warn: silent },
  });
  assert(opened.limits === limits && opened.budgets === budgets);
  assertEquals(clock.pending, 0);
  opened.close();
});

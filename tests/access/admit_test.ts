import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ANONYMOUS, type Principal } from "../../src/core/principal.ts";
import { type Admission, createAdmission, type Visit } from "../../src/access/admit.ts";
import { createClientAddress } from "../../src/access/client_address.ts";
import { createLimitRate, limitOptions } from "../../src/limits/limit_rate.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { ManualClock } from "../transport/manual_clock.ts";

/** Whoever offers something holds the key of that name. */
function holderOf(offered: string | undefined): Principal {
  if (offered === undefined) return ANONYMOUS;
  return { name: offered, hasKey: true, limits: {}, models: undefined };
}

function start(v1MaxRequests: number): Admission {
  const clock = new ManualClock();
  const store = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), clock);
  const holders = new Map<string | undefined, Principal>();
  return createAdmission({
    authenticate: (readOffered) => {
      const offered = readOffered();
      const holder = holders.get(offered) ?? holderOf(offered);
      holders.set(offered, holder);
      return holder;
    },
    clientAddress: createClientAddress(0),
    limitRate: createLimitRate(store, limitOptions.parse({ v1MaxRequests })),
    clock,
  });
}

function visitFrom(address: string): Visit {
  return { peerAddress: address, principal: ANONYMOUS, account: "", headers: [] };
}

/** How many requests are let in. */
function count({ admit }: Admission, address: string, offered?: string): number {
  for (let admitted = 0;; admitted++) {
    try {
      admit(visitFrom(address), new Headers(), () => offered, ["v1"]);
    } catch {
      return admitted;
    }
  }
}

Deno.test("A key is counted by its name wherever it is used, everybody else by address", () => {
  const admission = start(3);
  assertEquals(count(admission, "203.0.113.1", "alice"), 3);
  assertEquals(count(admission, "203.0.113.2", "alice"), 0);
  assertEquals(count(admission, "203.0.113.1", "bob"), 3);
  assertEquals(count(admission, "203.0.113.1"), 3);
  assertEquals(count(admission, "203.0.113.2"), 3);
  assertEquals(count(admission, "203.0.113.2"), 0);
  // A key may be called like an address.
  assertEquals(count(admission, "203.0.113.2", "203.0.113.2"), 3);
});

Deno.test("One network of IPv6 is one client", () => {
  const admission = start(3);
  assertEquals(count(admission, "2001:db8::1"), 3);
  assertEquals(count(admission, "2001:db8::ffff:2"), 0);
  assertEquals(count(admission, "2001:db8:0:1::1"), 3);
});

Deno.test("What is let in knows who it is, and both answers say what is left", () => {
  const { admit } = start(1);
  const visit = visitFrom("::ffff:203.0.113.9");
  admit(visit, new Headers(), () => undefined, ["v1"]);
  assertEquals([visit.principal.name, visit.account], ["anonymous", "203.0.113.9"]);
  assertEquals(
    new Headers([...visit.headers] as [string, string][]).get("ratelimit"),
    '"v1";r=0;t=60',
  );
  const refused = visitFrom("203.0.113.9");
  const error = assertThrows(
    () => admit(refused, new Headers(), () => undefined, ["v1"]),
    GatewayError,
  );
  assertEquals([error.status, error.code], [429, "rate_limit_exceeded"]);
  assertEquals(new Headers([...refused.headers] as [string, string][]).get("retry-after"), "60");
});

/** All that the admin API answers, put together. */

import { type BudgetRouteParts, budgetRoutes } from "./budgets.ts";
import { teamRoutes } from "./teams.ts";
import { type AdminApp, type AdminAppParts, createAdminApp } from "./admin_app.ts";
import { auditRoute } from "./audit.ts";
import { type CacheRouteParts, cacheRoutes } from "./cache.ts";
import { callRoutes } from "./calls.ts";
import { type ConfigurationRouteParts, configurationRoutes } from "./configuration.ts";
import { EntityBook } from "./entity_book.ts";
import type { EventViewers } from "./event_viewers.ts";
import { eventsRoute } from "./events.ts";
import { type HealthRouteParts, healthRoutes } from "./health.ts";
import { type KeyRouteParts, keyRoutes } from "./keys.ts";
import { type ModelRouteParts, modelsRoute } from "./models.ts";
import { playgroundRoute, type PlaygroundRouteParts } from "./playground.ts";
import { type ProviderRouteParts, providerRoutes } from "./providers.ts";
import { type SessionRouteParts, sessionRoutes } from "./session.ts";
import { usageRoute } from "./usage.ts";
import type { Ledger } from "../core/ledger/ledger.ts";

export interface AdminParts
  extends
    Omit<AdminAppParts, "routes">,
    ConfigurationRouteParts,
    Omit<KeyRouteParts, "book">,
    Omit<BudgetRouteParts, "book">,
    CacheRouteParts,
    HealthRouteParts,
    ModelRouteParts,
    Omit<PlaygroundRouteParts, "book">,
    ProviderRouteParts,
    SessionRouteParts {
  readonly ledger: Pick<Ledger, "store" | "events">;
  readonly viewers: EventViewers;
}

export function createAdmin(parts: AdminParts): AdminApp {
  const { ledger, viewers } = parts;
  const book = new EntityBook(parts);
  const routes = [
    ...healthRoutes(parts),
    ...sessionRoutes(parts),
    playgroundRoute({ ...parts, book }),
    usageRoute(ledger),
    ...callRoutes(ledger),
    eventsRoute(ledger, viewers),
    ...keyRoutes({ ...parts, book }),
    ...teamRoutes({ ...parts, book }),
    ...budgetRoutes({ ...parts, book }),
    ...providerRoutes(parts),
    modelsRoute(parts),
    ...configurationRoutes(parts),
    ...cacheRoutes(parts),
    auditRoute(ledger),
  ];
  return createAdminApp({ ...parts, routes });
}

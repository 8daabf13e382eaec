/** All that the admin API answers, put together. */

import { type BudgetRouteParts, budgetRoutes } from "./entities/budgets.ts";
import { teamRoutes } from "./entities/teams.ts";
import { type AdminApp, type AdminAppParts, createAdminApp } from "./api/admin_app.ts";
import { auditRoute } from "./entities/audit.ts";
import { type CacheRouteParts, cacheRoutes } from "./process/cache.ts";
import { callRoutes } from "./calls/calls.ts";
import { type ConfigurationRouteParts, configurationRoutes } from "./process/configuration.ts";
import { EntityBook } from "./entities/entity_book.ts";
import type { EventViewers } from "./calls/event_viewers.ts";
import { eventsRoute } from "./calls/events.ts";
import { type HealthRouteParts, healthRoutes } from "./process/health.ts";
import { type KeyRouteParts, keyRoutes } from "./entities/keys.ts";
import { type ModelRouteParts, modelsRoute } from "./process/models.ts";
import { playgroundRoute, type PlaygroundRouteParts } from "./callers/playground.ts";
import { type ProviderRouteParts, providerRoutes } from "./process/providers.ts";
import { type SessionRouteParts, sessionRoutes } from "./callers/session.ts";
import { usageRoute } from "./calls/usage.ts";
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
